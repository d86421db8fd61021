import { describe, expect, test } from "bun:test";
import { STACK_DEFAULTS, type Stack, type StackStatus } from "../../src/stack.ts";
import { failure, fakeDaemon } from "./fake-daemon.ts";
import { COMMIT, run } from "./run.ts";

const stack: Stack = {
  name: "shop",
  project: "shop",
  repository: "ssh://git@git.example/shop.git",
  ref: "main",
  path: "",
  files: [],
  envFiles: [],
  profiles: [],
  intervalMs: 60_000,
  credential: "deploy-key",
  ...STACK_DEFAULTS,
  createdAt: "2026-02-03T04:00:00Z",
};

const status: StackStatus = {
  name: "shop",
  state: "in-sync",
  reason: "",
  hint: "",
  commit: COMMIT,
  wantedCommit: COMMIT,
  trouble: null,
  pinned: false,
  suspended: null,
  stopped: null,
  drift: [],
  lastGoodPollAt: "2026-02-03T04:04:54Z",
  lastDeploymentId: "7",
  services: [
    {
      name: "web",
      state: "running",
      health: "healthy",
      image: "web:1",
      digest: null,
      dependsOn: [],
      containers: [
        {
          id: "c0ffee",
          name: "shop-web-1",
          state: "running",
          health: "healthy",
          startedAt: "2026-02-03T03:05:06Z",
          restarts: 0,
        },
      ],
    },
  ],
};

const withState = (state: StackStatus["state"], name = "shop"): StackStatus => ({ ...status, name, state });
const listing = (...statuses: readonly StackStatus[]) =>
  fakeDaemon({
    "GET /stacks": () => Response.json(statuses),
    "GET /stacks/shop": () => Response.json({ stack, status: statuses[0], publicKey: null }),
  });

describe("status", () => {
  test("prints an aligned line per stack with shape, word and age", async () => {
    await using daemon = listing(status, withState("failed", "a-longer-name"));
    const { code, stdout } = await run(["status", "--root", daemon.root]);
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "STACK          STATE      COMMIT   POLLED    REASON",
      "shop           ● in sync  41d07e3  12 s ago",
      "a-longer-name  ✕ failed   41d07e3  12 s ago",
      "",
    ]);
  });

  test("--json is the daemon's own array", async () => {
    await using daemon = listing(status);
    expect(JSON.parse((await run(["status", "--json", "--root", daemon.root])).stdout)).toEqual([status]);
    expect(JSON.parse((await run(["status", "shop", "--json", "--root", daemon.root])).stdout)).toEqual([status]);
  });

  test("of one stack shows its services and containers", async () => {
    await using daemon = listing({ ...status, reason: "all services are healthy" });
    const { stdout } = await run(["status", "shop", "--root", daemon.root]);
    expect(stdout).toContain("reason:      all services are healthy");
    expect(stdout).toContain("web      ● healthy  web:1  shop-web-1  1 h ago  0");
  });

  test("--exit-code tells bad from late from good", async () => {
    const codeFor = async (...states: readonly StackStatus["state"][]) => {
      await using daemon = listing(...states.map((state) => withState(state)));
      return (await run(["status", "--exit-code", "--root", daemon.root])).code;
    };
    expect(await codeFor("in-sync", "suspended", "stopped")).toBe(0);
    expect(await codeFor("in-sync", "out-of-sync")).toBe(4);
    expect(await codeFor("reconciling")).toBe(4);
    expect(await codeFor("out-of-sync", "failed")).toBe(3);
    expect(await codeFor("degraded")).toBe(3);
  });

  test("without --exit-code looking is no failure", async () => {
    await using daemon = listing(withState("failed"));
    expect((await run(["status", "--root", daemon.root])).code).toBe(0);
  });

  test("with no stacks says how to begin", async () => {
    await using daemon = listing();
    expect((await run(["status", "--root", daemon.root])).stdout).toContain("tallyman stack add NAME --repo URL");
  });

  test("colours on a terminal only, and not with NO_COLOR", async () => {
    await using daemon = listing(status);
    const argv = ["status", "--root", daemon.root];
    expect((await run(argv, {}, true)).stdout).toContain("\u001b[32m● in sync\u001b[0m");
    expect((await run(argv)).stdout).not.toContain("\u001b");
    const host = { environment: { HOME: "/h", NO_COLOR: "1" }, uid: 1, cwd: "/" };
    expect((await run(argv, { host }, true)).stdout).not.toContain("\u001b");
  });
});

