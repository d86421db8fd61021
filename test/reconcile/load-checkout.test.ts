import { expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { STEERING_LABEL } from "../../src/label.ts";
import { loadCheckout } from "../../src/reconcile/load-checkout.ts";
import { memoryFlow, sampleStack } from "../support/flow.ts";
import { sampleProject } from "../support/sample-project.ts";

async function checkedOut(commit: string, project: ReturnType<typeof sampleProject>) {
  const { source, parts } = memoryFlow();
  source.push(commit, { ...project, workingDir: "/live" });
  source.files.set(commit, new Map([["nginx.conf", "digest"]]));
  return {
    parts,
    subject: { stack: sampleStack, checkout: await source.checkout(sampleStack, { commit }), environment: {} },
  };
}

const mounting = (labels: Readonly<Record<string, string>>) =>
  sampleProject({
    web: { labels, volumes: [{ type: "bind", source: "/live/nginx.conf", target: "/etc/nginx.conf" }] },
  });

test("the model comes with the content of what is mounted", async () => {
  const { parts, subject } = await checkedOut("aaa", mounting({}));
  const { project, inPlace } = await loadCheckout({ ...subject, comesBack: null }, parts);
  expect([project.contents, inPlace]).toEqual([{ web: { "./nginx.conf": "digest" } }, []]);
});

test("a file of a service that is told by a signal must change where it is", async () => {
  const { parts, subject } = await checkedOut("aaa", mounting({ [STEERING_LABEL.reload]: "SIGHUP" }));
  expect((await loadCheckout({ ...subject, comesBack: null }, parts)).inPlace).toEqual(["nginx.conf"]);
});

test("an error names files as the repository knows them, not where they will come to lie", async () => {
  const { source, parts } = memoryFlow();
  const at = { file: "/live/shop/compose.yaml", line: 2 };
  source.push("aaa", new TallymanError("ComposeInvalid", "validating /live/shop/compose.yaml: no such key", { at }));
  const checkout = await source.checkout(sampleStack, { commit: "aaa" });
  expect(loadCheckout({ stack: sampleStack, checkout, environment: {}, comesBack: null }, parts)).rejects.toMatchObject(
    {
      reason: "ComposeInvalid",
      message: "shop/compose.yaml:2: validating shop/compose.yaml: no such key",
    },
  );
});

test("a release that comes back is what it was, whatever its files would say now", async () => {
  const { parts, subject } = await checkedOut("aaa", mounting({}));
  const former = sampleProject({ web: { image: "web:former" } });
  const release = {
    deploymentId: "1",
    commit: "aaa",
    message: "",
    author: "",
    settingsDigest: "s",
    imageDigests: {},
    repoDigests: {},
    inputDigest: "then",
    healthyAt: "",
  };
  const loaded = await loadCheckout({ ...subject, comesBack: { release, project: former } }, parts);
  expect(loaded).toMatchObject({ project: former, inputDigest: "then" });
  const forgotten = await loadCheckout({ ...subject, comesBack: { release, project: null } }, parts);
  expect(forgotten.project.services["web"]?.image).toBe("web:1");
});
