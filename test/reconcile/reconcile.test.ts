import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import type { PassParts, PassTrigger } from "../../src/reconcile/pass.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
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
  const pass = (trigger: PassTrigger = "poll", parts: PassParts = made.parts) =>
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

describe("a new commit", () => {
  test("is deployed, proven and recorded", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", good);
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "aaa", deploymentId: "1" });
    expect(story(history.rows)).toEqual(["aaa commit healthy: new commit on main"]);
    expect(history.rows[0]?.verdicts.map((one) => `${one.service} ${one.verdict}: ${one.summary}`)).toEqual([
      "web healthy: its healthcheck passes",
      "db healthy: ran 10 s without a restart",
    ]);
    expect(history.rows[0]?.operations.every((operation) => operation.status === "done")).toBe(true);
    expect(engine.containers.map((container) => container.labels["io.tallyman.stack"])).toEqual(["shop", "shop"]);
    expect(source.switched).toEqual(["aaa"]);
  });

  test("that changes nothing here moves the release on without an entry or an operation", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", good);
    await pass();
    const operations = engine.performed.length;
    source.push("readme", good);
    expect(await pass()).toMatchObject({ outcome: "in-sync", commit: "readme" });
    expect(engine.performed).toHaveLength(operations);
    expect(story(history.rows)).toHaveLength(1);
    expect((await history.lastRelease("shop"))?.commit).toBe("readme");
  });

  test("removes what it replaced once the gate has passed", async () => {
    const { pass, source, engine } = flow();
    source.push("aaa", good);
    await pass();
    source.push("bbb", sampleProject({ web: { image: "web:better" }, db: {} }));
    await pass();
    expect(engine.containers.map((container) => `${container.name} ${container.image}`).sort()).toEqual([
      "shop-db-1 db:1",
      "shop-web-1 web:better",
    ]);
  });
});

describe("a commit that is not healthy", () => {
  test("goes back to the very containers that ran before, told by two entries", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", good);
    await pass();
    const before = engine.containers.map((container) => container.id).sort();
    source.push("bbb", bad);
    const result = await pass();
    expect(result).toMatchObject({ outcome: "rolled-back", commit: "aaa", deploymentId: "2" });
    expect(result.error?.message).toBe("web: its healthcheck fails");
    expect(story(history.rows)).toEqual([
      "aaa rollback healthy: went back from bbb",
      "bbb commit failed (unhealthy): new commit on main",
      "aaa commit healthy: new commit on main",
    ]);
    expect(history.rows[1]?.verdicts[0]?.evidence.logTail[0]).toContain("last words of");
    expect(engine.containers.map((container) => container.id).sort()).toEqual(before);
    expect(engine.containers.every((container) => container.state === "running")).toBe(true);
    expect(source.switched).toEqual(["aaa", "bbb", "aaa"]);
  });

  test("is tried once, however often it is polled", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", good);
    await pass();
    source.push("bbb", bad);
    await pass();
    const operations = engine.performed.length;
    for (let poll = 0; poll < 20; poll += 1) expect(await pass()).toMatchObject({ outcome: "blocked", commit: "aaa" });
    expect(engine.performed).toHaveLength(operations);
    expect(history.rows).toHaveLength(3);
  });

  test("is tried again when an operator asks for it", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", good);
    await pass();
    source.push("bbb", bad);
    await pass();
    engine.addImage("web:bad", "healthy", "sha256:mended");
    expect(await pass("deploy")).toMatchObject({ outcome: "healthy", commit: "bbb" });
    expect(story(history.rows)[0]).toBe("bbb deploy healthy: asked for by an operator");
  });

  test("as the first one of all stays failed and is not tried for ever", async () => {
    const { pass, source, history } = flow();
    source.push("bbb", bad);
    expect(await pass()).toMatchObject({ outcome: "failed", deploymentId: "1" });
    expect(await pass()).toMatchObject({ outcome: "blocked", commit: null });
    expect(history.rows).toHaveLength(1);
  });

  test("counts so too when the Engine refuses a step of it, and its step is named", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", good);
    await pass();
    source.push("bbb", sampleProject({ web: { image: "web:better" }, db: {} }));
    let starts = 0;
    engine.beforePerform = (operation) => {
      if (operation.kind !== "start-container") return;
      starts += 1;
      if (starts === 1) throw new TallymanError("EngineRefused", "port 80 is already allocated");
    };
    expect(await pass()).toMatchObject({ outcome: "rolled-back", commit: "aaa" });
    expect(history.rows[1]).toMatchObject({ class: "unhealthy", reason: "port 80 is already allocated" });
    expect(history.rows[1]?.operations.filter((one) => one.status === "failed").map((one) => one.resource)).toEqual([
      "service:web:1",
    ]);
  });

  test("whose way back fails as well needs a person and is left alone", async () => {
    const { pass, source, engine, history } = flow();
    source.push("aaa", good);
    await pass();
    source.push("bbb", bad);
    engine.beforePerform = (operation) => {
      if (
        operation.kind === "rename-container" &&
        operation.newName === "shop-web-1" &&
        engine.containers.some((one) => one.image === "web:bad")
      )
        return;
      if (operation.kind === "rename-container" && operation.newName === "shop-web-1")
        throw new TallymanError("EngineRefused", "no");
    };
    const stuck = await pass();
    expect(stuck).toMatchObject({ outcome: "failed", deploymentId: "2" });
    expect(stuck.error?.message).toBe("going back to aaa failed: no");
    expect(stuck.error?.hint).toContain("needs you");
    engine.beforePerform = () => undefined;
    const rows = history.rows.length;
    expect(await pass()).toMatchObject({ outcome: "blocked" });
    expect(history.rows).toHaveLength(rows);
  });
});

