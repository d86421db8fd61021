import { describe, expect, test } from "bun:test";
import { failure, fakeDaemon } from "./fake-daemon.ts";
import { run } from "./run.ts";

const asking: readonly (readonly string[])[] = [
  ["status"],
  ["status", "shop"],
  ["stack", "list"],
  ["stack", "show", "shop"],
  ["stack", "remove", "shop"],
  ["stack", "add", "shop", "--repo", "https://x/y"],
  ["plan", "shop"],
  ["deploy", "shop"],
  ["deploy", "shop", "--wait"],
  ["history", "shop"],
  ["logs", "shop"],
  ["logs", "shop", "-f"],
  ["events"],
  ["events", "-f"],
  ["host-key", "list"],
  ["host-key", "accept", "git.example", "SHA256:x"],
  ["host-key", "forget", "git.example"],
];

for (const argv of asking) {
  describe(argv.join(" "), () => {
    test("exits 5 without a daemon and says how to start one", async () => {
      const ended = await run([...argv, "--root", "/nonexistent/root"]);
      expect(ended.code).toBe(5);
      expect(ended.stdout).toBe("");
      expect(ended.stderr).toContain("error: no daemon answers at /nonexistent/root/system/tallyman.sock");
      expect(ended.stderr).toContain("tallyman serve --root /nonexistent/root");
    });

    test("exits 1 with the daemon's own message and hint", async () => {
      const refuse = () => failure(404, "NotFound", "there is no such thing", "Look elsewhere.");
      const answers = { "GET /events": refuse, "POST /stacks": refuse };
      await using daemon = fakeDaemon(answers);
      const ended = await run([...argv, "--root", daemon.root]);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/^error: there is .*\nhint: .*\n$/);
    });
  });
}

describe("a daemon elsewhere", () => {
  const serving = (tokens: (string | null)[]) =>
    Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => {
        tokens.push(request.headers.get("authorization"));
        return Response.json([]);
      },
    });

  test("is asked with the token, from flag or variable", async () => {
    const tokens: (string | null)[] = [];
    using server = serving(tokens);
    const url = `http://127.0.0.1:${server.port}`;
    expect((await run(["status", "--url", url, "--token", "t0ken"])).code).toBe(0);
    const environment = { HOME: "/h", TALLYMAN_URL: url, TALLYMAN_TOKEN: "other" };
    expect((await run(["status"], { host: { environment, uid: 1, cwd: "/" } })).code).toBe(0);
    expect(tokens).toEqual(["Bearer t0ken", "Bearer other"]);
  });

  test("gets no token over the socket", async () => {
    await using daemon = fakeDaemon({ "GET /stacks": () => Response.json([]) });
    await run(["status", "--root", daemon.root, "--token", "t0ken"]);
    expect(daemon.requests[0]?.headers.get("authorization")).toBeNull();
  });

  test("that wants a login says where the command works without one", async () => {
    const refusal = { reason: "Unauthorized", message: "this needs a login", hint: "Log in at /login." };
    const fetch = () => Response.json({ error: refusal }, { status: 401 });
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
    const ended = await run(["status", "--url", `http://127.0.0.1:${server.port}`, "--token", "t"]);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining("ssh HOST tallyman status")]);
  });

  test("that redirects is not followed with the token", async () => {
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.redirect("http://127.0.0.1:9/"),
    });
    const ended = await run(["status", "--url", `http://127.0.0.1:${server.port}`, "--token", "t"]);
    expect(ended.code).toBe(5);
  });

  test("that does not answer exits 5 and names the URL", async () => {
    const ended = await run(["status", "--url", "http://127.0.0.1:9"]);
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain("http://127.0.0.1:9");
    expect(ended.stderr).toContain("--url (TALLYMAN_URL)");
  });

  test("that is no Tallyman is told apart from one that is down", async () => {
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("<html>") });
    const ended = await run(["status", "--url", `http://127.0.0.1:${server.port}`]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("something else than JSON");
  });
});
