import { expect, test } from "bun:test";
import { callSocket, csrfOfSession, NEW_STACK, outcome, setUp, type WebFixture, webFixture } from "./web-fixture.ts";

async function withStack(): Promise<WebFixture> {
  const fixture = await webFixture();
  await callSocket(fixture, "POST", "/stacks", NEW_STACK);
  fixture.reconciler.asked.length = 0;
  return fixture;
}

test("volumes stay unless both words were said", async () => {
  await using fixture = await withStack();
  for (const query of ["volumes=true", "volumes=true&confirm=other"]) {
    const { status, body } = await callSocket(fixture, "DELETE", `/stacks/shop?${query}`);
    expect([status, body.error?.message]).toEqual([
      400,
      expect.stringContaining("this deletes shop_data, shop_uploads with all data"),
    ]);
  }
  expect(fixture.reconciler.asked).toEqual([]);
  expect((await callSocket(fixture, "DELETE", "/stacks/shop?confirm=shop")).body).toEqual({
    removed: "shop",
    volumes: [],
  } as never);
  expect(fixture.reconciler.asked).toEqual(["remove shop"]);
});

test("volumes that go are named in the answer and in the audit", async () => {
  await using fixture = await withStack();
  const { body } = await callSocket(fixture, "DELETE", "/stacks/shop?volumes=true&confirm=shop");
  expect(body).toEqual({ removed: "shop", volumes: ["shop_data", "shop_uploads"] } as never);
  expect(fixture.reconciler.asked).toEqual(["remove shop with volumes"]);
  expect((await fixture.store.audit.list(1))[0]).toMatchObject({
    what: "volumes deleted",
    subject: "shop: shop_data, shop_uploads",
  });
});

test("the page deletes data only when the name was typed", async () => {
  await using fixture = await withStack();
  const browser = await setUp(fixture);
  const csrf = csrfOfSession(browser);
  expect(await (await browser.get("/stacks/shop/remove")).text()).toContain("shop_uploads");
  const wrong = await browser.post("/stacks/shop/remove", { csrf, volumes: "delete", confirm: "sho" });
  expect([wrong.status, fixture.reconciler.asked]).toEqual([400, []]);
  const right = { csrf, volumes: "delete", confirm: "shop" };
  expect(await outcome(await browser.post("/stacks/shop/remove", right))).toBe("303 /");
  expect(fixture.reconciler.asked).toEqual(["remove shop with volumes"]);
});
