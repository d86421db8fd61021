import { describe, expect, test } from "bun:test";
import { COMPOSE_LABEL } from "../../src/label.ts";
import { planDown } from "../../src/plan/plan-down.ts";
import { resourceOf } from "../../src/plan.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: {}, db: {} });
const labels = { [COMPOSE_LABEL.project]: "shop" };
const db = runningContainer(project, "db");
const web = runningContainer(project, "web", 1, {
  labels: { ...labels, [COMPOSE_LABEL.dependsOn]: "db:service_started:false" },
});
const observed = observedState(project, [db, web], { volumes: [{ name: "shop_data", driver: "local", labels }] });

const planned = (volumes: boolean) => planDown(observed, { volumes, cause: "down" }).operations;

test("a dependent stops before what it depends on, networks go last", () => {
  expect(
    planned(false).map((operation) => `${operation.kind} ${resourceOf(operation)} ${operation.after.join()}`),
  ).toEqual([
    "stop-container service:web:1 ",
    "remove-container service:web:1 0",
    "stop-container service:db:1 0",
    "remove-container service:db:1 2",
    "remove-network network:default 1,3",
  ]);
});

test("volumes stay unless they are asked for by name", () => {
  expect(planned(false).some((operation) => operation.kind === "remove-volume")).toBe(false);
  expect(planned(true).some((operation) => operation.kind === "remove-volume")).toBe(true);
});

test("volumes of another project stay even then", () => {
  const foreign = {
    ...observed,
    volumes: [{ name: "x", driver: "local", labels: { [COMPOSE_LABEL.project]: "other" } }],
  };
  expect(
    planDown(foreign, { volumes: true, cause: "down" }).operations.some((one) => one.kind === "remove-volume"),
  ).toBe(false);
});

describe("beside a file", () => {
  const gone = runningContainer(project, "gone");
  const oneOff = (state: "running" | "exited") => ({ ...db, id: state, name: state, number: 0, oneOff: true, state });
  const networks = [...observed.networks, { id: "b", name: "shop_back", driver: "bridge", labels }];
  const all = { ...observed, containers: [db, web, gone, oneOff("running"), oneOff("exited")], networks };
  const removed = (known: typeof project | null, removeOrphans: boolean) => {
    const scope = { project: known, removeOrphans };
    const { operations } = planDown(all, { volumes: true, cause: "down", scope });
    return operations.filter(({ kind }) => kind.startsWith("remove-")).map(resourceOf);
  };

  test("only what the file names goes", () => {
    expect(removed(project, false)).toEqual(["service:web:1", "service:db:1", "network:default"]);
  });

  test("orphans go when asked for, one-offs of the file's services at once, others once they have ended", () => {
    const expected = ["network:default", "service:db:0", "service:db:0", "service:db:1", "service:gone:1"];
    expect([...removed(project, true)].sort()).toEqual([...expected, "service:web:1"]);
    const foreign = [oneOff("running"), oneOff("exited")].map((one) => ({ ...one, serviceName: "gone" }));
    const { operations } = planDown(
      { ...all, containers: foreign },
      { volumes: false, cause: "down", scope: { project, removeOrphans: true } },
    );
    expect(operations.filter(({ kind }) => kind === "remove-container")).toMatchObject([
      { container: { id: "exited" } },
    ]);
  });

  test("without one the labels tell what belongs together", () => {
    expect([...removed(null, false)].sort()).toEqual(
      [
        "network:default",
        "network:shop_back",
        "service:db:1",
        "service:gone:1",
        "service:web:1",
        "volume:shop_data",
      ].sort(),
    );
  });
});

describe("of named services", () => {
  const gone = (known: typeof project | null, serviceNames: readonly string[]) => {
    const { operations } = planDown(observed, {
      volumes: false,
      cause: "down",
      scope: { project: known, removeOrphans: false, serviceNames },
    });
    return operations.filter(({ kind }) => kind === "remove-container").map(resourceOf);
  };

  test("their containers go alone when a file says what they are", () => {
    expect(gone(project, ["db"])).toEqual(["service:db:1"]);
  });

  test("what depends on them goes too when only labels do", () => {
    expect([...gone(null, ["db"])].sort()).toEqual(["service:db:1", "service:web:1"]);
    expect(gone(null, ["web"])).toEqual(["service:web:1"]);
  });
});

describe("images", () => {
  const mixed = sampleProject({ web: {}, db: {}, own: {} });
  const { image: _none, ...unnamed } = mixed.services["own"] ?? { command: null, entrypoint: null };
  const known = { ...mixed, services: { ...mixed.services, own: unnamed } };
  const here = observedState(known, [runningContainer(mixed, "web")]);
  const built = { ...here.images["web:1"], labels } as (typeof here.images)[string];
  const images = { ...here.images, "web:1": built, "db:1": here.images["db:1"] ?? null };
  const removed = (file: typeof known | null, which?: "local" | "all") => {
    const scope = { project: file, removeOrphans: false, ...(which ? { images: which } : {}) };
    const { operations } = planDown({ ...here, images }, { volumes: false, cause: "down", scope });
    return operations.flatMap((one) => (one.kind === "remove-image" ? [one.image] : []));
  };

  test("stay unless they are asked for", () => {
    expect(removed(known)).toEqual([]);
  });

  test("that were built for the project go with local, every one of the file with all", () => {
    expect(removed(known, "local")).toEqual(["shop-own", "web:1"]);
    expect(removed(known, "all")).toEqual(["db:1", "shop-own", "web:1"]);
  });

  test("of a project without a file are those that its containers run", () => {
    expect(removed(null, "all")).toEqual(["web:1"]);
  });

  test("that are not here are not asked for", () => {
    const scope = { project: known, removeOrphans: false, images: "all" } as const;
    const none = planDown({ ...here, images: {} }, { volumes: false, cause: "down", scope }).operations;
    expect(none.some(({ kind }) => kind === "remove-image")).toBe(false);
  });
});

test("anonymous volumes go with the named ones, and stay with them", () => {
  const removal = (volumes: boolean) => planned(volumes).find(({ kind }) => kind === "remove-container");
  expect([removal(false), removal(true)]).toEqual([
    expect.not.objectContaining({ volumes: true }),
    expect.objectContaining({ volumes: true }),
  ]);
});
