import { describe, expect, test } from "bun:test";
import type { Deployment } from "../../src/deployment.ts";
import { failure, fakeDaemon, stream } from "./fake-daemon.ts";
import { COMMIT, run } from "./run.ts";

const deployment: Deployment = {
  id: "7",
  stack: "shop",
  commit: COMMIT,
  message: "Paint the door",
  author: "Ann",
  trigger: "commit",
  cause: "new commit on main",
  settingsDigest: "d",
  status: "failed",
  class: "unhealthy",
  failureAction: "rollback",
  reason: "web exited with code 1",
  hint: null,
  interruptions: 0,
  startedAt: "2026-02-03T04:03:06Z",
  finishedAt: "2026-02-03T04:03:16Z",
  durationMs: 10_000,
  operations: [],
  verdicts: [],
};

describe("history", () => {
  const answers = { "GET /stacks/shop/deployments": () => Response.json([deployment]) };

  test("prints a line per deployment with the reason of a failure", async () => {
    await using daemon = fakeDaemon(answers);
    const { stdout } = await run(["history", "shop", "--root", daemon.root]);
    expect(stdout).toContain("7   ✕ failed  41d07e3  new commit on main  2 min ago  10.0 s  web exited with code 1");
  });

  test("--json is the daemon's own array; --limit goes along", async () => {
    await using daemon = fakeDaemon(answers);
    const { stdout } = await run(["history", "shop", "--json", "--limit", "5", "--root", daemon.root]);
    expect(JSON.parse(stdout)).toEqual([deployment]);
    expect(daemon.requests[0]?.path).toBe("/stacks/shop/deployments?limit=5");
  });

  test("a limit that is no number exits 2", async () => {
    expect((await run(["history", "shop", "--limit", "all"])).code).toBe(2);
  });

  test("a commit message cannot steer the terminal", async () => {
    const hostile = { ...deployment, reason: null, message: "a\u001b[2Jb\rc\u202ed" };
    await using daemon = fakeDaemon({ "GET /stacks/shop/deployments": () => Response.json([hostile]) });
    expect((await run(["history", "shop", "--root", daemon.root])).stdout).toContain("abcd\n");
  });
});

describe("plan", () => {
  const operation = { kind: "create-container", resource: "service:web:1", cause: "service added", after: [] };
  const report = { project: "shop", revision: COMMIT, empty: false, operations: [operation], violations: [] };

  test("exits 4 when it is not empty and prints each operation with its cause", async () => {
    await using daemon = fakeDaemon({ "GET /stacks/shop/plan": () => Response.json(report) });
    const { code, stdout } = await run(["plan", "shop", "--root", daemon.root]);
    expect(code).toBe(4);
    expect(stdout).toContain("0  create-container  service:web:1         service added");
    expect(JSON.parse((await run(["plan", "shop", "--json", "--root", daemon.root])).stdout)).toEqual(report);
  });

  test("exits 0 when there is nothing to do", async () => {
    const empty = { ...report, empty: true, operations: [] };
    await using daemon = fakeDaemon({ "GET /stacks/shop/plan": () => Response.json(empty) });
    const ended = await run(["plan", "shop", "--root", daemon.root]);
    expect(ended).toMatchObject({ code: 0, stdout: "shop is in sync at 41d07e3: nothing to do\n" });
  });

  test("names what the policy refuses, where, and what would allow it", async () => {
    const violation = { field: "privileged", file: "compose.yaml", line: 4, rule: "no privileged", allow: "--allow x" };
    await using daemon = fakeDaemon({
      "GET /stacks/shop/plan": () => Response.json({ ...report, violations: [violation] }),
    });
    const { stdout } = await run(["plan", "shop", "--root", daemon.root]);
    expect(stdout).toContain("✕ refused compose.yaml:4: privileged: no privileged (to allow it: --allow x)");
  });
});

