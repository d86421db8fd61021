import { describe, expect, test } from "bun:test";
import type { Command } from "commander";
import { buildProgram } from "../../src/cli/program.ts";
import { SETTINGS } from "../../src/config.ts";
import { TallymanError } from "../../src/error.ts";
import { remembering, run, TOOLS } from "./run.ts";

function leaves(command: Command, path: readonly string[] = []): readonly (readonly string[])[] {
  if (command.commands.length === 0) return [path];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}

const program = buildProgram({ tools: TOOLS, end: () => {} });
const verbs = leaves(program);

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "stack add": ["--repo", "https://git.example/shop"],
  "stack adopt": ["--repo", "https://git.example/shop"],
  "registry login": ["--username", "bot"],
};

test("has the verbs of the interface and no others", () => {
  expect(verbs.map((verb) => verb.join(" ")).sort()).toEqual([
    "compose config",
    "compose down",
    "compose hash",
    "compose plan",
    "compose ps",
    "compose up",
    "demo",
    "deploy",
    "doctor",
    "events",
    "history",
    "host-key accept",
    "host-key forget",
    "host-key list",
    "logs",
    "plan",
    "registry list",
    "registry login",
    "registry logout",
    "resume",
    "retry",
    "rollback",
    "secret list",
    "secret set",
    "secret unset",
    "serve",
    "stack add",
    "stack adopt",
    "stack edit",
    "stack list",
    "stack remove",
    "stack resume",
    "stack show",
    "stack suspend",
    "start",
    "status",
    "stop",
    "suspend",
    "variable list",
    "variable set",
    "variable unset",
    "version",
    "worker-image build",
  ]);
});

describe("every verb", () => {
  for (const verb of verbs) {
    const name = verb.join(" ");
    test(`${name}: --help says how to call it and exits 0`, async () => {
      const ended = await run([...verb, "--help"]);
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(ended.stdout).toStartWith(`Usage: tallyman ${name} [options]`);
    });

    test(`${name}: an unknown option exits 2 with the usage on stderr`, async () => {
      const needed = NEEDED[name] ?? [];
      const ended = await run([...verb, ...needed, "--no-such-thing"]);
      expect(ended.code).toBe(2);
      expect(ended.stdout).toBe("");
      expect(ended.stderr).toContain("error: unknown option '--no-such-thing'");
      expect(ended.stderr).toContain(`usage: tallyman ${name} [options]`);
      expect(ended.stderr).toContain(`hint: tallyman ${name} --help`);
    });

    test(`${name}: too many arguments exit 2`, async () => {
      const takesAny = (await run([...verb, "--help"])).stdout.split("\n", 1)[0]?.endsWith("[service...]") ?? false;
      const surplus = await run([...verb, ...Array<string>(9).fill("x")]);
      expect(surplus.code === 2).toBe(!takesAny);
    });
  }
});

describe("usage", () => {
  test("nothing at all shows the help on stderr and exits 2", async () => {
    const ended = await run([]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("Usage: tallyman [options] [command]");
  });

  test("a group without a verb shows its help and exits 2", async () => {
    for (const group of ["compose", "stack", "host-key", "worker-image"]) {
      expect(await run([group])).toMatchObject({ code: 2, stdout: "" });
    }
  });

  test("an unknown command is named, with the nearest one", async () => {
    const ended = await run(["statsu"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("unknown command 'statsu'");
    expect(ended.stderr).toContain("Did you mean status?");
  });

  test("a missing argument is named", async () => {
    const ended = await run(["deploy"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("missing required argument 'stack'");
  });

  test("the help of the whole exits 0", async () => {
    expect(await run(["--help"])).toMatchObject({ code: 0, stderr: "" });
    expect(await run(["help", "deploy"])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("serve", () => {
  test("lists every setting with its flag and its variable", async () => {
    const { stdout } = await run(["serve", "--help"]);
    const words = stdout.replaceAll(/\s+/g, " ");
    const { url: _url, token: _token, ...settings } = SETTINGS;
    for (const { flag, variable } of Object.values(settings)) {
      expect(words).toContain(flag);
      expect(words).toContain(variable);
    }
  });

  test("hands the configuration on", async () => {
    const { configs, start } = remembering();
    const ended = await run(["serve", "--root", "/r", "--listen", "127.0.0.1:1234", "--interval", "15s"], {
      serve: start,
    });
    expect(ended.code).toBe(0);
    expect(configs[0]).toMatchObject({ root: "/r", listen: { host: "127.0.0.1", port: 1234 }, intervalMs: 15_000 });
  });

  test("takes the root before the command as well as behind it", async () => {
    const { configs, start } = remembering();
    await run(["--root", "/r", "serve"], { serve: start });
    expect(configs[0]?.root).toBe("/r");
  });

  test("a wrong value exits 2 and names flag and variable", async () => {
    const ended = await run(["serve", "--listen", "nowhere"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("error: --listen (TALLYMAN_LISTEN) is not HOST:PORT");
    expect(ended.stderr).toContain("hint: ");
  });

  test("a start that fails exits 1 with message and hint", async () => {
    const serve = async (): Promise<void> => {
      throw new TallymanError("AddressInUse", "127.0.0.1:7411 is taken", { hint: "Use another --listen." });
    };
    expect(await run(["serve"], { serve })).toEqual({
      code: 1,
      stdout: "",
      stderr: "error: 127.0.0.1:7411 is taken\nhint: Use another --listen.\n",
    });
  });
});

describe("demo", () => {
  test("fetches with the image made here, over the host's network", async () => {
    const { configs, start } = remembering();
    await run(["demo"], { demo: start });
    expect(configs[0]).toMatchObject({ workerImage: "tallyman-worker:1", workerNetwork: "host" });
  });

  test("says so in its help", async () => {
    const words = (await run(["demo", "--help"])).stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain("TALLYMAN_WORKER_IMAGE; default: tallyman-worker:1)");
  });

  test("takes another image when it is given one", async () => {
    const { configs, start } = remembering();
    await run(["demo", "--worker-image", "alpine/git:1"], { demo: start });
    expect(configs[0]?.workerImage).toBe("alpine/git:1");
  });
});

describe("version", () => {
  test("says which build it is", async () => {
    expect((await run(["version"])).stdout).toStartWith("tallyman 1.2.3 (");
  });

  test("--version prints the number alone", async () => {
    expect(await run(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
  });

  test("--json has the fields of the contract", async () => {
    const { stdout } = await run(["version", "--json"]);
    expect(Object.keys(JSON.parse(stdout))).toEqual(["version", "commit", "builtAt", "bun", "target"]);
  });
});

describe("worker-image build", () => {
  test("tells how to use what it made", async () => {
    const ended = await run(["worker-image", "build"]);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain("tallyman serve --worker-image tallyman-worker:1");
  });

  test("--json has name and id", async () => {
    const { stdout } = await run(["worker-image", "build", "--tag", "mine:2", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ image: "mine:2", id: "sha256:0123" });
  });
});

test("text from outside cannot steer the terminal through an error", async () => {
  const serve = async (): Promise<void> => {
    throw new TallymanError("Internal", "evil \u001b[2J\u001b]0;title\u0007text");
  };
  const { stderr } = await run(["serve"], { serve }, true);
  expect(stderr).toContain("evil text");
});
