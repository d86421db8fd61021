import { expect, test } from "bun:test";
import { loadProject } from "../../src/compose/load-project.ts";
import { normalizeName } from "../../src/compose/project-name.ts";
import type { LoadRequest } from "../../src/project-files.ts";
import { load, memoryFiles, refusal, request } from "./memory-files.ts";

const named = (text: string, over: Partial<LoadRequest> = {}) => {
  const { projectName: _none, ...rest } = request(over);
  return loadProject(memoryFiles({ "/srv/My_App.1/compose.yaml": text }), { ...rest, cwd: "/srv/My_App.1", ...over })
    .name;
};
const service = "services: { a: { image: a } }";

test("-p wins, then COMPOSE_PROJECT_NAME, then name:, then the folder", () => {
  const environment = { COMPOSE_PROJECT_NAME: "fromenv" };
  expect(named(`name: infile\n${service}`, { projectName: "given", environment })).toBe("given");
  expect(named(`name: infile\n${service}`, { environment })).toBe("fromenv");
  expect(named(`name: In File \${X:-y}\n${service}`)).toBe("infiley");
  expect(named(service)).toBe("my_app1");
});
test("a given name is taken as it is or refused", () => {
  const error = refusal(() => load(service, { projectName: "My App" }));
  expect(error.message).toContain('invalid project name "My App": must consist only of lowercase');
  expect(error.hint).toBe('Use "myapp".');
});
test("the name is a variable of the file", () => {
  expect(load('services: { a: { image: "a:$COMPOSE_PROJECT_NAME" } }').services["a"]?.image).toBe("a:app");
});
test("leading dashes go", () => expect(normalizeName("__-a")).toBe("a"));
test("a name of which nothing stays is refused, the folder does not step in", () => {
  for (const name of ["${UNSET}", "'-'", "é"])
    expect(refusal(() => named(`name: ${name}\n${service}`)).message).toContain("project name must not be empty");
  expect(named(`name: ''\n${service}`)).toBe("my_app1");
});
test("a name that is no template is refused with the words for any other value", () => {
  expect(refusal(() => named(`name: '\${'\n${service}`)).message).toContain("invalid interpolation format for name.");
});
test("no name at all is refused", () => {
  const { projectName: _none, ...rest } = request({ cwd: "/" });
  expect(refusal(() => loadProject(memoryFiles({ "/compose.yaml": service }), rest)).message).toContain(
    "project name must not be empty",
  );
});
