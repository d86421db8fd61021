import { expect, test } from "bun:test";
import { deployKeySection } from "../../../views/stack/deploy-key-section.tsx";
import { sampleStack } from "../sample.ts";

const section = (repository: string) =>
  deployKeySection(sampleStack("shop", { repository }), "ssh-ed25519 AAAA x").toString();

test.each([
  ["git@github.com:ada/shop.git", "https://github.com/ada/shop/settings/keys/new"],
  ["git@gitlab.com:ada/shop.git", "https://gitlab.com/ada/shop/-/settings/repository"],
  ["git@codeberg.org:ada/shop.git", "https://codeberg.org/ada/shop/settings/keys"],
  ["git@bitbucket.org:ada/shop.git", "https://bitbucket.org/ada/shop/admin/access-keys/"],
])("%p: the key is pasted at %p", (repository, page) => {
  expect(section(repository)).toContain(`href="${page}"`);
});

test("on a forge of one's own the way is told without a guessed address", () => {
  expect(section("git@gitlab.harbour.example:ada/shop.git")).toContain(
    "<b>Settings → Repository → Deploy keys → Add new key</b>",
  );
  expect(section("git@forge.example:ada/shop.git")).toContain("authorized_keys");
});

test("the key can be copied whole", () => {
  expect(section("git@forge.example:x")).toContain(`data-copy="ssh-ed25519 AAAA x"`);
});
