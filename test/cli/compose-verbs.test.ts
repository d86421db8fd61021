import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { ComposeTools, DownOptions, UpOptions } from "../../src/cli/tools.ts";
import type { Config } from "../../src/config.ts";
import { TallymanError } from "../../src/error.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import type { Plan, PlannedOperation } from "../../src/plan.ts";
import type { Project } from "../../src/project.ts";
import type { LoadRequest } from "../../src/project-files.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { project, run } from "./run.ts";

const service = { command: null, entrypoint: null };
const shop = project({
  services: { web: { ...service, image: "web:1" }, db: { ...service } },
  volumes: { data: { name: "shop_data" } },
  models: { llm: { model: "ai/m" } },
  hashes: {
    services: { web: { a: "aa11", b: "bb11" }, db: { a: "aa22", b: "bb22" } },
    networks: {},
    volumes: {},
  },
});

const operation: PlannedOperation = {
  kind: "create-network",
  networkKey: "default",
  name: "shop_default",
  cause: "network added",
  after: [],
};

const container: ObservedContainer = {
  id: "c0ffee",
  name: "shop-web-1",
  serviceName: "web",
  number: 1,
  oneOff: false,
  state: "running",
  health: "healthy",
  exitCode: 0,
  restartCount: 0,
  oomKilled: false,
  error: "",
  startedAt: "2026-02-03T04:04:06Z",
  finishedAt: null,
  createdAt: "2026-02-03T04:04:06Z",
  configHash: "aa11",
  imageId: "sha256:1",
  image: "web:1",
  labels: {},
  restartPolicy: "no",
  networks: [],
  mounts: [],
  healthLog: [],
};

/** The Compose engine of these tests, and everything that it was asked. */
function engine(changes: Partial<ComposeTools> = {}) {
  const asked = {
    loads: [] as LoadRequest[],
    ups: [] as { config: Config; project: Project; options: UpOptions }[],
    downs: [] as { project: Project | string; options: DownOptions }[],
  };
  const compose: ComposeTools = {
    load: async (request) => {
      asked.loads.push(request);
      return shop;
    },
    render: async (loaded, format) => `${format} of ${loaded.name}\n`,
    renderModel: async (request, format) => {
      asked.loads.push(request);
      return { text: `model as ${format}\n`, warnings: ["a note"] };
    },
    variables: async (_request, format) => ({ text: `variables as ${format}\n`, warnings: [] }),
    environment: async () => ["A=1"],
    plan: async () => ({ project: "shop", operations: [] }),
    up: async (config, loaded, options) => {
      asked.ups.push({ config, project: loaded, options });
      return [];
    },
    down: async (_config, project, options) => {
      asked.downs.push({ project, options });
      return { project: "shop", operations: [operation] };
    },
    ps: async () => [container],
    ...changes,
  };
  return { asked, tools: { compose } };
}

const planning = (plan: Plan) => engine({ plan: async () => plan }).tools;

