import { describe, expect, test } from "bun:test";
import { type Answers, failure, fakeDaemon } from "./fake-daemon.ts";
import { COMMIT, run } from "./run.ts";

const pass = (outcome: string, error: object | null = null) => ({ outcome, deploymentId: null, commit: COMMIT, error });
const notHealthy = { reason: "NotHealthy", message: "web exited with code 1", hint: "Look at its log." };
const hold = { kind: "suspended", by: "ada", why: "", at: "2026-02-03T04:05:06Z", deploymentId: null };
const release = { deploymentId: "12", commit: COMMIT, message: "Raise memory", author: "mara", healthyAt: "" };

/** What one command line says and sends. */
async function said(argv: readonly string[], answers: Answers, stdin = "") {
  await using daemon = fakeDaemon(answers);
  const ended = await run([...argv, "--root", daemon.root], { readStdin: async () => stdin });
  return { ...ended, request: daemon.requests.find(({ path }) => !path.startsWith("/events")) };
}

describe("suspend, stop, resume and start", () => {
  test("suspend sends the reason and says how to go on", async () => {
    const answers = { "POST /stacks/shop/suspend": () => Response.json({ hold }) };
    for (const argv of [["suspend"], ["stack", "suspend"]]) {
      const { code, stdout, request } = await said([...argv, "shop", "--why", "moving the database"], answers);
      expect([code, stdout]).toEqual([0, "shop is suspended; go on with: tallyman resume shop\n"]);
      expect(request?.body).toEqual({ why: "moving the database" });
    }
  });

  test("stop --wait is done once it is stopped", async () => {
    const answers = { "POST /stacks/shop/stop": () => Response.json({ ...pass("stopped"), hold }) };
    const { code, stdout, request } = await said(["stop", "shop", "--wait"], answers);
    expect([code, stdout]).toEqual([0, "shop: stopped; its containers stay so until somebody starts it (41d07e3)\n"]);
    expect(request?.body).toEqual({ wait: true });
  });

  test("resume says what is lifted and what runs next", async () => {
    const released = { released: ["suspended", "pinned"], next: "9c1f2ab" };
    const lifted = await said(["resume", "shop"], { "POST /stacks/shop/resume": () => Response.json(released) });
    expect(lifted.stdout).toBe("shop is no longer suspended or pinned; next runs 9c1f2ab\n");
    const nothing = { released: [], next: "9c1f2ab, as now" };
    const idle = await said(["resume", "shop"], { "POST /stacks/shop/resume": () => Response.json(nothing) });
    expect(idle.stdout).toBe("shop was neither suspended nor pinned\n");
  });

  test("start says so, and fails on a stack that is suspended besides", async () => {
    const answers = { "POST /stacks/shop/start": () => Response.json({ ...pass("suspended"), released: ["stopped"] }) };
    const { code, stdout } = await said(["start", "shop", "--wait"], answers);
    expect([code, stdout.split("\n")[0]]).toEqual([1, "shop is being started"]);
  });
});

describe("retry and rollback", () => {
  test.each([
    ["healthy", null, 0],
    ["blocked", notHealthy, 3],
    ["rolled-back", notHealthy, 3],
    ["drifted", null, 4],
    ["suspended", null, 1],
  ])("--wait that ends %s with %j exits %d", async (outcome, error, code) => {
    const answers = {
      "POST /stacks/shop/retry": () => Response.json(pass(outcome, error)),
      "POST /stacks/shop/rollback": () => Response.json({ ...pass(outcome, error), hold, release }),
    };
    for (const verb of ["retry", "rollback"]) expect((await said([verb, "shop", "--wait"], answers)).code).toBe(code);
  });

  test("rollback says which release is pinned and until when", async () => {
    const answers = { "POST /stacks/shop/rollback": () => Response.json({ hold, release }) };
    const { code, stdout, request } = await said(["rollback", "shop", "--to", "41d0", "--why", "slow"], answers);
    expect([code, stdout]).toEqual([
      0,
      "shop is pinned to 41d07e3 (deployment 12): Raise memory\nnew commits wait until: tallyman resume shop\n",
    ]);
    expect(request?.body).toEqual({ to: "41d0", why: "slow" });
  });

  test("an ambiguous commit exits 2 with what it may mean", async () => {
    const answers = {
      "POST /stacks/shop/rollback": () => failure(400, "InvalidInput", "to: may mean a, b", "Give more."),
    };
    const { code, stderr } = await said(["rollback", "shop", "--to", "41d0"], answers);
    expect([code, stderr]).toEqual([2, "error: to: may mean a, b\nhint: Give more.\n"]);
  });
});

