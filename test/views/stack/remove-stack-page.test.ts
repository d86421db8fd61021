import { expect, test } from "bun:test";
import { removeStackPage } from "../../../views/stack/remove-stack-page.tsx";
import { CONTEXT, sampleService, sampleStack, sampleStatus } from "../sample.ts";

const page = (replicas: number, volumes: readonly string[] | null = null) =>
  removeStackPage(CONTEXT, {
    stack: sampleStack("shop"),
    status: sampleStatus("shop", { services: replicas === 0 ? [] : [sampleService("api", {}, replicas)] }),
    volumes,
    error: null,
  }).toString();

test("it spells out what goes and what stays", () => {
  expect(page(1)).toContain("1 container stops and is removed: shop-api-1.");
  expect(page(1)).toContain("Every volume with its data");
});

test("many containers are counted", () => {
  expect(page(9)).toContain("9 containers stop");
  expect(page(9)).toContain("and 3 more");
});

test("data goes only by a form of its own, in which the name is typed", () => {
  const html = page(1, ["shop_data", "shop_uploads"]);
  expect(html).toContain("Its volumes shop_data, shop_uploads with all data, the files");
  expect(html).toContain(`name="volumes" value="delete"`);
  expect(html).toContain("Type shop to confirm");
  for (const none of [null, []]) expect(page(1, none)).not.toContain(`name="volumes"`);
});

test("without containers it says so", () => {
  expect(page(0)).toContain("No container of it runs.");
});