describe("logs", () => {
  const entry = (text: string) => ({
    at: "2026-02-03T04:05:06Z",
    stream: "stdout",
    service: "web",
    container: "shop-web-1",
    text,
  });
  const printing = (...texts: readonly string[]) =>
    fakeDaemon({
      "GET /stacks/shop/logs": () =>
        stream("application/x-ndjson", ...texts.map((text) => `${JSON.stringify(entry(text))}\n\n`)),
    });

  test("prints every line behind its container's name and skips heartbeats", async () => {
    await using daemon = printing("one", "two");
    const { stdout } = await run(["logs", "shop", "--root", daemon.root]);
    expect(stdout).toBe("shop-web-1 | one\nshop-web-1 | two\n");
  });

  test("--json is one object a line", async () => {
    await using daemon = printing("one", "two");
    const { stdout } = await run(["logs", "shop", "--json", "--root", daemon.root]);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([entry("one"), entry("two")]);
  });

  test("sends service, tail and since along", async () => {
    await using daemon = printing();
    await run(["logs", "shop", "web", "--tail", "5", "--since", "10m", "--root", daemon.root]);
    expect(daemon.requests[0]?.path).toBe("/stacks/shop/logs?service=web&since=10m&tail=5");
  });

  test("-f takes a cut connection up again after the last line seen, until it is stopped", async () => {
    const stop = new AbortController();
    const at = (second: number) => `2026-02-03T04:05:0${second}.000000001Z`;
    const printed = (...entries: readonly object[]) =>
      stream("application/x-ndjson", ...entries.map((one) => `${JSON.stringify({ ...entry("one"), ...one })}\n`));
    const answers = [
      () => printed({ at: at(1) }, { at: at(1), text: "same instant" }, { at: at(2), text: "two" }),
      () => printed({ at: at(2), text: "two" }, { at: at(3), text: "three" }),
    ];
    await using daemon = fakeDaemon({
      "GET /stacks/shop/logs": () => {
        if (answers.length === 0) stop.abort();
        return answers.shift()?.() ?? printed();
      },
    });
    const ended = await run(["logs", "shop", "-f", "--root", daemon.root], { signal: stop.signal });
    expect(ended.code).toBe(0);
    expect(ended.stdout.replaceAll("shop-web-1 | ", "").trimEnd().split("\n")).toEqual([
      "one",
      "same instant",
      "two",
      "three",
    ]);
    expect(daemon.requests.map(({ path }) => new URL(path, "http://x").searchParams.get("since"))).toEqual([
      null,
      at(2),
      at(3),
    ]);
  });

  test("on a terminal lets colours through and nothing else that acts; in a pipe everything", async () => {
    await using daemon = printing("\u001b[31mred\u001b[0m\u001b[2J\u0007");
    const argv = ["logs", "shop", "--root", daemon.root];
    expect((await run(argv, {}, true)).stdout).toContain("\u001b[31mred\u001b[0m\u001b[0m\n");
    expect((await run(argv)).stdout).toContain("\u001b[31mred\u001b[0m\u001b[2J\u0007\n");
  });

  test("a container whose output cannot be read is named, the others go on", async () => {
    const broken = {
      service: "db",
      container: "shop-db-1",
      error: { reason: "EngineRefused", message: "no reader", hint: "" },
    };
    await using daemon = fakeDaemon({
      "GET /stacks/shop/logs": () =>
        stream("application/x-ndjson", `${JSON.stringify(broken)}\n`, `${JSON.stringify(entry("one"))}\n`),
    });
    const ended = await run(["logs", "shop", "--root", daemon.root]);
    expect(ended).toEqual({ code: 0, stdout: "shop-web-1 | one\n", stderr: "error: shop-db-1: no reader\n" });
  });

  test("a tail that is no number exits 2", async () => {
    expect((await run(["logs", "shop", "--tail", "some"])).code).toBe(2);
  });
});

