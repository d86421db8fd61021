import { describe, expect, test } from "bun:test";
import { retainedName } from "../../src/label.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { projectSlots } from "../../src/plan/project-slots.ts";
import type { Service } from "../../src/project.ts";
import { withContainers } from "../../src/service-reference.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const project = sampleProject({
  app: {
    network_mode: "service:vpn",
    networks: {},
    depends_on: { vpn: { condition: "service_started", required: true } },
  },
  vpn: {},
});
const vpn = runningContainer(project, "vpn");

function appSharingWith(id: string, changes: Partial<ObservedContainer> = {}): ObservedContainer {
  const app = project.services["app"] as Service;
  const configHash = textHash(withContainers(app, { vpn: id })).a;
  return runningContainer(project, "app", 1, { configHash, ...changes });
}

function appSlot(...containers: readonly ObservedContainer[]) {
  const basis = { pins: {}, previous: null, hashOf: textHash };
  return projectSlots(project, observedState(project, containers), basis).get("app")?.[0];
}

describe("a service that shares another one's namespace", () => {
  test("is up to date when its hash holds that container's id", () => {
    const app = appSharingWith(vpn.id);
    expect(appSlot(vpn, app)).toMatchObject({ keeper: app, configHash: app.configHash });
  });
  test("is stale when it shares with a container that is no more", () =>
    expect(appSlot(vpn, appSharingWith("gone"))).toMatchObject({ keeper: null, cause: "configuration changed" }));
  test("is replaced when that container is, and its hash is known only then", () =>
    expect(appSlot({ ...vpn, configHash: "old" }, appSharingWith(vpn.id))).toMatchObject({
      keeper: null,
      configHash: null,
      cause: "shares with vpn, whose container is made anew",
    }));
  test("comes back with the very container that it shared with", () => {
    const former = { ...vpn, name: retainedName("shop-vpn-1", vpn.id), state: "exited" as const };
    const failed = { ...vpn, id: "f".repeat(64), configHash: "new" };
    const app = appSharingWith(vpn.id, { name: retainedName("shop-app-1", "a".repeat(64)), state: "exited" });
    const later = appSharingWith(failed.id, { id: "e".repeat(64) });
    expect(appSlot(former, failed, app, later)).toMatchObject({ keeper: app, incumbent: later });
  });
  test("goes on sharing with a container whose service is left out of the plan", () => {
    const alone = sampleProject({ app: { network_mode: "service:vpn", networks: {} } });
    const configHash = textHash(withContainers(alone.services["app"] as Service, { vpn: vpn.id })).a;
    const app = runningContainer(alone, "app", 1, { configHash });
    const basis = { pins: {}, previous: null, hashOf: textHash };
    const slots = (containers: readonly ObservedContainer[]) =>
      projectSlots(alone, observedState(alone, containers), basis).get("app")?.[0];
    expect(slots([vpn, app])).toMatchObject({ keeper: app, incumbent: null });
    expect(slots([vpn])).toMatchObject({ keeper: null, configHash });
    expect(() => slots([app])).toThrow("cannot share with service vpn: container missing");
  });
  test("is refused when there is nothing to share with", () => {
    const none = {
      ...project,
      services: { ...project.services, vpn: { ...(project.services["vpn"] as Service), scale: 0 } },
    };
    const basis = { pins: {}, previous: null, hashOf: textHash };
    const refused = () => projectSlots(none, observedState(none, []), basis);
    expect(refused).toThrow("cannot share with service vpn: container missing");
  });
});
