import { expect, test } from "bun:test";
import { load, refusal, service, webOf } from "./memory-files.ts";

// Where engines that read Compose files by guess go wrong. The numbers are those of our list of traps; the ones of the Engine and of
// planning are tested where they are obeyed.

test("trap 1: YAML 1.1 has no say: 22:22 is a port, yes a text, 0440 octal", () => {
  const web = webOf("{ image: a, ports: [22:22], environment: { A: yes }, configs: [{ source: c, mode: 0440 }] }", {
    leaveOut: ["consistency"],
  });
  expect(web.ports).toMatchObject([{ target: 22, published: "22" }]);
  expect(web.environment).toEqual({ A: "yes" });
  expect(web.configs).toEqual([{ source: "c", mode: "0440" }]);
});
test("trap 2: keys are no templates, and $1, $(…) and a trailing $ are no variables", () => {
  const web = webOf("{ image: a, labels: { '${FOO}': x }, command: ['$1', '$(id)', '$'] }", {
    environment: { FOO: "f" },
  });
  expect([web.labels, web.command]).toEqual([{ "${FOO}": "x" }, ["$1", "$(id)", "$"]]);
});
test("trap 2: templates are filled before files are merged", () => {
  const over = { "compose.override.yaml": "services: { web: { environment: [A=2] } }" };
  expect(webOf("{ image: a, environment: ['${K}=1'] }", { environment: { K: "A" } }, over).environment).toEqual({
    A: "2",
  });
});
test("trap 3: lists and mappings of variables merge by name, not by place", () => {
  const over = { "compose.override.yaml": "services: { web: { environment: [B=3, C=4] } }" };
  expect(webOf("{ image: a, environment: { A: 1, B: 2 } }", {}, over).environment).toEqual({ A: "1", B: "3", C: "4" });
});
test("trap 4: mounts merge by target, ports are appended", () => {
  const over = { "compose.override.yaml": "services: { web: { volumes: ['./c:/x'], ports: ['81:81'] } }" };
  const web = webOf("{ image: a, volumes: ['./a:/x', './b:/y'], ports: ['80:80'] }", {}, over);
  expect(web.volumes?.map(({ source }) => source)).toEqual(["/srv/app/c", "/srv/app/b"]);
  expect(web.ports?.map(({ target }) => target)).toEqual([80, 81]);
});
test("trap 5: no shell runs a command, and an operator ends it", () =>
  expect(webOf("{ image: a, command: sleep 1 && echo x }").command).toEqual(["sleep", "1"]));
test("trap 6: an empty command is none, an absent one the image's", () =>
  expect([webOf("{ image: a, command: [] }").command, webOf("{ image: a, command: }").command]).toEqual([[], null]));
test("trap 7: relative binds begin at the project's folder, those of what is included or extended at their own", () => {
  const others = {
    "sub/i.yaml": "services: { i: { image: i, volumes: ['./x:/x'] } }",
    "sub/e.yaml": "services: { e: { volumes: ['./y:/y'] } }",
  };
  const text =
    "include: [sub/i.yaml]\nservices: { web: { image: a, volumes: ['./z:/z'], extends: { file: sub/e.yaml, service: e } } }";
  const project = load(text, {}, others);
  const sources = (name: string) => service(project, name).volumes?.map(({ source }) => source);
  expect([sources("i"), sources("web")]).toEqual([["/srv/app/sub/x"], ["/srv/app/sub/y", "/srv/app/z"]]);
});
test("trap 8: data/x:/y is a named volume", () =>
  expect(refusal(() => webOf("{ image: a, volumes: ['data/x:/y'] }")).message).toContain("undefined volume data/x"));
test("trap 11: the hash does not depend on the order of variables or on how a duration is written", () => {
  const hash = (web: string) => load(`services: { web: ${web} }`).hashes.services["web"]?.a;
  expect(hash("{ image: a, environment: [B=1, A=2], stop_grace_period: 90s }")).toBe(
    hash("{ stop_grace_period: 1m30s, environment: { A: 2, B: 1 }, image: a }"),
  );
});
test("trap 17: restart: no is the text no", () => expect(webOf("{ image: a, restart: no }").restart).toBe("no"));
test("trap 19: .env fills templates and reaches no container", () => {
  const web = webOf("{ image: 'a:${T}', env_file: e }", {}, { ".env": "T=1", e: "IN=1" });
  expect([web.image, web.environment]).toEqual(["a:1", { IN: "1" }]);
});
test("trap 20: comments behind a space, quotes, export and several lines in env files", () => {
  const text = "A=x # c\nexport B='y # z'\nC=\"1\n2\"\nD=a#b\n";
  expect(webOf("{ image: a, env_file: e }", {}, { e: text }).environment).toEqual({
    A: "x",
    B: "y # z",
    C: "1\n2",
    D: "a#b",
  });
});
test("trap 21: a bare name takes the environment's value or stays bare", () =>
  expect(webOf("{ image: a, environment: [A, B] }", { environment: { A: "1" } }).environment).toEqual({
    A: "1",
    B: null,
  }));