describe("secret and variable", () => {
  test("set reads the value from standard input and sends it in the body alone", async () => {
    const answers = { "PUT /stacks/shop/variables/KEY": () => Response.json({ name: "KEY", stack: "shop" }) };
    for (const [group, secret] of [
      ["secret", true],
      ["variable", false],
    ] as const) {
      const { code, stdout, request } = await said([group, "set", "shop", "KEY"], answers, "s3cret\n\n");
      expect([code, stdout, request?.body]).toEqual([0, "KEY is set for shop\n", { value: "s3cret\n", secret }]);
    }
  });

  test("--shared is for every stack and cannot wait", async () => {
    const answers = { "PUT /variables/KEY": () => Response.json({}), "DELETE /variables/KEY": () => Response.json({}) };
    expect((await said(["secret", "set", "--shared", "KEY"], answers, "x")).stdout).toBe(
      "KEY is set for every stack\n",
    );
    expect((await said(["variable", "unset", "--shared", "KEY"], answers)).stdout).toContain("removed for every stack");
    expect((await said(["secret", "set", "--shared", "KEY", "--wait"], answers, "x")).code).toBe(2);
  });

  test("unset --wait tells how the pass ended", async () => {
    const answers = {
      "DELETE /stacks/shop/variables/KEY": () => Response.json({ ...pass("healthy"), removed: "KEY" }),
    };
    const { code, stdout, request } = await said(["secret", "unset", "shop", "KEY", "--wait"], answers);
    expect([code, stdout]).toEqual([0, "KEY is removed from shop\nshop: deployed and healthy (41d07e3)\n"]);
    expect(request?.path).toBe("/stacks/shop/variables/KEY?wait=true");
  });

  test("list shows values of variables only", async () => {
    const entry = { stack: "shop", changedBy: "ada", changedAt: "2026-02-03T04:04:54Z" };
    const entries = [
      { ...entry, name: "PASSWORD", secret: true, value: null },
      { ...entry, name: "URL", stack: null, secret: false, value: "https://x" },
    ];
    const answers = { "GET /stacks/shop/variables": () => Response.json(entries) };
    expect((await said(["secret", "list", "shop"], answers)).stdout).toBe(
      "NAME      OF    CHANGED BY  CHANGED\nPASSWORD  shop  ada         12 s ago\n",
    );
    expect((await said(["variable", "list", "shop"], answers)).stdout).toContain(
      "URL   every stack  ada         12 s ago  https://x",
    );
    expect((await said(["variable", "list"], answers)).code).toBe(2);
  });

  test("without a stack or with too many names exits 2 and asks nobody", async () => {
    for (const names of [["KEY"], ["shop", "KEY", "more"], ["shop", "KEY", "--shared"]]) {
      const { code, request } = await said(["secret", "set", ...names], {}, "x");
      expect([code, request]).toEqual([2, undefined]);
    }
  });
});

test("registry login, list and logout", async () => {
  const answers = {
    "PUT /registries/ghcr.io%3A5000": () => Response.json({ host: "ghcr.io:5000", username: "bot" }),
    "GET /registries": () => Response.json([{ host: "ghcr.io", username: "bot" }]),
    "DELETE /registries/ghcr.io": () => Response.json({ removed: "ghcr.io" }),
  };
  const login = await said(["registry", "login", "ghcr.io:5000", "--username", "bot"], answers, "s3cret\n");
  expect([login.stdout, login.request?.body]).toEqual([
    "images of ghcr.io:5000 are pulled as bot from now on\n",
    { username: "bot", secret: "s3cret" },
  ]);
  expect((await said(["registry", "list"], answers)).stdout).toBe("REGISTRY  USER NAME\nghcr.io   bot\n");
  expect((await said(["registry", "logout", "https://ghcr.io/v2/"], answers)).stdout).toBe(
    "the login for ghcr.io is forgotten\n",
  );
  expect((await said(["registry", "login", "ghcr.io"], answers)).code).toBe(2);
});