describe("which project", () => {
  const flags = ["-f", "a.yaml", "-f", "b.yaml", "-p", "other", "--profile", "x", "--env-file", "e"];
  const expected = {
    cwd: "/srv",
    files: ["a.yaml", "b.yaml"],
    projectName: "other",
    projectDirectory: "/srv/sub",
    envFiles: ["e"],
    profiles: ["x"],
    environment: { HOME: "/home/somebody" },
  };

  for (const [where, argv] of [
    ["behind the verb", ["compose", "config", ...flags, "--project-directory", "sub"]],
    ["before it", ["compose", ...flags, "--project-directory", "sub", "config"]],
  ] as const) {
    test(`is said ${where}`, async () => {
      const { asked, tools } = engine();
      expect((await run(argv, tools)).code).toBe(0);
      expect(asked.loads).toEqual([expected]);
    });
  }

  test("is found by itself when nothing is said", async () => {
    const { asked, tools } = engine();
    await run(["compose", "config"], tools);
    expect(asked.loads[0]).toEqual({
      cwd: "/srv",
      files: [],
      envFiles: [],
      profiles: [],
      environment: { HOME: "/home/somebody" },
    });
  });

  test("that cannot be loaded exits 1 with the place of the mistake", async () => {
    const load = async (): Promise<Project> => {
      throw new TallymanError("ComposeInvalid", "services must be a mapping", {
        at: { file: "compose.yaml", line: 3 },
      });
    };
    const ended = await run(["compose", "config"], engine({ load }).tools);
    expect(ended).toEqual({ code: 1, stdout: "", stderr: "error: compose.yaml:3: services must be a mapping\n" });
  });

  test("has its warnings on stderr", async () => {
    const load = async (): Promise<Project> => ({ ...shop, warnings: ["VERSION\u001b[2J is not set"] });
    const ended = await run(["compose", "config"], engine({ load }).tools);
    expect(ended.stderr).toBe("warning: VERSION is not set\n");
    expect(ended.stdout).toBe("yaml of shop\n");
  });
});

describe("compose config and hash", () => {
  const printed = async (...argv: readonly string[]) => (await run(["compose", ...argv], engine().tools)).stdout;

  test("prints YAML unless JSON is wanted", async () => {
    expect(await printed("config")).toBe("yaml of shop\n");
    expect(await printed("config", "--format", "json")).toBe("json of shop\n");
    expect(await printed("config", "--json")).toBe("json of shop\n");
    expect((await run(["compose", "config", "--format", "xml"], engine().tools)).code).toBe(2);
  });

  test("leaves out the steps that it is told to", async () => {
    const { asked, tools } = engine();
    await run(["compose", "config", "--no-normalize", "--no-path-resolution", "--no-consistency"], tools);
    await run(["compose", "config", "--no-env-resolution"], tools);
    expect(asked.loads.map(({ leaveOut }) => leaveOut)).toEqual([["normalization", "paths", "consistency"], undefined]);
  });

  test("prints the model with its variables, and what it warns of", async () => {
    const ended = await run(["compose", "config", "--no-interpolate", "--format", "json"], engine().tools);
    expect(ended).toEqual({ code: 0, stdout: "model as json\n", stderr: "warning: a note\n" });
  });

  test("prints the variables in a table, as YAML or as JSON, and what templates see", async () => {
    expect(await printed("config", "--variables")).toBe("variables as table\n");
    expect(await printed("config", "--variables", "--format", "yaml")).toBe("variables as yaml\n");
    expect(await printed("config", "--environment")).toBe("A=1\n");
  });

  test("prints nothing when it shall be quiet, and into a file when it is told one", async () => {
    expect(await printed("config", "-q")).toBe("");
    const folder = temporaryDirectory("config-output");
    expect(await printed("config", "-o", join(folder.path, "out.yaml"))).toBe("");
    expect(await Bun.file(join(folder.path, "out.yaml")).text()).toBe("yaml of shop\n");
    folder.remove();
  });

  test("reads standard input for -", async () => {
    const { asked, tools } = engine();
    await run(["compose", "-f", "-", "-f", "b.yaml", "config"], { ...tools, readStdin: async () => "services: {}" });
    expect(asked.loads[0]).toMatchObject({ files: ["-", "b.yaml"], standardInput: "services: {}" });
  });

  test("prints names alone", async () => {
    expect(await printed("config", "--services")).toBe("db\nweb\n");
    expect(await printed("config", "--images")).toBe("shop-db\nweb:1\n");
    expect(await printed("config", "--volumes")).toBe("data\n");
    expect(await printed("config", "--networks")).toBe("");
    expect(await printed("config", "--models")).toBe("ai/m\n");
  });

  test("lists the whole project, whichever services are named", async () => {
    for (const list of ["--services", "--volumes", "--networks", "--models", "--hash=web"]) {
      const { asked, tools } = engine();
      await run(["compose", "config", list, "web"], tools);
      expect(asked.loads.map(({ services }) => services)).toEqual([undefined]);
    }
  });

  test("lists the profiles of the services that are kept out, too", async () => {
    const load = async ({ profiles }: LoadRequest): Promise<Project> => {
      if (!profiles.includes("*")) return shop;
      return { ...shop, services: { ...shop.services, web: { ...service, image: "web:1", profiles: ["q", "p"] } } };
    };
    const ended = await run(["compose", "config", "--profiles"], engine({ load }).tools);
    expect(ended).toEqual({ code: 0, stdout: "p\nq\n", stderr: "" });
  });

  test("says that it looks up no digests", async () => {
    for (const option of ["--resolve-image-digests", "--lock-image-digests"]) {
      const ended = await run(["compose", "config", option], engine().tools);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
      expect(ended.stderr).toContain(`${option} is not supported: config reads files and asks no registry`);
    }
  });

  test("prints `service hash` lines", async () => {
    expect(await printed("config", "--hash", "*")).toBe("db aa22\nweb aa11\n");
    expect(await printed("config", "--hash", "web")).toBe("web aa11\n");
    expect(await printed("config", "--hash", "web,db")).toBe("db aa22\nweb aa11\n");
    expect(await printed("hash")).toBe("db aa22\nweb aa11\n");
    expect(await printed("hash", "db")).toBe("db aa22\n");
    expect(JSON.parse(await printed("hash", "--json"))).toEqual({ db: "aa22", web: "aa11" });
  });

  test("a service that is not there exits 1 and is named", async () => {
    const ended = await run(["compose", "hash", "mail"], engine().tools);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('no active service "mail"');
  });
});

