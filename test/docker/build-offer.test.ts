import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contextDigests } from "../../src/docker/build.ts";
import { sessionOffer } from "../../src/docker/build-offer.ts";
import { TallymanError } from "../../src/error.ts";
import { placeIn } from "../../src/folder/disk-files.ts";
import type { Build, Project } from "../../src/project.ts";
import { sampleProject } from "../support/sample-project.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const directory = temporaryDirectory("build-offer");
const { path: root } = directory;
const agent = Bun.listen({ unix: join(root, "agent"), socket: { data: () => undefined } });

afterAll(() => {
  agent.stop(true);
  directory[Symbol.dispose]();
});

mkdirSync(join(root, "folder"));
writeFileSync(join(root, "token"), "from a file");
symlinkSync("/etc/hostname", join(root, "out"));
writeFileSync(join(root, "large"), "");
truncateSync(join(root, "large"), 500 * 1024 + 1);

function projectOf(build: Partial<Build>, secrets: Project["secrets"] = {}): Project {
  const project = sampleProject({ web: { build: { context: root, dockerfile_inline: "FROM scratch", ...build } } });
  return { ...project, workingDir: root, secrets };
}

async function offerOf(build: Partial<Build>, secrets?: Project["secrets"], sshAgent?: string) {
  const placeOf = (path: string): string => path;
  const request = { serviceName: "web", build: { context: root, ...build }, placeOf, sshAgent };
  return await sessionOffer({ project: projectOf(build, secrets), ...request });
}

async function errorOf(refused: Promise<unknown>): Promise<TallymanError> {
  const thrown = await refused.catch((error: unknown) => error);
  return thrown instanceof TallymanError ? thrown : Promise.reject(thrown);
}

test("a secret's id is its target, or else its name; its content is a file's or a variable's", async () => {
  const { secrets } = await offerOf(
    { secrets: [{ source: "a" }, { source: "b", target: "renamed", mode: "0400" }] },
    { a: { file: join(root, "token") }, b: { environment: "B", content: "" } },
  );
  const read = await Promise.all([...secrets].map(async ([id, content]) => [id, String(await content())]));
  expect(read).toEqual([
    ["a", "from a file"],
    ["renamed", ""],
  ]);
});

test("an agent without a path is the caller's own, and a relative path belongs to the project", async () => {
  const { sshAgents } = await offerOf({ ssh: ["default", "other=agent"] }, {}, join(root, "agent"));
  expect([...sshAgents.keys()]).toEqual(["default", "other"]);
});

describe("what is not there is refused by name:", () => {
  test.each([
    ["a file", { file: "/nowhere/token" }, "BuildFailed", "/nowhere/token"],
    ["a file that is a folder", { file: join(root, "folder") }, "BuildFailed", join(root, "folder")],
    ["a file of 500 KiB and a byte", { file: join(root, "large") }, "BuildFailed", "500 KiB"],
    ["a variable", { environment: "TOKEN" }, "VariableMissing", '"TOKEN"'],
    ["any source", { driver: "vault" }, "ComposeUnsupported", "neither"],
  ] as const)("%s of a secret", async (_, secret, reason, text) => {
    const error = await errorOf(offerOf({ secrets: [{ source: "token" }] }, { token: secret }));
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(/^services\.web\.build\.secrets: .*"token"/);
    expect(error.message).toContain(text);
  });
  test.each([
    ["the caller's own agent", "default", undefined, "ComposeUnsupported", '"default"'],
    ["the caller's own agent, written with an empty path", "default=", undefined, "ComposeUnsupported", '"default"'],
    ["the socket that SSH_AUTH_SOCK names", "default", "/nowhere/sock", "BuildFailed", "/nowhere/sock"],
    ["an agent's socket", "a=nothing", undefined, "BuildFailed", join(root, "nothing")],
    ["an agent, for a key is none", "a=token", undefined, "ComposeUnsupported", join(root, "token")],
  ] as const)("%s", async (_, entry, sshAgent, reason, text) => {
    const error = await errorOf(offerOf({ ssh: [entry] }, {}, sshAgent));
    expect(error.reason).toBe(reason);
    expect(error.message).toStartWith("services.web.build.ssh: ");
    expect(error.message).toContain(text);
  });
});

describe("a stack", () => {
  const placeOf = placeIn({ seenAs: root, from: root });
  const refusal = (build: Partial<Build>, secrets: Project["secrets"] = {}) =>
    contextDigests(projectOf(build, secrets), placeOf, AbortSignal.timeout(10_000)).catch((thrown: unknown) => thrown);

  test("is refused before anything is touched", async () => {
    expect(await refusal({ ssh: ["default"] })).toMatchObject({ reason: "ComposeUnsupported" });
    expect(await refusal({ secrets: [{ source: "s" }] }, { s: { environment: "S" } })).toMatchObject({
      reason: "VariableMissing",
    });
  });
  test.each(["/etc/hostname", join(root, "out"), join(root, "../x")])(
    "can hand on no file of the host: %s",
    async (file) =>
      expect(await refusal({ secrets: [{ source: "s" }] }, { s: { file } })).toMatchObject({
        reason: "PolicyViolation",
      }),
  );
  test("can hand on no agent of the host", async () =>
    expect(await refusal({ ssh: ["a=/run/agent"] })).toMatchObject({ reason: "PolicyViolation" }));
});
