import { expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { StackPasses } from "../../src/reconcile/stack-passes.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

const never = new AbortController().signal;
const web = (tag: string) => sampleProject({ web: { image: `web:${tag}` } });

/** A release that runs, and a newer commit whose image can't be had. */
async function waiting(stack = sampleStack) {
  const made = memoryFlow();
  const { engine, source, history } = made;
  engine.addImage("web:1", "healthy");
  const passes = new StackPasses(stack, made.parts, () => null);
  const pass = (trigger: "poll" | "drift" = "poll") => passes.pass(trigger, never, never);
  source.push("aaa", web("1"));
  await pass();
  source.push("bbb", web("2"));
  engine.beforePerform = ({ kind }) => {
    if (kind === "pull-image") throw new TallymanError("RegistryUnavailable", "503");
  };
  expect(await pass()).toMatchObject({ outcome: "failed", error: { reason: "RegistryUnavailable" } });
  const stop = (): void => {
    engine.containers = engine.containers.map((one) => ({ ...one, state: "exited" as const, exitCode: 137 }));
  };
  const states = () => engine.containers.map(({ image, state }) => `${image} ${state}`);
  const rows = () => history.rows.map(({ commit, trigger, status }) => `${commit} ${trigger} ${status}`);
  return { ...made, pass, stop, states, rows };
}

test.each(["poll", "drift"] as const)(
  "beside a commit that can't be pulled the release before it is put right (%s)",
  async (trigger) => {
    const { pass, stop, states, rows, engine } = await waiting();
    stop();
    expect(await pass(trigger)).toMatchObject({ outcome: "failed", error: { reason: "RegistryUnavailable" } });
    expect([states(), rows()[0]]).toEqual([["web:1 running"], "aaa drift healthy"]);
    engine.addImage("web:2", "healthy");
    engine.beforePerform = () => undefined;
    expect(await pass()).toMatchObject({ outcome: "healthy", commit: "bbb" });
    expect(states()).toEqual(["web:2 running"]);
  },
);

test("while nothing is wrong with it nothing is done and nothing written", async () => {
  const { pass, rows } = await waiting();
  const before = rows().length;
  await pass("drift");
  expect(rows()).toHaveLength(before);
});

test("where drift is only reported it is left alone", async () => {
  const { pass, stop, states } = await waiting({ ...sampleStack, drift: "report" });
  stop();
  await pass();
  expect(states()).toEqual(["web:1 exited"]);
});

test("of a commit that is half there only that commit itself goes on", async () => {
  const { pass, states, rows, engine } = await waiting();
  engine.addImage("web:2", "healthy");
  engine.beforePerform = ({ kind }) => {
    if (kind === "start-container") throw new TallymanError("EngineFailed", "iptables failed");
  };
  expect(await pass()).toMatchObject({ outcome: "failed", error: { reason: "EngineFailed" } });
  expect(rows()[0]).toBe("bbb commit failed");
  engine.beforePerform = () => undefined;
  expect(await pass()).toMatchObject({ outcome: "healthy", commit: "bbb" });
  expect(states()).toEqual(["web:2 running"]);
});