describe("compose plan", () => {
  test("exits 0 when there is nothing to do", async () => {
    const ended = await run(["compose", "plan"], engine().tools);
    expect(ended).toMatchObject({ code: 0, stdout: "shop is in sync: nothing to do\n" });
  });

  test("exits 4 with the operations when there is", async () => {
    const tools = planning({ project: "shop", operations: [operation] });
    const ended = await run(["compose", "plan"], tools);
    expect(ended.code).toBe(4);
    expect(ended.stdout).toContain("0  create-network  network:default         network added");
  });

  test("--json is the report of the contract", async () => {
    const tools = planning({ project: "shop", operations: [operation] });
    expect(JSON.parse((await run(["compose", "plan", "--json"], tools)).stdout)).toEqual({
      project: "shop",
      revision: null,
      empty: false,
      operations: [{ kind: "create-network", resource: "network:default", cause: "network added", after: [] }],
      violations: [],
    });
  });

  for (const argv of [["plan"], ["up", "--dry-run"]])
    test(`${argv.join(" ")} warns of what up would warn of`, async () => {
      const plan: ComposeTools["plan"] = async (_config, _project, _options, onEvent) => {
        onEvent({ type: "warning", message: "Found orphan containers" });
        return { project: "shop", operations: [] };
      };
      const ended = await run(["compose", ...argv], engine({ plan }).tools);
      expect(ended).toMatchObject({ code: 0, stderr: "warning: Found orphan containers\n" });
    });

  test("exits 1 when the Engine is not reachable", async () => {
    const plan = async (): Promise<Plan> => {
      throw new TallymanError("EngineUnreachable", "no Engine answers", { hint: "Start Docker." });
    };
    const ended = await run(["compose", "plan"], engine({ plan }).tools);
    expect(ended).toEqual({ code: 1, stdout: "", stderr: "error: no Engine answers\nhint: Start Docker.\n" });
  });
});

