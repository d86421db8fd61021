import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadProject } from "../../src/compose/load-project.ts";
import { renderConfig } from "../../src/compose/render-config.ts";
import type { Project } from "../../src/project.ts";
import type { ProjectFiles } from "../../src/project-files.ts";

/** What Docker Compose answered for each project. */
interface Answer {
  readonly main: string;
  readonly project: string;
  readonly workingDir: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly hashes?: Readonly<Record<string, string>>;
  readonly labelHashes?: Readonly<Record<string, string>>;
}

const root = process.env["TALLYMAN_CORPUS"] ?? resolve(import.meta.dir, "../../../shared/corpus");
const there = existsSync(root);
const names = there ? readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory()) : [];
if (!there)
  console.log(`No corpus at ${root} (set TALLYMAN_CORPUS): nothing to compare with Docker Compose's own answers.`);

const score = { projects: 0, same: 0, services: 0, hashes: 0 };

for (const name of names)
  test(`Docker Compose's answers for ${name}`, () => {
    const wrong = readdirSync(join(root, name)).flatMap((one) => complaints(join(root, name, one), `${name}/${one}`));
    console.log(
      `corpus so far: ${score.same}/${score.projects} projects, ${score.hashes}/${score.services} hashes equal`,
    );
    expect(wrong).toEqual([]);
  }, 120_000);

function complaints(folder: string, name: string): readonly string[] {
  const answer = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Answer;
  score.projects += 1;
  const wrong = answer.ok ? differences(folder, name, answer) : refusal(folder, name, answer);
  if (wrong.length === 0) score.same += 1;
  return wrong;
}

function differences(folder: string, name: string, answer: Answer): readonly string[] {
  const project = loaded(folder, answer);
  const expected: unknown = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const equal = Bun.deepEquals(JSON.parse(renderConfig(project, "json")), expected);
  const hashes = Object.entries({ ...answer.hashes, ...answer.labelHashes });
  const other = hashes.filter(([service, hash]) => project.hashes.services[service]?.a !== hash);
  score.services += hashes.length;
  score.hashes += hashes.length - other.length;
  return [
    ...(equal ? [] : [`${name}: another model`]),
    ...other.map(([service]) => `${name}: another hash of ${service}`),
  ];
}

function refusal(folder: string, name: string, answer: Answer): readonly string[] {
  const wanted = core(answer.error ?? "");
  try {
    loaded(folder, answer);
  } catch (thrown) {
    const said = core((thrown as Error).message);
    return said.includes(wanted) ? [] : [`${name}: wanted "${wanted}", said "${said}"`];
  }
  return [`${name}: not refused`];
}

/** Which of several services with the same mistake is named, and the order of unknown names, is Go's chance. */
function core(message: string): string {
  return message
    .trim()
    .replace(/service "[^"]*" refers to/, "service refers to")
    .replace(
      /additional properties (.*) not allowed/,
      (_, list: string) => `additional properties ${list.split(", ").sort().join(", ")} not allowed`,
    );
}

function loaded(folder: string, { main, project, workingDir }: Answer): Project {
  const request = {
    cwd: workingDir,
    files: [main],
    projectName: project,
    envFiles: [],
    profiles: [],
    environment: { PATH: "/usr/bin", HOME: "/root" },
  };
  return loadProject(filesOf(join(folder, "project"), workingDir), request);
}

function filesOf(folder: string, seenAs: string): ProjectFiles {
  const real = (path: string) =>
    path === seenAs || path.startsWith(`${seenAs}/`) ? folder + path.slice(seenAs.length) : path;
  const kind = (path: string) => {
    const found = statSync(real(path), { throwIfNoEntry: false });
    if (!found) return null;
    return found.isDirectory() ? "directory" : "file";
  };
  return { kind, read: (path) => (kind(path) === "file" ? readFileSync(real(path), "utf8") : null) };
}
