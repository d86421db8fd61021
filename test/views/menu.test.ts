import { expect, test } from "bun:test";
import { menu } from "../../views/menu.tsx";

test("a menu opens without a script and can say more to readers than it shows", () => {
  const html = menu({ label: "More", about: "More to do with shop", children: "items" }).toString();
  expect(html).toBe(
    `<details class="menu"><summary class="btn" aria-label="More to do with shop">More</summary><div class="items">items</div></details>`,
  );
  expect(menu({ label: "ada", plain: true, children: "" }).toString()).toContain(`<summary class="btn plain">`);
});
