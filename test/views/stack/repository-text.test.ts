import { expect, test } from "bun:test";
import { placeOf, repositoryHost, repositoryName, repositoryPage } from "../../../views/stack/repository-text.ts";
import { sampleStack } from "../sample.ts";

test.each([
  ["https://github.com/ada/shop.git", "github.com/ada/shop", "github.com", "https://github.com/ada/shop"],
  ["git@github.com:ada/shop.git", "github.com/ada/shop", "github.com", "https://github.com/ada/shop"],
  ["ssh://git@forge.example:2222/ada/shop", "forge.example:2222/ada/shop", "forge.example", null],
  ["git@forge.example:shop.git/", "forge.example/shop", "forge.example", null],
  ["http://127.0.0.1:3000/shop.git", "127.0.0.1:3000/shop", "127.0.0.1", null],
])("%p", (repository, name, host, page) => {
  expect(repositoryName(repository)).toBe(name);
  expect(repositoryHost(repository)).toBe(host);
  expect(repositoryPage(repository)).toBe(page);
});

test("a place is the end of the repository and the folder", () => {
  expect(placeOf(sampleStack("shop"))).toBe("harbour/infra / shop");
  expect(placeOf(sampleStack("shop", { path: "" }))).toBe("harbour/infra");
});
