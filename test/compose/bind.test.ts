import { describe, expect, test } from "bun:test";
import { bindObject, keyValues } from "../../src/compose/bind.ts";
import { HEALTHCHECK } from "../../src/compose/shape.ts";
import { load, refusal, webOf } from "./memory-files.ts";

describe("a value in the form that config prints", () => {
  test.each<[string, object]>([
    [
      "mem_limit: 1g, shm_size: 1.5gb, mem_reservation: 100",
      { mem_limit: "1073741824", shm_size: "1610612736", mem_reservation: "100" },
    ],
    ["stop_grace_period: 90s", { stop_grace_period: "1m30s" }],
    ["cpus: 0.1", { cpus: 0.1 }],
    [
      "healthcheck: { test: curl x, interval: 1.5h, retries: 0 }",
      { healthcheck: { test: ["CMD-SHELL", "curl x"], interval: "1h30m0s", retries: 0 } },
    ],
    ["command: sh -c 'a b', entrypoint: []", { command: ["sh", "-c", "a b"], entrypoint: [] }],
    ["extra_hosts: ['b:1.1.1.1', 'a=[::1]']", { extra_hosts: ["a=::1", "b=1.1.1.1"] }],
    ["extra_hosts: { h: [1.1.1.1, 2.2.2.2] }", { extra_hosts: ["h=1.1.1.1", "h=2.2.2.2"] }],
    ["ulimits: { nofile: 10, nproc: { soft: 0, hard: 5 } }", { ulimits: { nofile: 10, nproc: { hard: 5 } } }],
    ["labels: [a, b=c=d]", { labels: { a: "", b: "c=d" } }],
    ["init: false, stop_grace_period: 0s", { init: false, stop_grace_period: "0s" }],
    ["gpus: all", { gpus: [{ count: -1 }] }],
    ["deploy: {}", { deploy: { resources: {}, placement: {} } }],
    ["scale: 2, deploy: {}", { scale: 2, deploy: { replicas: 2 } }],
    ["expose: [80, '90/udp'], group_add: [1]", { expose: ["80", "90/udp"], group_add: ["1"] }],
    ["restart: no", { restart: "no" }],
    ["logging: { options: { max-file: 3 } }", { logging: { options: { "max-file": "3" } } }],
  ])("%s", (text, expected) => expect(webOf(`{ image: a, ${text} }`)).toMatchObject(expected));

  test("zero, false and empty are left out where Docker Compose leaves them out", () => {
    const web = webOf("{ image: a, tty: false, user: '', mem_limit: 0, pids_limit: 0, labels: {}, cap_add: [] }");
    expect(Object.keys(web).sort()).toEqual(["command", "entrypoint", "image", "networks"]);
  });
  test("a file mode is octal text, however it is written", () => {
    const { services } = load(
      "services: { web: { image: a, configs: [{ source: c, mode: 0440 }, { source: c, target: /d, mode: '0400' }] } }\nconfigs: { c: { content: x } }",
    );
    expect(services["web"]?.configs?.map(({ mode }) => mode)).toEqual(["0440", "0400"]);
  });
});

describe("what cannot be read", () => {
  test.each([
    ["stop_grace_period: '10'", `'services[web].stop_grace_period' time: missing unit in duration "10"`],
    ["mem_limit: 10x", "'services[web].mem_limit' invalid suffix: 'x'"],
    ["mem_limit: '-1'", "'services[web].mem_limit' invalid size: '-1'"],
    ["attach: maybe", "'services[web].attach' invalid boolean: maybe"],
    ["group_add: [1.5]", "'services[web].group_add[0]' expected type 'string', got unconvertible type 'float64'"],
    [
      "healthcheck: { retries: -1 }",
      "'services[web].healthcheck.retries' cannot parse value as 'uint64': -1 overflows uint",
    ],
    [
      "blkio_config: { weight: '3' }",
      "'services[web].blkio_config.weight' expected type 'uint16', got unconvertible type 'string'",
    ],
    [
      "gpus: [{ count: x }]",
      "'services[web].gpus[0].count' invalid value \"x\", the only value allowed is 'all' or a number",
    ],
    [
      "deploy: { resources: { limits: { cpus: x } } }",
      "'services[web].deploy.resources.limits.cpus' strconv.ParseFloat: parsing \"x\": invalid syntax",
    ],
    ["cpus: '.inf'", 'strconv.ParseFloat: parsing ".inf": invalid syntax'],
    ["cpus: inf", "json: unsupported value: +Inf"],
    [
      "configs: [{ source: c, mode: '9' }]",
      "'services[web].configs[0].mode' strconv.ParseInt: parsing \"9\": invalid syntax",
    ],
    ["healthcheck: { interval: 1x }", '\'services[web].healthcheck.interval\' time: unknown unit "x" in duration "1x"'],
    ["extra_hosts: ['a:b=c']", "'services[web].extra_hosts' bad host name 'a:b'"],
    ["command: 'echo (x)'", "'services[web].command' invalid command line string"],
    ["extra_hosts: [nohost]", "'services[web].extra_hosts' invalid additional host, missing IP: nohost"],
  ])("%s", (text, message) => {
    const error = refusal(() => webOf(`{ image: a, ${text} }`));
    expect(error.message).toContain(message);
    expect(error.at?.line).toBe(1);
  });
});

test("a command that an operator cuts short is warned of", () => {
  const project = load("services: { web: { image: a, command: a && b } }");
  expect(project.services["web"]?.command).toEqual(["a"]);
  expect(project.warnings[0]).toContain("services.web.command: everything from the first unquoted");
});
test("unknown keys are left out, own fields stay", () => {
  expect(bindObject({ test: "x", odd: 1, "x-note": 1 }, HEALTHCHECK, [], () => undefined)).toEqual({
    test: ["CMD-SHELL", "x"],
    "x-note": 1,
  });
});
test("pairs without a value become what the field wants", () =>
  expect([keyValues(["A"], null), keyValues({ A: null }, "")]).toEqual([{ A: null }, { A: "" }]));
