import { expect, test } from "bun:test";
import { checkProject } from "../../src/compose/check-project.ts";
import { emptyProject } from "../../src/project.ts";
import { load, refusal } from "./memory-files.ts";

test.each([
  [
    "services: { a: { user: x } }",
    'service "a" has neither an image nor a build context specified: invalid compose project',
  ],
  [
    "services: { a: { build: { dockerfile: x, dockerfile_inline: y } } }",
    "declares mutualy exclusive dockerfile and dockerfile_inline",
  ],
  [
    "services: { a: { platform: linux/riscv64, build: { platforms: [linux/amd64] } } }",
    'service.build.platforms MUST include service.platform "linux/riscv64"',
  ],
  [
    "services: { a: { image: a, networks: [x] } }",
    'service "a" refers to undefined network x: invalid compose project',
  ],
  [
    "services: { a: { image: a, network_mode: host, networks: [x] } }\nnetworks: { x: }",
    "declares mutually exclusive `network_mode` and `networks`",
  ],
  [
    "services: { a: { image: a, volumes: ['data/x:/y'] } }",
    'service "a" refers to undefined volume data/x: invalid compose project',
  ],
  ["services: { a: { image: a, secrets: [s] } }", 'service "a" refers to undefined secret s'],
  ["services: { a: { image: a, configs: [c] } }", 'service "a" refers to undefined config c'],
  ["services: { a: { build: { secrets: [s] } } }", 'service "a" refers to undefined build secret s'],
  ["services: { a: { image: a, depends_on: [b] } }", 'service "a" depends on undefined service "b"'],
  [
    "services: { a: { image: a, healthcheck: { test: [x] } } }",
    'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"',
  ],
  [
    "services: { a: { image: a, scale: 2, deploy: { replicas: 3 } } }",
    "can't set distinct values on 'scale' and 'deploy.replicas'",
  ],
  [
    "services: { a: { image: a, cpus: 1, deploy: { resources: { limits: { cpus: '2' } } } } }",
    "can't set distinct values on 'cpus' and 'deploy.resources.limits.cpus'",
  ],
  [
    "services: { a: { image: a, mem_limit: 1g, deploy: { resources: { limits: { memory: 2g } } } } }",
    "'mem_limit' and 'deploy.resources.limits.memory'",
  ],
  [
    "services: { a: { image: a, container_name: abc, scale: 2 } }",
    "can't set container_name and scale as container name must be unique",
  ],
  ["services: { a: { image: a, scale: -1 } }", "services.a.scale: must be greater than or equal to 0"],
  [
    "services: { a: { image: a, tmpfs: '/a:size=1m', volumes: ['/y:/a/'] } }",
    "services.a.volumes[0]: target /a already mounted as services.a.tmpfs[0]",
  ],
  [
    "services: { a: { image: a, develop: { watch: [{ path: ., action: sync }] } } }",
    "services.a.develop.watch: target is required for non-rebuild actions",
  ],
  [
    "services: { a: { image: a, build: { additional_contexts: { c: service:b } } }, b: { image: b } }",
    'declares non-buildable service "b" as additional contexts c',
  ],
])("%s", (text, message) => {
  const error = refusal(() => load(text));
  expect(error.reason).toBe("ComposeInvalid");
  expect(error.message).toContain(message);
  expect(error.at?.file).toBe("/srv/app/compose.yaml");
  expect(error.hint).not.toBe("");
});
test("equal amounts in both places are fine", () => {
  load(
    "services: { a: { image: a, cpus: 1, pids_limit: 5, deploy: { resources: { limits: { cpus: '1', pids: 5 } } } } }",
  );
});
test("nothing is wrong with nothing", () => checkProject(emptyProject("app")));
