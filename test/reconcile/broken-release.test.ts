import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import type { PassTrigger } from "../../src/reconcile/pass.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { UpdateConfig } from "../../src/service-resources.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

const good = sampleProject({ web: { image: "web:good" }, db: {} });
const bad = sampleProject({ web: { image: "web:bad" }, db: {} });

function flow() {
  const made = memoryFlow();
  made.engine.addImage("web:good", "healthy");
  made.engine.addImage("web:better", "healthy");
  made.engine.addImage("web:bad", "unhealthy");
  made.engine.addImage("db:1", "runs");
  const pass = (trigger: PassTrigger = "poll", parts = made.parts) =>
    reconcile(
      {
        stack: sampleStack,
        trigger,
        wanted: { commit: made.source.headCommit, ref: "refs/heads/main" },
        variables: { ...made.variables },
        previous: null,
        inSync: false,
        superseded: new AbortController().signal,
        onApplied: () => undefined,
      },
      parts,
      new AbortController().signal,
    );
  return { ...made, pass };
}

const story = (
  rows: readonly { status: string; class: string | null; commit: string; trigger: string; cause: string }[],
): string[] =>
  rows.map((row) => `${row.commit} ${row.trigger} ${row.status}${row.class ? ` (${row.class})` : ""}: ${row.cause}`);

describe("the way back", () => {
  const scene = async () => {
    const made = flow();
    made.source.push("aaa", good);
    await made.pass();
    made.source.push("bbb", bad);
    return made;
  };
  /** Does something by hand while the bad release waits for its verdict. */
  function byHand({ engine }: ReturnType<typeof flow>, act: (retainedId: string) => void): void {
    const inspect = engine.inspect.bind(engine);
    let done = false;
    engine.inspect = async (id) => {
      const retained = engine.containers.find(({ name }) => name.startsWith("shop-web-1_retained_"));
      if (!done && retained) act(retained.id);
      done ||= retained !== undefined;
      return await inspect(id);
    };
  }

  test("makes a retained container that somebody removed anew, from the image that was proven", async () => {
    const made = await scene();
    const { engine, pass } = made;
    byHand(made, (id) => {
      engine.containers = engine.containers.filter((one) => one.id !== id);
      const former = engine.images.get("web:good");
      if (!former) throw new Error("web:good is there");
      engine.images.set(former.id, former);
      engine.addImage("web:good", "unhealthy", "sha256:moved");
    });
    expect(await pass()).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    expect(engine.containers.map(({ name, imageId, state }) => `${name} ${imageId} ${state}`).sort()).toEqual([
      "shop-db-1 sha256:db:1 running",
      "shop-web-1 sha256:web:good running",
    ]);
  });

  test("makes a retained container anew whose network was removed: it could not start any more", async () => {
    const made = await scene();
    const { engine, pass } = made;
    byHand(made, (id) => {
      engine.containers = engine.containers.map((one) =>
        one.id === id ? { ...one, networks: [{ name: "shop_default", id: "gone" }] } : one,
      );
    });
    expect(await pass()).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    const web = engine.containers.filter(({ serviceName }) => serviceName === "web");
    expect(web.map(({ networks, state }) => [networks, state])).toEqual([
      [[{ name: "shop_default", id: "shop_default" }], "running"],
    ]);
  });

  test("without container and image needs a person: told so, both attempts kept, and no loop", async () => {
    const made = await scene();
    const { engine, pass, history } = made;
    byHand(made, (id) => {
      engine.containers = engine.containers.filter((one) => one.id !== id);
      engine.images.delete("web:good");
    });
    const stuck = await pass();
    expect(stuck.outcome).toBe("failed");
    expect(stuck.error?.message).toMatch(/^going back to aaa failed: .*no registry is known to have it/);
    expect(stuck.error?.hint).toContain("needs you");
    expect(story(history.rows).slice(0, 2)).toEqual([
      "aaa rollback failed (rejected): went back from bbb",
      "bbb commit failed (unhealthy): new commit on main",
    ]);
    expect(history.rows[1]?.verdicts[0]?.evidence.logTail[0]).toContain("last words of");
    const performed = engine.performed.length;
    for (let poll = 0; poll < 20; poll += 1) expect(await pass()).toMatchObject({ outcome: "blocked", commit: null });
    expect([history.rows.length, engine.performed.length]).toEqual([3, performed]);
  });

  test("whose release is not healthy either is told with both logs", async () => {
    const made = await scene();
    made.engine.behaviours.set("sha256:web:good", "unhealthy");
    expect((await made.pass()).error?.message).toBe("going back to aaa failed: web: its healthcheck fails");
    const logs = made.history.rows.slice(0, 2).map(({ verdicts }) => verdicts[0]?.evidence.logTail.length);
    expect(logs).toEqual([1, 1]);
  });
});

