import { describe, expect, test } from "bun:test";
import { STACK_DEFAULTS, type Stack } from "../../src/stack.ts";
import { type Answers, failure, fakeDaemon } from "./fake-daemon.ts";
import { COMMIT, run } from "./run.ts";

const stack: Stack = {
  name: "shop",
  project: "shop",
  repository: "https://git.example/shop.git",
  ref: "main",
  path: "",
  files: [],
  envFiles: [],
  profiles: [],
  intervalMs: 60_000,
  credential: "none",
  ...STACK_DEFAULTS,
  createdAt: "2026-02-03T04:00:00Z",
};
const edited = { stack, changed: ["ref", "prune"], credentialDropped: false, publicKey: null };

async function said(argv: readonly string[], answers: Answers, stdin = "") {
  await using daemon = fakeDaemon(answers);
  const ended = await run([...argv, "--root", daemon.root], { readStdin: async () => stdin });
  return { ...ended, requests: daemon.requests.filter(({ path }) => !path.startsWith("/events")) };
}

describe("stack edit", () => {
  const edit = (flags: readonly string[], answer: object = edited) =>
    said(["stack", "edit", "shop", ...flags], { "PATCH /stacks/shop": () => Response.json(answer) });

  test("sends what was given and nothing else", async () => {
    const flags = ["--ref", "v2", "--no-prune", "--drift", "report", "--on-failure", "pause", "--gate-timeout", "90s"];
    const { stdout, requests } = await edit([...flags, "--depends-on", "vault", "--depends-on", "mail"]);
    expect(requests[0]?.body).toEqual({
      ref: "v2",
      prune: false,
      drift: "report",
      onFailure: "pause",
      gateTimeoutMs: 90_000,
      dependsOn: ["vault", "mail"],
    });
    expect(stdout).toBe("shop changed: ref, prune\n");
  });

  test("takes choices back", async () => {
    const flags = ["--ref", "", "--file", "", "--on-failure", "default", "--gate-timeout", "default", "--prune"];
    const { requests } = await edit(flags);
    expect(requests[0]?.body).toEqual({ ref: "", files: [], onFailure: null, gateTimeoutMs: null, prune: true });
  });

  test("says when the credential was forgotten, and what to do", async () => {
    const moved = { ...edited, credentialDropped: true, publicKey: "ssh-ed25519 AAAA tallyman-shop" };
    expect((await edit(["--repo", "git@other.example:x"], moved)).stdout).toContain(
      "Register this key there: ssh-ed25519 AAAA tallyman-shop",
    );
    expect((await edit(["--repo", "https://other.example/x"], { ...moved, publicKey: null })).stdout).toContain(
      "--credential",
    );
  });

  test("shows the key that was made anew", async () => {
    const answer = { ...edited, changed: ["credential"], publicKey: "ssh-ed25519 AAAA tallyman-shop" };
    expect((await edit(["--credential", "deploy-key"], answer)).stdout).toBe(
      "shop changed: credential\nRegister this key there: ssh-ed25519 AAAA tallyman-shop\n",
    );
  });

  test("--wait exits 3 when the pass went back", async () => {
    const pass = { outcome: "rolled-back", deploymentId: "3", commit: COMMIT, error: null };
    const { code, stdout, requests } = await edit(["--ref", "v2", "--wait"], { ...edited, ...pass });
    expect([code, requests[0]?.body]).toEqual([3, { ref: "v2", wait: true }]);
    expect(stdout).toContain("went back to the last healthy release");
  });

  test("odd values exit 2 and ask nobody", async () => {
    for (const flags of [
      ["--drift", "x"],
      ["--on-failure", "x"],
      ["--gate-timeout", "soon"],
      ["--interval", "1ms"],
    ]) {
      const { code, requests } = await edit(flags);
      expect([code, requests]).toEqual([2, []]);
    }
  });
});

