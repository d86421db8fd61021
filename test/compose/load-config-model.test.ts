import { expect, test } from "bun:test";
import { loadConfigModel } from "../../src/compose/load-config-model.ts";
import { renderModel } from "../../src/compose/render-config.ts";
import type { LoadRequest } from "../../src/project-files.ts";
import { memoryFiles, refusal, request } from "./memory-files.ts";

const modelOf = (text: string, over: Partial<LoadRequest> = {}) =>
  loadConfigModel(memoryFiles({ "/srv/app/compose.yaml": text }), request(over));

test("variables stay, short forms that hold none are written long", () => {
  const text =
    "services: { web: { image: 'a:${TAG:-1}', environment: [A=$X, B], ports: ['80:80'], volumes: ['./d:/d:z'] } }";
  expect(renderModel(modelOf(text, { environment: { B: "host", TAG: "2" } }).model, "yaml")).toBe(
    `name: app
networks:
  default:
    name: app_default
services:
  web:
    environment:
      - A=$X
      - B
    image: a:\${TAG:-1}
    networks:
      default: null
    ports:
      - mode: ingress
        protocol: tcp
        published: "80"
        target: 80
    volumes:
      - bind:
          create_host_path: true
          selinux: z
        source: /srv/app/d
        target: /d
        type: bind
`,
  );
});

test("a short form that cannot be read with its variable stays", () => {
  const { model } = modelOf("services: { web: { image: a, scale: '${N}', ports: ['${PORT}:80', '81:81'] } }");
  expect(model).toMatchObject({ services: { web: { ports: ["${PORT}:80", "81:81"], scale: "${N}" } } });
});

test("a list of build arguments stays a list", () => {
  const { model } = modelOf("services: { web: { build: { context: ., args: ['A=./x', B] } } }");
  expect(model).toMatchObject({ services: { web: { build: { args: ["A=./x"] } } } });
});

test("a profile, an undefined network and a demanded variable are nobody's business here", () => {
  const { model, warnings } = modelOf(
    "version: '3'\nservices: { web: { image: '${I:?need}', profiles: [p], networks: [n] } }",
  );
  expect(model).toMatchObject({ services: { web: { image: "${I:?need}" } } });
  expect(warnings).toHaveLength(1);
});

test("without normalisation nothing is implied", () =>
  expect(modelOf("services: { web: { image: a } }", { leaveOut: ["normalization"] }).model).toEqual({
    services: { web: { image: "a" } },
  }));

test("an empty file is refused", () => expect(refusal(() => modelOf("{}")).message).toEndWith("empty compose file"));

test("JSON has null for an empty list", () =>
  expect(renderModel(modelOf("services: { web: { image: a, command: [] } }").model, "json")).toContain(
    '"command": null',
  ));

test("but an empty list of things that stand in it once stays", () => {
  const shown = renderModel(modelOf("services: { web: { image: a, profiles: [], environment: [] } }").model, "json");
  expect(JSON.parse(shown)).toMatchObject({ services: { web: { profiles: [], environment: null } } });
});