describe("stack add", () => {
  const added = {
    stack,
    publicKey: "ssh-ed25519 AAAA tallyman-shop",
    probe: { ok: true, commit: COMMIT, ref: "refs/heads/main" },
  };

  test("sends what was given and nothing else", async () => {
    await using daemon = fakeDaemon({ "POST /stacks": () => Response.json(added, { status: 201 }) });
    const flags = ["--ref", "main", "--path", "deploy", "--file", "a.yaml", "--file", "b.yaml", "--interval", "90s"];
    await run(["stack", "add", "shop", "--repo", stack.repository, ...flags, "--root", daemon.root]);
    expect(daemon.requests[0]?.body).toEqual({
      name: "shop",
      repository: stack.repository,
      ref: "main",
      path: "deploy",
      files: ["a.yaml", "b.yaml"],
      intervalMs: 90_000,
    });
  });

  test("shows the deploy key and where the ref points", async () => {
    await using daemon = fakeDaemon({ "POST /stacks": () => Response.json(added, { status: 201 }) });
    const { code, stdout } = await run(["stack", "add", "shop", "--repo", stack.repository, "--root", daemon.root]);
    expect(code).toBe(0);
    expect(stdout).toContain("ssh-ed25519 AAAA tallyman-shop");
    expect(stdout).toContain("refs/heads/main is at 41d07e3");
  });

  test("says why the repository cannot be read yet, and what to do", async () => {
    const error = { reason: "HostKeyUnknown", message: "nobody vouched", hint: "tallyman host-key accept h SHA256:x" };
    await using daemon = fakeDaemon({
      "POST /stacks": () => Response.json({ ...added, probe: { ok: false, error } }, { status: 201 }),
    });
    const ended = await run(["stack", "add", "shop", "--repo", stack.repository, "--root", daemon.root]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toBe(
      "kept, but not readable yet: nobody vouched\nhint: tallyman host-key accept h SHA256:x\n",
    );
  });

  test("ends with 1 when the repository was given wrongly, and with 0 when only the next step is missing", async () => {
    const codes: number[] = [];
    for (const reason of ["GitNotARepository", "GitRefMissing", "GitUnreachable", "GitAuthentication"]) {
      const probe = { ok: false, error: { reason, message: "no", hint: "" } };
      await using daemon = fakeDaemon({ "POST /stacks": () => Response.json({ ...added, probe }, { status: 201 }) });
      codes.push((await run(["stack", "add", "shop", "--repo", stack.repository, "--root", daemon.root])).code);
    }
    expect(codes).toEqual([1, 1, 1, 0]);
  });

  test("reads a token from standard input, never from the arguments", async () => {
    await using daemon = fakeDaemon({ "POST /stacks": () => Response.json(added, { status: 201 }) });
    const argv = ["stack", "add", "shop", "--repo", "https://git.example/shop", "--credential", "https-token"];
    await run([...argv, "--username", "ann", "--root", daemon.root], { readStdin: async () => "s3cret\n" });
    expect(daemon.requests[0]?.body).toMatchObject({
      credential: { kind: "https-token", username: "ann", secret: "s3cret" },
    });
  });

  test("without --repo, with an odd credential or interval it exits 2 and asks nobody", async () => {
    await using daemon = fakeDaemon({});
    const add = async (...flags: readonly string[]) =>
      (await run(["stack", "add", "shop", "--root", daemon.root, ...flags])).code;
    expect(await add()).toBe(2);
    expect(await add("--repo", "https://x/y", "--credential", "password")).toBe(2);
    expect(await add("--repo", "https://x/y", "--interval", "often")).toBe(2);
    const wrong = await run(["stack", "add", "shop", "--repo", "https://x/y", "--interval", "1s"]);
    expect(wrong.stderr).toStartWith("error: --interval: interval 1s is not between 5s and 7d\nhint: ");
    expect(daemon.requests).toEqual([]);
  });

  test("what the daemon calls invalid input exits 2, what exists already exits 1", async () => {
    const answers = [
      failure(400, "InvalidInput", "name: bad", "Use lowercase."),
      failure(409, "AlreadyExists", "shop exists", "Choose another name."),
    ];
    await using daemon = fakeDaemon({ "POST /stacks": () => answers.shift() ?? new Response() });
    const argv = ["stack", "add", "shop", "--repo", "https://x/y", "--root", daemon.root];
    expect(await run(argv)).toEqual({ code: 2, stdout: "", stderr: "error: name: bad\nhint: Use lowercase.\n" });
    expect(await run(argv)).toEqual({
      code: 1,
      stdout: "",
      stderr: "error: shop exists\nhint: Choose another name.\n",
    });
  });
});

describe("stack show, list and remove", () => {
  test("show prints the settings, as JSON all of the answer", async () => {
    await using daemon = listing(status);
    const { stdout } = await run(["stack", "show", "shop", "--root", daemon.root]);
    expect(stdout).toContain("repository:    ssh://git@git.example/shop.git");
    const json = await run(["stack", "show", "shop", "--json", "--root", daemon.root]);
    expect(JSON.parse(json.stdout)).toEqual({ stack, status, publicKey: null });
  });

  test("list is the same table as status", async () => {
    await using daemon = listing(status);
    const list = await run(["stack", "list", "--root", daemon.root]);
    expect(list).toEqual(await run(["status", "--root", daemon.root]));
  });

  test("remove says what stays", async () => {
    await using daemon = fakeDaemon({ "DELETE /stacks/shop": () => Response.json({ removed: "shop" }) });
    const ended = await run(["stack", "remove", "shop", "--root", daemon.root]);
    expect(ended).toMatchObject({ code: 0, stdout: "removed shop; its volumes and its history stay\n" });
  });

  test("a name is one part of the path, whatever it holds", async () => {
    await using daemon = fakeDaemon({});
    await run(["stack", "remove", "../stacks?x=", "--root", daemon.root]);
    expect(daemon.requests[0]?.path).toBe("/stacks/..%2Fstacks%3Fx%3D");
  });
});
