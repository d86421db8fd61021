/** Digests by their first twelve characters: `postgres:17@sha256:77aa00c4d5e6…`, and bare ones as Docker prints them. */
export function shortDigests(text: string): string {
  return text.replaceAll(/(@?)\bsha256:([0-9a-f]{12})[0-9a-f]{52}\b/g, (_, at: string, start: string) =>
    at === "" ? start : `@sha256:${start}…`,
  );
}
