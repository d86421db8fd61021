import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listApps } from "../../src/folder/list-apps.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = temporaryDirectory("apps");
  mkdirSync(join(directory.path, "apps"));
});
afterEach(() => directory.remove());

const apps = () => join(directory.path, "apps");

function app(path: string, file = "compose.yaml"): void {
  mkdirSync(join(directory.path, path), { recursive: true });
  writeFileSync(join(directory.path, path, file), "services: {}\n");
}

test("each folder with a Compose file is a stack, whatever its name for the file", async () => {
  app("apps/shop");
  app("apps/blog", "compose.yml");
  app("apps/wiki-2", "docker-compose.yml");
  app("apps/old_one", "docker-compose.yaml");
  expect(await listApps(apps())).toMatchObject({
    kind: "read",
    apps: ["blog", "old_one", "shop", "wiki-2"],
    ignored: [],
  });
});

test("everything else is ignored with a reason", async () => {
  app("apps/.git");
  app("apps/Shop");
  app("outside");
  app("apps/real");
  mkdirSync(join(apps(), "empty"));
  mkdirSync(join(apps(), "odd/compose.yaml"), { recursive: true });
  writeFileSync(join(apps(), "notes.txt"), "");
  symlinkSync(join(directory.path, "outside"), join(apps(), "elsewhere"));
  symlinkSync("../outside", join(apps(), "up"));
  symlinkSync("nowhere", join(apps(), "dangling"));
  symlinkSync(".", join(apps(), "self"));
  symlinkSync("real", join(apps(), "alias"));
  const listing = await listApps(apps());
  expect(listing).toMatchObject({ kind: "read", apps: ["alias", "real"] });
  const ignored = listing.kind === "read" ? listing.ignored.map(({ name, why }) => [name, why.split(":")[0]]) : [];
  expect(ignored).toEqual([
    [".git", "is hidden"],
    ["Shop", "is no stack name"],
    ["dangling", "cannot be read"],
    ["elsewhere", "is a link that leads out of the apps dir"],
    ["empty", "holds no Compose file"],
    ["notes.txt", "is no folder"],
    ["odd", "holds no Compose file"],
    ["self", "is a link that leads out of the apps dir"],
    ["up", "is a link that leads out of the apps dir"],
  ]);
});

test("an empty apps dir is another thing than one that is not there", async () => {
  expect(await listApps(apps())).toMatchObject({ kind: "read", apps: [] });
  expect(await listApps(join(directory.path, "nowhere"))).toMatchObject({ kind: "unreadable" });
  writeFileSync(join(directory.path, "file"), "");
  expect(await listApps(join(directory.path, "file"))).toMatchObject({ kind: "unreadable" });
});
