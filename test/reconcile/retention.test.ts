import { expect, test } from "bun:test";
import { emptyProject } from "../../src/project.ts";
import { retire } from "../../src/reconcile/retention.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";

/** A history with these releases, oldest first, each of its own commit and image. */
async function after(...commits: readonly string[]) {
  const flow = memoryFlow();
  for (const commit of commits) {
    const info = { commit, author: "", message: "", committedAt: "" };
    const begin = { stack: "shop", commit: info, trigger: "commit", cause: "", settingsDigest: "s" } as const;
    const { id } = await flow.history.begin(begin);
    await flow.history.finish(id, {
      status: "healthy",
      verdicts: [],
      imageDigests: { "web:1": `sha256:${commit}` },
      repoDigests: {},
      inputDigest: commit,
      project: emptyProject("shop"),
    });
    flow.source.kept.add(commit);
  }
  return { ...flow, parts: { ...flow.parts, releasesKept: 2 } };
}

test("checkouts and images beyond the kept releases go", async () => {
  const { parts, source, engine } = await after("a", "b", "c", "d");
  await retire(sampleStack, parts, new AbortController().signal);
  expect([...source.kept]).toEqual(["c", "d"]);
  expect(engine.performed).toEqual(["remove-image image:sha256:b", "remove-image image:sha256:a"]);
});

test("an image that a kept release of any stack ran stays", async () => {
  const { parts, engine } = await after("a", "b", "c", "d");
  await retire(sampleStack, { ...parts, neededImages: async () => ["sha256:a"] }, new AbortController().signal);
  expect(engine.performed).toEqual(["remove-image image:sha256:b"]);
});

test("a pinned release keeps everything it needs", async () => {
  const { parts, source, holds, engine } = await after("a", "b", "c", "d");
  await holds.place("shop", { kind: "pinned", by: "ada", why: "", at: "", deploymentId: "1" });
  await retire(sampleStack, parts, new AbortController().signal);
  expect([...source.kept].sort()).toEqual(["a", "c", "d"]);
  expect(engine.performed).toEqual(["remove-image image:sha256:b"]);
});
