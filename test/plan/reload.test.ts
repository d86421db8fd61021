import { describe, expect, test } from "bun:test";
import { TALLYMAN_LABEL } from "../../src/label.ts";
import type { ObservedContainer } from "../../src/observed-state.ts";
import { isReloaded, reloadOf, reloadSignal } from "../../src/plan/reload.ts";
import type { Service } from "../../src/project.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject, textHash } from "../support/sample-project.ts";

const service = (labels: Readonly<Record<string, string>>): Service => ({ command: null, entrypoint: null, labels });
const signalOf = (name: string) => reloadSignal(service({ "tallyman.reload": name }), "web");

describe("the signal", () => {
  test("may be written with and without SIG, in any case", () =>
    expect([signalOf("SIGHUP"), signalOf("hup"), signalOf("SIGRTMIN+3")]).toEqual(["SIGHUP", "SIGHUP", "SIGRTMIN+3"]));
  test.each(["", "SIGNAL", "9", "SIGKILL", "STOP", "HUP;reboot"])("is refused by name: %p", (name) =>
    expect(() => signalOf(name)).toThrow("services.web.labels.tallyman.reload"),
  );
});

describe("paths that a signal is meant for", () => {
  const covers = (paths: string, ...changed: readonly string[]) =>
    isReloaded(service({ "tallyman.reload.paths": paths }), changed);
  test("are all of them when none is named", () => expect(isReloaded(service({}), ["./a"])).toBe(true));
  test("may be written with and without ./", () => expect(covers("a.conf, ./b/", "./a.conf", "./b")).toBe(true));
  test("are those below a named folder", () => expect(covers("conf", "./conf/x")).toBe(true));
  test("have to be all that changed", () => expect(covers("a.conf", "./a.conf", "./b.conf")).toBe(false));
});

describe("a container whose mounted file changed", () => {
  const project = {
    ...sampleProject({ web: { labels: { "tallyman.reload": "HUP" } } }),
    contents: { web: { "./nginx.conf": "new" } },
  };
  const reload = (changes: Partial<ObservedContainer> = {}, drifted: readonly string[] = [], reloads = true) => {
    const labels = { [TALLYMAN_LABEL.contents]: '{"./nginx.conf":"old"}' };
    const container = runningContainer(project, "web", 1, { labels, ...changes });
    const basis = { pins: {}, previous: null, hashOf: textHash, reloads, drifted: new Map([[container.id, drifted]]) };
    const observed = observedState(project, [container]);
    return reloadOf(project, "web", container, observed, basis, project.hashes.services["web"]);
  };

  test("is made anew where its files get another inode behind our back", () =>
    expect(reload({}, [], false)).toBeNull());

  test("gets the signal", () =>
    expect(reload()).toEqual({
      signal: "SIGHUP",
      contents: { "./nginx.conf": "new" },
      cause: "config file ./nginx.conf changed",
    }));
  test("gets none while it is stopped", () => expect(reload({ state: "exited" })).toBeNull());
  test("gets none when more than that changed", () => expect(reload({ configHash: "other" })).toBeNull());
  test("gets none when it drifted as well", () => expect(reload({}, ["memory limit"])).toBeNull());
});