describe("a commit that cannot even be loaded", () => {
  test("is refused and remembered, and nothing that runs is touched", async () => {
    const { pass, source, history, engine } = flow();
    source.push("aaa", good);
    await pass();
    const operations = engine.performed.length;
    source.push(
      "ccc",
      new TallymanError("ComposeInvalid", "services.web additional properties 'foo' not allowed", {
        at: { file: "compose.yaml", line: 3, column: 5 },
      }),
    );
    expect(await pass()).toMatchObject({ outcome: "failed" });
    expect(history.rows[0]).toMatchObject({
      commit: "ccc",
      class: "rejected",
      reason: "compose.yaml:3:5: services.web additional properties 'foo' not allowed",
    });
    expect(await pass()).toMatchObject({ outcome: "blocked", commit: "aaa" });
    expect(engine.performed).toHaveLength(operations);
  });
});

describe("an attempt that was cut off", () => {
  test("is taken up again as the same entry and judged", async () => {
    const { pass, source, history, engine, variables } = flow();
    source.push("aaa", good);
    await pass();
    source.push("bbb", sampleProject({ web: { image: "web:better" }, db: {} }));
    const cut = new AbortController();
    engine.beforePerform = (operation) => {
      if (operation.kind === "rename-container") cut.abort();
    };
    const cutPass = reconcile(
      {
        stack: sampleStack,
        trigger: "poll",
        wanted: { commit: "bbb", ref: "refs/heads/main" },
        variables,
        previous: null,
        inSync: false,
        superseded: new AbortController().signal,
        onApplied: () => undefined,
      },
      flowParts(engine, history, source),
      cut.signal,
    );
    expect(cutPass).rejects.toThrow("interrupted");
    await cutPass.catch(() => undefined);
    engine.beforePerform = () => undefined;
    expect(history.rows[0]).toMatchObject({ commit: "bbb", status: "interrupted" });
    expect(await pass("start")).toMatchObject({ outcome: "healthy", commit: "bbb" });
    expect(story(history.rows)).toEqual([
      "bbb commit healthy: new commit on main",
      "aaa commit healthy: new commit on main",
    ]);
  });

  function flowParts(
    engine: PassParts["engine"],
    history: PassParts["history"],
    source: ReturnType<typeof memoryFlow>["source"],
  ): PassParts {
    return {
      ...memoryFlow().parts,
      engine,
      history,
      source,
      load: (files) => source.load(files.read("/live/compose.yaml") ?? ""),
    };
  }
});