test("trap 22: a dependency that a profile hides is refused, unless it need not be there", () => {
  const text = (required: boolean) =>
    `services: { a: { image: a, depends_on: { b: { condition: service_started, required: ${required} } } }, b: { image: b, profiles: [p] } }`;
  expect(refusal(() => load(text(true))).message).toContain('depends on undefined service "b"');
  expect(load(text(false)).disabledServices).toEqual(["b"]);
});
test("trap 26: without a service that uses it there is no default network", () =>
  expect(load("services: { a: { image: a, network_mode: host } }").networks).toEqual({}));
test("trap 27: a network or volume that no active service uses is left out", () => {
  const project = load("services: { a: { image: a } }\nnetworks: { n: }\nvolumes: { v: }");
  expect([Object.keys(project.networks), project.volumes]).toEqual([["default"], {}]);
});
test("trap 30: the project's name stands before a key, never before a name", () => {
  const project = load(
    "services: { a: { image: a, volumes: ['vol:/v', 'own:/o'] } }\nvolumes: { vol: , own: { name: n } }",
  );
  expect(Object.values(project.volumes).map(({ name }) => name)).toEqual(["app_vol", "n"]);
});
test("trap 31: published ranges, addresses, and IPv6 in brackets", () => {
  const ports = webOf("{ image: a, ports: ['8000-8010:80', '127.0.0.1::81', '[::1]:82:82'] }").ports;
  expect(ports).toMatchObject([
    { target: 80, published: "8000-8010" },
    { target: 81, host_ip: "127.0.0.1" },
    { target: 82, host_ip: "::1", published: "82" },
  ]);
});
test("trap 32: a host has as many addresses as it is given, host-gateway is one", () =>
  expect(webOf("{ image: a, extra_hosts: ['h=1.1.1.1', 'h=2.2.2.2', 'g:host-gateway'] }").extra_hosts).toEqual([
    "g=host-gateway",
    "h=1.1.1.1",
    "h=2.2.2.2",
  ]));
test("trap 33: a soft limit of zero is a limit", () =>
  expect(webOf("{ image: a, ulimits: { core: { soft: 0, hard: 5 } } }").ulimits).toMatchObject({ core: { hard: 5 } }));
test("trap 34: 1g is binary", () => expect(webOf("{ image: a, mem_limit: 1g }").mem_limit).toBe("1073741824"));
test("trap 35: secrets have a target of their own, configs none", () => {
  const files = "configs: { c: { file: c } }\nsecrets: { s: { file: s } }";
  const web = service(load(`services: { web: { image: a, configs: [c], secrets: [s] } }\n${files}`), "web");
  expect([web.configs, web.secrets]).toEqual([[{ source: "c" }], [{ source: "s", target: "/run/secrets/s" }]]);
});
test("trap 42: options of a volume that nobody knows are ignored", () =>
  expect(webOf("{ image: a, volumes: ['./a:/a:cached,ro'] }").volumes).toEqual([
    { type: "bind", source: "/srv/app/a", target: "/a", read_only: true, bind: { create_host_path: true } },
  ]));
test("trap 43: links are dependencies", () => {
  const project = load("services: { a: { image: a, links: ['b:alias'] }, b: { image: b } }");
  expect(service(project, "a").depends_on).toEqual({
    b: { condition: "service_started", restart: true, required: true },
  });
});
test("trap 44: service names may have dots, project names may not", () => {
  expect(Object.keys(load("services: { a.b: { image: a } }").services)).toEqual(["a.b"]);
  expect(refusal(() => load("services: { a: { image: a } }", { projectName: "a.b" })).message).toContain(
    "invalid project name",
  );
});
test("trap 45: a label's $ is written twice", () =>
  expect(webOf("{ image: a, labels: ['rule=Path($$1)'] }").labels).toEqual({ rule: "Path($1)" }));
test("trap 47: paths of Windows are mounts like any other", () =>
  expect(webOf("{ image: a, volumes: ['C:\\data:/data'] }").volumes).toMatchObject([
    { type: "bind", source: "C:\\data", target: "/data" },
  ]));
test("trap 50: a service that a profile keeps out is known", () =>
  expect(load("services: { a: { image: a }, b: { image: b, profiles: [p] } }").disabledServices).toEqual(["b"]));