describe("compose up", () => {
  const optionsFor = async (...argv: readonly string[]) => {
    const { asked, tools } = engine();
    await run(["compose", "up", ...argv], tools);
    return asked.ups[0];
  };

  const PLAIN = { start: true, removeOrphans: false, build: false, recreate: "changed", waitMs: null } as const;

  test("does not wait unless it is told to", async () => {
    expect((await optionsFor())?.options).toEqual(PLAIN);
    expect((await optionsFor("--wait"))?.options.waitMs).toBe(3_600_000);
    expect((await optionsFor("--wait", "--wait-timeout", "5"))?.options.waitMs).toBe(5_000);
    expect((await optionsFor("--wait-timeout", "5", "-d"))?.options.waitMs).toBe(null);
  });

  test("hands on what else was said", async () => {
    const asked = await optionsFor("--no-start", "--remove-orphans", "--docker-host", "unix:///other.sock");
    expect(asked?.options).toEqual({ ...PLAIN, start: false, removeOrphans: true });
    expect(asked?.config.dockerHost).toBe("unix:///other.sock");
  });

  test("makes containers anew as it is told to", async () => {
    expect((await optionsFor("--force-recreate"))?.options.recreate).toBe("always");
    expect((await optionsFor("--no-recreate"))?.options.recreate).toBe("never");
    const both = await run(["compose", "up", "--force-recreate", "--no-recreate"], engine().tools);
    expect(both).toMatchObject({ code: 2 });
    expect(both.stderr).toContain("--force-recreate and --no-recreate are incompatible");
    const also = await run(["compose", "up", "--no-recreate", "-V"], engine().tools);
    expect(also.stderr).toContain("--no-recreate and --renew-anon-volumes are incompatible");
  });

  test("names the services that are meant, and what else is to be made anew", async () => {
    const asked = await optionsFor("web", "--force-recreate", "--always-recreate-deps", "-V", "-t", "3");
    expect(asked?.options).toEqual({
      ...PLAIN,
      recreate: "always",
      serviceNames: ["web"],
      recreateDependencies: true,
      renewVolumes: true,
      graceSeconds: 3,
    });
    expect(await run(["compose", "up", "-t", "soon"], engine().tools)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--timeout is not a whole number: "soon"'),
    });
  });

  test("--pull and --no-build stand above the file", async () => {
    const asked = await optionsFor("--pull", "never", "--no-build");
    expect(asked?.project.services["web"]).toEqual({ ...service, image: "web:1", pull_policy: "never" });
  });

  test("has the services loaded that are named", async () => {
    for (const argv of [["up"], ["plan"], ["config"], ["config", "--images"]]) {
      const { asked, tools } = engine();
      await run(["compose", ...argv, "web", "db"], tools);
      expect(asked.loads.map(({ services }) => services)).toEqual([["web", "db"]]);
    }
  });

  test("--no-deps leaves out what they depend on", async () => {
    const asked = await optionsFor("--no-deps", "web");
    expect(Object.keys(asked?.project.services ?? {})).toEqual(["web"]);
    expect(asked?.project.disabledServices).toEqual(["db"]);
  });

  test("--scale stands above the file", async () => {
    const asked = await optionsFor("--scale", "web=3", "--scale", "db=0");
    expect(asked?.project.services["web"]).toMatchObject({ image: "web:1", scale: 3 });
    expect(asked?.project.services["db"]).toMatchObject({ scale: 0 });
  });

  test("nonsense in --scale or --wait-timeout exits 2, an unknown service 1", async () => {
    const codeFor = async (...argv: readonly string[]) => (await run(["compose", "up", ...argv], engine().tools)).code;
    expect(await codeFor("--scale", "web")).toBe(2);
    expect(await codeFor("--scale", "web=-1")).toBe(2);
    expect(await codeFor("--wait-timeout", "soon")).toBe(2);
    expect(await codeFor("--scale", "mail=1")).toBe(1);
  });

  test("exits 3 when a service did not become healthy", async () => {
    const evidence = { exitCodes: [1], healthLog: [], logTail: ["no config"] };
    const verdict = { service: "web", verdict: "unhealthy" as const, summary: "exited with code 1", evidence };
    const { tools } = engine({ up: async () => [verdict] });
    const ended = await run(["compose", "up", "--wait"], tools);
    expect(ended).toMatchObject({ code: 3, stdout: "✕ web: exited with code 1\n    no config\n" });
    expect(ended.stderr).toContain("error: web: exited with code 1\nhint: ");
    const json = await run(["compose", "up", "--wait", "--json"], tools);
    expect(JSON.parse(json.stdout)).toEqual([verdict]);
  });

  test("--dry-run says what it would do and does nothing", async () => {
    const { asked, tools } = engine({ plan: async () => ({ project: "shop", operations: [operation] }) });
    const ended = await run(["compose", "up", "--dry-run"], tools);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("network added");
    expect(asked.ups).toEqual([]);
  });

  test("says that there was nothing to do", async () => {
    expect(await run(["compose", "up"], engine().tools)).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "shop is as its file says: nothing to do\n",
    });
  });

  test("stopped by its person exits 1 and says how to go on", async () => {
    const ended = new AbortController();
    const up = async (): Promise<readonly []> => {
      ended.abort();
      throw new Error("aborted");
    };
    expect(await run(["compose", "up"], { ...engine({ up }).tools, signal: ended.signal })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "interrupted: shop was left in the middle\nhint: What was done stays; the same command goes on from there.\n",
    });
  });
});

