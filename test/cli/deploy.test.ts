import { describe, expect, test } from "bun:test";
import { fakeDaemon, stream } from "./fake-daemon.ts";
import { COMMIT, run } from "./run.ts";

const pass = (outcome: string, error: object | null = null) => ({ outcome, deploymentId: "7", commit: COMMIT, error });
const notHealthy = { reason: "NotHealthy", message: "web exited with code 1", hint: "Look at its log." };
const operation = (status: string) => ({
  id: `e-${status}`,
  at: "2026-02-03T04:05:06Z",
  stack: "shop",
  type: "operation",
  deploymentId: "7",
  operation: { kind: "create-network", networkKey: "default", name: "shop_default" },
  status,
  durationMs: 1_200,
});

/** A daemon whose pass ends when the events were delivered. */
function deploying(answer: object) {
  const delivered = Promise.withResolvers<void>();
  return fakeDaemon({
    "GET /events": () => {
      setTimeout(delivered.resolve, 20);
      const gate = { ...operation("gate"), type: "phase", phase: "gate", detail: "waiting" };
      const failed = { ...operation("failed"), type: "deployment", class: "unhealthy", reason: "web is ill" };
      const events = [operation("running"), { ...operation("done"), stack: "other" }, operation("done"), gate, failed];
      return stream(
        "text/event-stream",
        ...events.map((event) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`),
      );
    },
    "POST /stacks/shop/deploy": async (request) => {
      const waits = (request.body as { wait?: boolean }).wait === true;
      if (waits) await delivered.promise;
      return Response.json(waits ? answer : {}, { status: waits ? 200 : 202 });
    },
  });
}

describe("deploy", () => {
  test("without --wait exits 0 once it is taken", async () => {
    await using daemon = deploying({});
    const ended = await run(["deploy", "shop", "--root", daemon.root]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(daemon.requests[0]).toMatchObject({ path: "/stacks/shop/deploy", body: {} });
  });

  const endings: readonly (readonly [outcome: string, error: object | null, code: number])[] = [
    ["in-sync", null, 0],
    ["healthy", null, 0],
    ["rolled-back", notHealthy, 3],
    ["blocked", notHealthy, 3],
    ["failed", notHealthy, 3],
    ["failed", { reason: "GitTimeout", message: "too slow", hint: "" }, 1],
    ["interrupted", null, 1],
  ];
  for (const [outcome, error, code] of endings) {
    test(`--wait exits ${code} when it ends ${outcome}${error ? ` with ${JSON.stringify(error)}` : ""}`, async () => {
      await using daemon = deploying(pass(outcome, error));
      const ended = await run(["deploy", "shop", "--wait", "--json", "--root", daemon.root]);
      expect(ended.code).toBe(code);
      expect(JSON.parse(ended.stdout)).toEqual(pass(outcome, error));
    });
  }

  test("--wait tells the operations of this stack on stderr, as plain lines off a terminal", async () => {
    await using daemon = deploying(pass("healthy"));
    const ended = await run(["deploy", "shop", "--wait", "--root", daemon.root]);
    expect(ended.stdout).toBe("shop: deployed and healthy (41d07e3), 1 operation in 0 ms\n");
    expect(ended.stderr).toBe(
      "✓ create-network network:default (1.2 s)\n· gate: waiting\n✕ failed deployment 7: web is ill\n",
    );
  });

  test("--wait prints why it went back", async () => {
    await using daemon = deploying(pass("rolled-back", notHealthy));
    const ended = await run(["deploy", "shop", "--wait", "--root", daemon.root]);
    expect(ended.stderr).toContain("error: web exited with code 1\nhint: Look at its log.\n");
  });

  test("--ref says what the stack is pinned to, and how to go back to its own", async () => {
    const hold = {
      kind: "pinned",
      by: "ada",
      why: "",
      at: "",
      deploymentId: null,
      revision: { commit: COMMIT, ref: "x" },
    };
    await using daemon = fakeDaemon({ "POST /stacks/shop/deploy": () => Response.json({ hold }, { status: 202 }) });
    const ended = await run(["deploy", "shop", "--ref", "next", "--why", "a look", "--root", daemon.root]);
    expect(daemon.requests[0]?.body).toEqual({ ref: "next", why: "a look" });
    expect(ended.stdout).toStartWith(
      "shop is pinned to 41d07e3; follow its own ref again with: tallyman resume shop\n",
    );
  });

  test("--why without --ref would be lost, and is refused", async () => {
    expect(await run(["deploy", "shop", "--why", "a look"])).toMatchObject({ code: 2 });
  });

  test("--wait that its person ends exits 1, and says that the deployment goes on", async () => {
    const ended = new AbortController();
    await using daemon = fakeDaemon({
      "POST /stacks/shop/deploy": async () => {
        ended.abort();
        return Response.json(pass("healthy"));
      },
    });
    const { code, stderr } = await run(["deploy", "shop", "--wait", "--root", daemon.root], { signal: ended.signal });
    expect(code).toBe(1);
    expect(stderr).toBe(
      "interrupted: no longer waiting for shop\nhint: It goes on without you; see how with: tallyman events -f shop\n",
    );
  });

  test("--wait needs no events", async () => {
    await using daemon = fakeDaemon({ "POST /stacks/shop/deploy": () => Response.json(pass("healthy")) });
    expect((await run(["deploy", "shop", "--wait", "--root", daemon.root])).code).toBe(0);
  });
});