describe("stack adopt", () => {
  const adopted = {
    stack,
    publicKey: null,
    probe: { ok: true, commit: COMMIT, ref: "refs/heads/main" },
    found: { project: "shop", containers: 2, services: ["db", "web"], workingDir: "/srv/shop" },
    plan: { project: "shop", revision: COMMIT, empty: true, operations: [], violations: [] },
    obstacle: null,
  };
  const argv = ["stack", "adopt", "shop", "--repo", stack.repository];

  test("shows the plan and says how to go on", async () => {
    const { code, stdout, requests } = await said([...argv, "--in-place", "--path", "shop"], {
      "POST /adoptions": () => Response.json(adopted, { status: 201 }),
    });
    expect(requests.map(({ body }) => body)).toEqual([
      { project: "shop", inPlace: true, repository: stack.repository, path: "shop" },
    ]);
    expect([code, stdout]).toEqual([
      0,
      "shop keeps the project shop now: 2 containers of db, web\n\nshop is in sync at 41d07e3: nothing to do\n\n" +
        "It is suspended; let it happen with: tallyman resume shop\n",
    ]);
  });

  test("--yes carries the plan out and waits", async () => {
    const pass = { outcome: "healthy", deploymentId: "1", commit: COMMIT, error: null };
    const answers = {
      "POST /adoptions": () => Response.json(adopted, { status: 201 }),
      "POST /stacks/shop/resume": () => Response.json({ ...pass, released: ["suspended"], next: "" }),
    };
    const { code, stdout, requests } = await said([...argv, "--yes"], answers);
    expect([code, requests[1]?.body]).toEqual([0, { wait: true }]);
    expect(stdout).toEndWith("shop: deployed and healthy (41d07e3)\n");
  });

  test("without a plan --yes carries nothing out", async () => {
    const error = { reason: "GitRefMissing", message: "no such ref", hint: "Look." };
    const without = { ...adopted, probe: { ok: false, error }, plan: null, obstacle: error };
    const { code, stderr, requests } = await said([...argv, "--yes"], {
      "POST /adoptions": () => Response.json(without, { status: 201 }),
    });
    expect([code, requests.length, stderr]).toEqual([1, 1, "there is no plan yet: no such ref\nhint: Look.\n"]);
  });

  test("a project that another Tallyman keeps exits 1", async () => {
    const answers = { "POST /adoptions": () => failure(409, "ForeignProject", "belongs to another", "Remove it.") };
    expect((await said(argv, answers)).code).toBe(1);
  });
});

describe("stack remove with data", () => {
  const answers = { "DELETE /stacks/shop": () => Response.json({ removed: "shop", volumes: ["shop_data"] }) };
  const remove = (...flags: string[]) => said(["stack", "remove", "shop", ...flags], answers);

  test("needs both words", async () => {
    const paths = [];
    for (const flags of [[], ["--volumes"], ["--volumes", "--yes-delete-data"]])
      paths.push((await remove(...flags)).requests[0]?.path);
    expect(paths).toEqual(["/stacks/shop", "/stacks/shop?volumes=true", "/stacks/shop?volumes=true&confirm=shop"]);
  });

  test("of one that cannot mean what it says nothing is removed", async () => {
    expect(await remove("--yes-delete-data")).toMatchObject({ code: 2, requests: [] });
  });

  test("says what was deleted", async () => {
    expect((await remove("--volumes", "--yes-delete-data")).stdout).toBe(
      "removed shop and deleted shop_data; its history stays\n",
    );
  });
});

describe("a held stack", () => {
  const status = {
    name: "shop",
    state: "suspended",
    reason: "pinned to 41d07e3 by ada: slow; newest is 9c1f2ab",
    hint: "Resume it.",
    commit: COMMIT,
    wantedCommit: null,
    lastGoodPollAt: null,
    lastDeploymentId: "3",
    services: [],
    drift: [{ resource: "service:web:1", field: "memory limit", wanted: "512 MiB", found: "" }],
  };
  const holds = [{ kind: "pinned", by: "ada", why: "slow", at: "2026-02-03T04:00:00Z", deploymentId: "2" }];
  const answers = {
    "GET /stacks/shop": () => Response.json({ stack, status, publicKey: null, holds, pinnedTo: { commit: COMMIT } }),
  };

  test("says in status who holds it, when and why, and what differs", async () => {
    const { stdout } = await said(["status", "shop"], answers);
    expect(stdout).toContain("pinned:      to 41d07e3 by ada at 2026-02-03T04:00:00Z: slow\n");
    expect(stdout).toContain("service:web:1  memory limit  512 MiB  –\n");
  });

  test("shows its settings besides", async () => {
    const { stdout } = await said(["stack", "show", "shop"], answers);
    for (const line of [
      "pinned:",
      "drift:         repair",
      "on failure:    as the Compose file says",
      "prune:         yes",
    ])
      expect(stdout).toContain(line);
  });
});
