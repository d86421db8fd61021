import { TallymanError } from "../error.ts";

/** What an HTTP status of a Git server means to the operator; null for a good one. `place` is the printable URL, `sent` whether a credential was. */
export function statusError(response: Response, place: string, note: string, sent: boolean): TallymanError | null {
  const { status } = response;
  if (status === 200) return null;
  if (status === 401 || status === 403) {
    return new TallymanError("GitAuthentication", `${place} refused access (HTTP ${status})${note}`, {
      hint: sent
        ? "Check that the token has not expired and may read this repository."
        : "Check the URL; if the repository is private, give the stack a user name and a token that may read it.",
    });
  }
  if (status === 404 || status === 410) {
    return new TallymanError("GitNotARepository", `there is no Git repository at ${place} (HTTP ${status})${note}`, {
      hint: "Check the URL; many servers answer the same for a private repository: then give the stack a credential.",
    });
  }
  if (status === 429 || status >= 500) return unavailable(response, place);
  return new TallymanError("GitRefused", `${place} answered HTTP ${status} where Git's protocol was expected${note}`, {
    hint: "Check that the URL is the repository's clone URL.",
  });
}

function unavailable(response: Response, place: string): TallymanError {
  const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), Date.now());
  const wait = retryAfterMs === undefined ? "" : ` and asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
  const what = response.status === 429 ? "says there were too many requests" : "has trouble of its own";
  return new TallymanError("GitUnreachable", `${place} ${what} (HTTP ${response.status})${wait}`, {
    hint: "It is tried again later; a longer interval asks less often.",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** `Retry-After` in milliseconds: seconds or an HTTP date, at most a day. Source: RFC 9110 §10.2.3. */
export function parseRetryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 86_400_000);
}

/** An answer that is no smart Git server's: a web page, or files only. */
export function contentTypeError(contentType: string | null, place: string): TallymanError {
  const type = (contentType ?? "").split(";")[0]?.trim() ?? "";
  const what = /html/.test(type)
    ? "answered with a web page, not with Git"
    : type.startsWith("text/plain") || type === ""
      ? "serves Git as plain files only (the dumb protocol), which is not supported"
      : "did not answer with Git's protocol";
  return new TallymanError("GitNotARepository", `${place} ${what}`, {
    hint: "Check that the URL is the repository's clone URL and that no login page or proxy stands in between.",
  });
}

/** A connection that failed, in words. */
export function connectionError(thrown: unknown, place: string): TallymanError {
  if (thrown instanceof TallymanError) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const [what, hint] = connectionWords(code);
  return new TallymanError("GitUnreachable", `${place} ${what}`, { hint, cause: thrown });
}

function connectionWords(code: string): readonly [string, string] {
  if (/CERT_HAS_EXPIRED/.test(code))
    return ["has an expired TLS certificate", "Renew the server's certificate; check this host's clock."];
  if (/ALTNAME|HOSTNAME/.test(code))
    return ["has a TLS certificate for another name", "Use the name that the certificate is for."];
  if (/SELF_SIGNED|UNABLE_TO|ISSUER|CERT|UNKNOWN_CERTIFICATE/.test(code)) {
    return [
      "has a TLS certificate that this host does not trust",
      "Give Tallyman the certificate of the server's authority.",
    ];
  }
  if (/NOTFOUND|EAI_AGAIN|DNS/i.test(code))
    return ["has a host name that cannot be resolved", "Check the host in the URL and this host's DNS."];
  if (/REFUSED/i.test(code)) return ["refused the connection", "Check host and port, and that the server is up."];
  return ["cannot be reached", "Check the URL, the network and any firewall; it is tried again at the next poll."];
}
