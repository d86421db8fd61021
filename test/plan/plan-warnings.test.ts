import { expect, test } from "bun:test";
import { COMPOSE_LABEL } from "../../src/label.ts";
import { planWarnings } from "../../src/plan/plan-warnings.ts";
import { observedState, runningContainer } from "../support/observed.ts";
import { sampleProject } from "../support/sample-project.ts";

const project = sampleProject({ web: { volumes: [{ type: "volume", source: "data", target: "/data" }] } });
const web = runningContainer(project, "web");
const orphan = { ...web, id: "o", name: "shop-old-1", serviceName: "old" };
const own = { [COMPOSE_LABEL.project]: "shop" };
const volume = (labels: Readonly<Record<string, string>>) => ({
  volumes: [{ name: "shop_data", driver: "local", labels }],
});
const keep = { warnsOfOrphans: true };

test("a project that is as asked warns of nothing", () =>
  expect(planWarnings(project, observedState(project, [web], volume(own)), keep)).toEqual([]));
test("what is ignored is told when a container is made, not of one that is there", () => {
  const volumes = [{ type: "tmpfs", target: "/run", bind: { create_host_path: true } }];
  const odd = sampleProject({ web: { volumes } });
  expect(planWarnings(odd, observedState(odd, []), keep)[0]).toStartWith("services.web.volumes: a mount of type tmpfs");
  expect(planWarnings(odd, observedState(odd, [runningContainer(odd, "web")]), keep)).toEqual([]);
});
test("orphans are named, unless they are about to go", () => {
  const observed = observedState(project, [web, orphan]);
  expect(planWarnings(project, observed, keep)[0]).toStartWith("Found orphan containers (shop-old-1)");
  expect(planWarnings(project, observed, { warnsOfOrphans: false })).toEqual([]);
});
test("a volume of another definition is told to stay with its data", () => {
  const labels = { ...own, [COMPOSE_LABEL.configHash]: "other" };
  expect(planWarnings(project, observedState(project, [], volume(labels)), keep)[0]).toStartWith(
    'Volume "shop_data" exists but doesn\'t match configuration',
  );
});
test("somebody else's volume or network is told as such", () => {
  const network = { id: "n", name: "shop_default", driver: "bridge", labels: { [COMPOSE_LABEL.project]: "other" } };
  expect(planWarnings(project, observedState(project, [], { ...volume({}), networks: [network] }), keep)).toEqual([
    'volume "shop_data" already exists but was not created by Compose; `external: true` says that this is meant',
    'network "shop_default" already exists but was created for project "other"; `external: true` says that this is meant',
  ]);
});
