import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import type { FoundProject } from "../../src/reconcile/reconciler.ts";
import { callSocket, csrfOfSession, outcome, setUp, type WebFixture, webFixture } from "./web-fixture.ts";

const FOUND: FoundProject = {
  project: "shop",
  containers: 2,
  services: ["db", "web"],
  workingDir: "/srv/infra/shop",
  configFiles: ["/srv/infra/shop/compose.yaml"],
  byTallyman: null,
};
const ADOPTION = { project: "shop", repository: "https://forge.example/infra.git", path: "shop" };

async function running(found: Partial<FoundProject> = {}): Promise<WebFixture> {
  const fixture = await webFixture();
  fixture.reconciler.found = { ...FOUND, ...found };
  return fixture;
}

describe("an adopted project", () => {
  test("becomes a suspended stack of its name, with its plan, and nothing runs yet", async () => {
    await using fixture = await running();
    const { status, body } = await callSocket(fixture, "POST", "/adoptions", ADOPTION);
    expect([status, body]).toMatchObject([
      201,
      {
        stack: { name: "shop", project: "shop", path: "shop", liveTree: null },
        found: FOUND,
        probe: { ok: true },
        plan: { empty: true },
        obstacle: null,
      },
    ]);
    expect(await fixture.store.holds.holdsOf("shop")).toMatchObject([
      { kind: "suspended", by: "local operator", why: "adoption: look at the plan first" },
    ]);
    expect(fixture.reconciler.asked).toEqual(["adopt shop"]);
  });

  test("may have another name as a stack, and settings as any", async () => {
    await using fixture = await running();
    await callSocket(fixture, "POST", "/adoptions", { ...ADOPTION, name: "store", drift: "report", prune: false });
    expect(await fixture.store.stacks.get("store")).toMatchObject({ project: "shop", drift: "report", prune: false });
  });

  test("in place keeps its files where the repository's root lies above its folder", async () => {
    await using fixture = await running();
    await callSocket(fixture, "POST", "/adoptions", { ...ADOPTION, path: "./shop/", inPlace: true });
    expect((await fixture.store.stacks.get("shop"))?.liveTree).toBe("/srv/infra");
  });

  test.each([
    [{ workingDir: "/srv/elsewhere" }, "inPlace: the project shop runs in /srv/elsewhere"],
    [{ workingDir: "" }, "inPlace: the project shop does not say in which folder it runs"],
    [{ workingDir: "/etc/shop" }, 'liveTree: "/etc" is a system folder'],
    [{ workingDir: "/shop" }, "liveTree: "],
  ])("in place is refused where that cannot be: %j", async (found, words) => {
    await using fixture = await running(found);
    const { status, body } = await callSocket(fixture, "POST", "/adoptions", { ...ADOPTION, inPlace: true });
    expect([status, body.error?.message]).toEqual([400, expect.stringContaining(words)]);
    expect(await fixture.store.stacks.list()).toEqual([]);
  });

  test("whose repository cannot be read yet is kept, suspended, with the obstacle", async () => {
    await using fixture = await running();
    const error = new TallymanError("GitAuthentication", "refused our key", { hint: "Add it." });
    fixture.reconciler.probed = { ok: false, error };
    const { status, body } = await callSocket(fixture, "POST", "/adoptions", ADOPTION);
    expect([status, body["plan"], body["obstacle"]]).toMatchObject([201, null, { reason: "GitAuthentication" }]);
    expect(await fixture.store.holds.holdsOf("shop")).toHaveLength(1);
  });

  test("that does not run, or that somebody else keeps, is refused by name", async () => {
    await using fixture = await running();
    fixture.reconciler.found = null;
    const reasonOf = async () => {
      const { status, body } = await callSocket(fixture, "POST", "/adoptions", ADOPTION);
      return [status, body.error?.reason, body.error?.message];
    };
    expect((await reasonOf()).slice(0, 2)).toEqual([404, "NotFound"]);
    fixture.reconciler.found = { ...FOUND, byTallyman: "feedbeef" };
    expect(await reasonOf()).toEqual([
      409,
      "ForeignProject",
      "the project shop belongs to another Tallyman (feedbeef)",
    ]);
    fixture.reconciler.found = { ...FOUND, byTallyman: fixture.store.instanceId };
    expect((await reasonOf())[0]).toBe(201);
    expect(await reasonOf()).toEqual([409, "AlreadyExists", "the stack shop keeps the project shop already"]);
  });
});

test("the form of the page leads to the plan, and says beside what was typed why not", async () => {
  await using fixture = await running();
  const browser = await setUp(fixture);
  const typed = { csrf: csrfOfSession(browser), ...ADOPTION, inPlace: "yes" };
  fixture.reconciler.found = null;
  const refused = await browser.post("/adoptions", typed);
  expect([refused.status, (await refused.text()).includes("https://forge.example/infra.git")]).toEqual([404, true]);
  fixture.reconciler.found = FOUND;
  expect(await outcome(await browser.post("/adoptions", typed))).toBe("303 /stacks/shop/plan");
  expect((await fixture.store.stacks.get("shop"))?.liveTree).toBe("/srv/infra");
});
