import { describe, expect, test } from "bun:test";
import { expectedReplicas, imageOf, isOneShot, restartPolicyName, type Service } from "../src/project.ts";
import { sampleProject } from "./support/sample-project.ts";

const bare: Service = { command: null, entrypoint: null };

test("scale wins over deploy.replicas, and one is the default", () => {
  expect(expectedReplicas({ ...bare, scale: 3, deploy: { replicas: 3 } })).toBe(3);
  expect(expectedReplicas({ ...bare, deploy: { replicas: 0 } })).toBe(0);
  expect(expectedReplicas(bare)).toBe(1);
});

test("a service without an image runs what Compose names its build", () => {
  const project = sampleProject({ web: {}, api: { build: { context: "." } } });
  const { image: _, ...api } = project.services["api"] ?? bare;
  expect(imageOf({ ...project, services: { ...project.services, api } }, "api")).toBe("shop-api");
  expect(imageOf(project, "web")).toBe("web:1");
});

test("deploy.restart_policy stands above restart", () => {
  expect(restartPolicyName({ ...bare, restart: "always", deploy: { restart_policy: { condition: "none" } } })).toBe(
    "no",
  );
  expect(restartPolicyName({ ...bare, restart: "on-failure:3" })).toBe("on-failure");
  expect(restartPolicyName(bare)).toBe("no");
});

describe("a job", () => {
  test("is what says restart no or on-failure", () => {
    const project = sampleProject({ migrate: { restart: "no" }, retry: { restart: "on-failure:2" }, web: {} });
    expect(["migrate", "retry", "web"].map((name) => isOneShot(project, name))).toEqual([true, true, false]);
  });

  test("is what another service awaits to its end", () => {
    const project = sampleProject({
      seed: {},
      web: { depends_on: { seed: { condition: "service_completed_successfully", required: true } } },
    });
    expect(isOneShot(project, "seed")).toBe(true);
  });

  test("is not what merely says nothing about restarting", () => {
    const { restart: _, ...web } = sampleProject({ web: {} }).services["web"] ?? bare;
    expect(isOneShot({ ...sampleProject({}), services: { web } }, "web")).toBe(false);
  });
});
