import { expect, test } from "bun:test";
import { TallymanError } from "../src/error.ts";
import { isStackName, stackFolders, stackHome, stackVariables } from "../src/stack-folders.ts";

test("a stack has its own data and logs, and shares one folder with all", () => {
  expect(stackFolders("/opt/tallyman", "shop")).toEqual({
    data: "/opt/tallyman/deployments/shop/data",
    logs: "/opt/tallyman/deployments/shop/logs",
    shared: "/opt/tallyman/shared",
  });
});

test("each folder is told under two names with equal values", () => {
  expect(stackVariables("/r", "shop")).toEqual({
    TALLYMAN_STACK: "shop",
    TALLYMAN_DATA: "/r/deployments/shop/data",
    TALLYMAN_LOGS: "/r/deployments/shop/logs",
    TALLYMAN_SHARED: "/r/shared",
    STEVEDORE_DEPLOYMENT: "shop",
    STEVEDORE_DATA: "/r/deployments/shop/data",
    STEVEDORE_LOGS: "/r/deployments/shop/logs",
    STEVEDORE_SHARED: "/r/shared",
  });
});

test.each(["", "..", "a/b", "Shop", "-shop", "_shop", "shop\n", "a".repeat(64)])("%p is no stack name", (name) => {
  expect(isStackName(name)).toBe(false);
  expect(() => stackHome("/r", name)).toThrow(TallymanError);
});

test.each(["a", "0", "shop-2_b", "a".repeat(63)])("%p is a stack name", (name) => expect(isStackName(name)).toBe(true));