describe("events", () => {
  const event = (id: string, more: object) => ({ id, at: "2026-02-03T04:05:06Z", stack: "shop", ...more });
  const polled = event("e-1", { type: "polled", commit: COMMIT, changed: true });

  test("prints the recent ones in words, of one stack when asked", async () => {
    const events = [polled, { ...polled, id: "e-2", stack: "other", changed: false }];
    await using daemon = fakeDaemon({ "GET /events": () => Response.json(events) });
    const all = await run(["events", "--root", daemon.root]);
    expect(all.stdout).toBe(
      "04:05:06 shop: polled: new commit 41d07e3\n04:05:06 other: polled: unchanged at 41d07e3\n",
    );
    const one = await run(["events", "other", "--root", daemon.root]);
    expect(one.stdout).toBe("04:05:06 other: polled: unchanged at 41d07e3\n");
  });

  test("of a stack that does not exist are an error, of one that was removed are told", async () => {
    const missing = () => failure(404, "NotFound", "there is no stack named that", "");
    await using daemon = fakeDaemon({ "GET /events": () => Response.json([polled]), "GET /stacks/shop": missing });
    expect((await run(["events", "shop", "--root", daemon.root])).code).toBe(0);
    expect((await run(["events", "shoop", "--root", daemon.root])).code).toBe(1);
    expect((await run(["events", "shop", "-f", "--root", daemon.root])).code).toBe(1);
  });

  test("--json is one object a line", async () => {
    await using daemon = fakeDaemon({ "GET /events": () => Response.json([polled]) });
    expect(JSON.parse((await run(["events", "--json", "--root", daemon.root])).stdout)).toEqual(polled);
  });

  test("-f takes a cut connection up again where it ended, until it is stopped", async () => {
    const stop = new AbortController();
    const second = event("e-2", { type: "containers-changed" });
    const snapshot = "event: snapshot\ndata: []\n\n";
    const answers = [
      () => stream("text/event-stream", ": open\n\n", snapshot, `id: e-1\ndata: ${JSON.stringify(polled)}\n\n`),
      () => stream("text/event-stream", `id: e-2\ndata: ${JSON.stringify(second)}\n\n`),
    ];
    await using daemon = fakeDaemon({
      "GET /events": (request) => {
        if (answers.length === 0) stop.abort();
        expect(request.headers.get("accept")).toBe("text/event-stream");
        return answers.shift()?.() ?? stream("text/event-stream", ": open\n\n");
      },
    });
    const ended = await run(["events", "-f", "--json", "--root", daemon.root], { signal: stop.signal });
    expect(
      ended.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual(["e-1", "e-2"]);
    expect(daemon.requests.map((request) => request.headers.get("last-event-id"))).toEqual([null, "e-1", "e-2"]);
  });
});

describe("host-key", () => {
  test("list prints host, fingerprint and who vouched", async () => {
    const key = {
      host: "git.example",
      type: "ssh-ed25519",
      key: "AAAA",
      fingerprint: "SHA256:x",
      addedBy: "ann",
      addedAt: "2026-02-02T04:05:06Z",
    };
    await using daemon = fakeDaemon({ "GET /host-keys": () => Response.json([key]) });
    expect((await run(["host-key", "list", "--root", daemon.root])).stdout).toContain(
      "git.example  ssh-ed25519  SHA256:x     ann       1 d ago",
    );
    expect(JSON.parse((await run(["host-key", "list", "--json", "--root", daemon.root])).stdout)).toEqual([key]);
  });

  test("accept sends host and fingerprint; forget names the host in the path", async () => {
    await using daemon = fakeDaemon({
      "POST /host-keys": () => Response.json({}, { status: 201 }),
      "DELETE /host-keys/%5Bgit.example%5D%3A2222": () => Response.json({ forgotten: "[git.example]:2222" }),
    });
    expect((await run(["host-key", "accept", "git.example", "SHA256:x", "--root", daemon.root])).code).toBe(0);
    expect(daemon.requests[0]?.body).toEqual({ host: "git.example", fingerprint: "SHA256:x" });
    expect((await run(["host-key", "forget", "[git.example]:2222", "--root", daemon.root])).code).toBe(0);
  });
});