describe("a release that breaks off in the middle", () => {
  const rolled = (image: string, update: UpdateConfig) =>
    sampleProject({ web: { image, scale: 3, deploy: { update_config: update } } });
  const migrated = (image: string) =>
    sampleProject({
      migrate: { image, restart: "no" },
      web: {
        depends_on: { migrate: { condition: "service_completed_successfully", required: true } },
        environment: { OF: image },
      },
    });

  async function broken(update: UpdateConfig) {
    const made = flow();
    made.engine.addImage("web:crashes", "exits 1");
    made.source.push("aaa", rolled("web:good", update));
    await made.pass();
    const former = made.engine.containers.map(({ id }) => id);
    made.source.push("bbb", rolled("web:crashes", update));
    const result = await made.pass();
    const serving = made.engine.containers.filter(({ name, state }) => /-[0-9]$/.test(name) && state === "running");
    return { ...made, result, former, serving: serving.map(({ id }) => id) };
  }

  test("in a rolling update goes back, with the evidence of the container that failed", async () => {
    const { result, former, serving, history } = await broken({});
    expect(result).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    expect(serving.sort()).toEqual(former.sort());
    expect(history.rows[1]).toMatchObject({ class: "unhealthy", failureAction: "rollback" });
    expect(history.rows[1]?.verdicts).toMatchObject([
      { service: "web", verdict: "unhealthy", summary: "exited with code 1 after 60 s", evidence: { exitCodes: [1] } },
    ]);
    expect(history.rows[1]?.verdicts[0]?.evidence.logTail).toHaveLength(1);
  });

  test("in a rolling update stays as far as it came where its failure_action is pause", async () => {
    const { result, former, serving, holds } = await broken({ failure_action: "pause" });
    expect(result.outcome).toBe("failed");
    expect(serving.filter((id) => former.includes(id))).toHaveLength(2);
    expect(await holds.holdsOf("shop")).toMatchObject([{ kind: "suspended", by: "tallyman" }]);
  });

  test("in a rolling update goes through to its end where its failure_action is continue", async () => {
    const { result, history, engine } = await broken({ failure_action: "continue" });
    expect(result.outcome).toBe("failed");
    expect(history.rows[0]).toMatchObject({ status: "failed", class: "unhealthy", failureAction: "continue" });
    const standing = engine.containers.filter(({ name }) => /-[0-9]$/.test(name));
    expect(standing.map(({ image }) => image)).toEqual(["web:crashes", "web:crashes", "web:crashes"]);
  });

  test("at a migration that fails leaves the old app alone, and tells what the migration said", async () => {
    const { engine, source, pass, history } = flow();
    for (const [image, how] of [
      ["m:1", "exits 0"],
      ["m:2", "exits 1"],
      ["web:1", "healthy"],
    ] as const)
      engine.addImage(image, how);
    source.push("aaa", migrated("m:1"));
    await pass();
    const web = () => engine.containers.find(({ serviceName }) => serviceName === "web");
    const before = web()?.id;
    const touched: string[] = [];
    engine.beforePerform = (operation) => {
      if ("container" in operation && operation.serviceName === "web") touched.push(operation.kind);
      if (operation.kind === "await-service") throw new TallymanError("NotHealthy", "migrate: exit 1");
    };
    source.push("bbb", migrated("m:2"));
    expect(await pass()).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    expect(web()).toMatchObject({ id: before ?? "", state: "running" });
    expect(touched.filter((kind) => kind === "stop-container" || kind === "start-container")).toEqual([]);
    const failed = history.rows.find(({ commit }) => commit === "bbb");
    expect(failed).toMatchObject({ class: "unhealthy", reason: "migrate: exit 1" });
    expect(failed?.verdicts).toMatchObject([{ service: "migrate", evidence: { exitCodes: [1] } }]);
  });
});