describe("compose down and ps", () => {
  test("down keeps volumes unless told otherwise", async () => {
    const { asked, tools } = engine();
    await run(["compose", "down"], tools);
    await run(["compose", "down", "-v", "--remove-orphans"], tools);
    expect(asked.downs).toEqual([
      { project: shop, options: { volumes: false, removeOrphans: false } },
      { project: shop, options: { volumes: true, removeOrphans: true } },
    ]);
  });

  test("down names services, images and how long to wait", async () => {
    const { asked, tools } = engine();
    await run(["compose", "down", "--rmi", "local", "-t", "0", "web"], tools);
    expect(asked.loads[0]?.services).toEqual(["web"]);
    expect(asked.downs[0]?.options).toEqual({
      volumes: false,
      removeOrphans: false,
      graceSeconds: 0,
      serviceNames: ["web"],
      images: "local",
    });
  });

  test("down heeds COMPOSE_REMOVE_ORPHANS", async () => {
    const { asked, tools } = engine({ environment: async () => ["COMPOSE_REMOVE_ORPHANS=1"] });
    await run(["compose", "down"], tools);
    expect(asked.downs[0]?.options.removeOrphans).toBe(true);
  });

  test("down --json tells what was done", async () => {
    const { stdout, stderr } = await run(["compose", "down", "--json"], engine().tools);
    expect(JSON.parse(stdout)).toMatchObject({ operations: [{ kind: "create-network" }] });
    expect(stderr).toBe("shop has nothing left to remove\n");
  });

  test("with -p alone no Compose file is needed", async () => {
    const { asked, tools } = engine();
    await run(["compose", "-p", "old", "down"], tools);
    expect(asked.downs[0]?.project).toBe("old");
    expect(asked.loads).toEqual([]);
  });

  test("ps prints a line per container", async () => {
    const { stdout } = await run(["compose", "ps"], engine().tools);
    expect(stdout).toContain("shop-web-1  web      web:1  ● healthy  1 min ago");
    expect((await run(["compose", "ps"], engine({ ps: async () => [] }).tools)).stdout).toBe("no containers\n");
  });

  test("ps --json names what scripts need", async () => {
    const { stdout } = await run(["compose", "ps", "--json"], engine().tools);
    expect(JSON.parse(stdout)).toEqual([
      {
        id: "c0ffee",
        name: "shop-web-1",
        service: "web",
        number: 1,
        image: "web:1",
        state: "running",
        health: "healthy",
        exitCode: 0,
        startedAt: "2026-02-03T04:04:06Z",
        createdAt: "2026-02-03T04:04:06Z",
      },
    ]);
  });
});
