import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProject } from "../../src/compose/load-project.ts";
import { diskFiles, placeIn } from "../../src/folder/disk-files.ts";
import type { PassParts } from "../../src/reconcile/pass.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { memoryFlow } from "../support/flow.ts";
import { type FolderRig, folderRig, folderStack, forever } from "./folder-rig.ts";

let rig: FolderRig;

beforeEach(() => {
  rig = folderRig();
  rig.write("shop/nginx.conf", "one\n");
  rig.write("shop/data/rows.db", "rows");
  compose("web:good");
});
afterEach(() => rig.remove());

const compose = (image: string) =>
  rig.write(
    "shop/compose.yaml",
    `services:\n  web:\n    image: ${image}\n    volumes: ["./nginx.conf:/etc/nginx.conf:ro", "./data:/data"]\n`,
  );

/** Real files and the real flow; only the Engine is in memory. */
function flow() {
  const made = memoryFlow();
  made.engine.addImage("web:good", "healthy");
  made.engine.addImage("web:bad", "unhealthy");
  const parts: PassParts = {
    ...made.parts,
    source: rig.source,
    load: loadProject,
    filesOf: (checkout) => diskFiles({ seenAs: checkout.live, from: checkout.staging }),
    placeOf: (checkout) => placeIn({ seenAs: checkout.live, from: checkout.staging }),
  };
  const stack = folderStack(rig.appsDir);
  const pass = async () =>
    await reconcile(
      {
        stack,
        trigger: "poll",
        wanted: await rig.source.head(stack, forever()),
        variables: { ...made.variables },
        previous: null,
        inSync: false,
        superseded: forever(),
        onApplied: () => undefined,
      },
      parts,
      forever(),
    );
  const containers = () => made.engine.containers.map(({ id, image }) => `${id} ${image}`);
  return { ...made, pass, containers };
}

test("a folder is deployed once, and data that its containers write is no news", async () => {
  const { pass, engine, history } = flow();
  expect(await pass()).toMatchObject({ outcome: "healthy" });
  const performed = engine.performed.length;
  rig.write("shop/data/rows.db", "more rows");
  rig.write("shop/data/new.db", "rows");
  rig.write("shop/README.md", "hello");
  expect(await pass()).toMatchObject({ outcome: "in-sync" });
  expect([engine.performed.length, history.rows.length]).toEqual([performed, 1]);
  expect(history.rows[0]).toMatchObject({ message: `files changed in ${rig.at("shop")}`, author: "" });
});

test("a file that a container mounts makes its service anew when it changes", async () => {
  const { pass, containers, history } = flow();
  await pass();
  const before = containers();
  rig.write("shop/nginx.conf", "two\n");
  expect(await pass()).toMatchObject({ outcome: "healthy" });
  expect(containers()).not.toEqual(before);
  expect(JSON.stringify(history.rows[0]?.operations)).toContain("config file ./nginx.conf changed");
});

test("a bad change is tried once; the former model comes back from its copy while the folder stays as it is", async () => {
  const { pass, containers, history } = flow();
  await pass();
  const before = containers();
  compose("web:bad");
  expect(await pass()).toMatchObject({ outcome: "rolled-back" });
  expect(containers()).toEqual(before);
  const rows = history.rows.length;
  expect(await pass()).toMatchObject({ outcome: "blocked" });
  expect(history.rows).toHaveLength(rows);
  expect(readFileSync(rig.at("shop/compose.yaml"), "utf8")).toContain("web:bad");
  compose("web:good");
  expect(await pass()).toMatchObject({ outcome: "in-sync" });
});

test("a Compose file that cannot be read is rejected once and leaves the running release alone", async () => {
  const { pass, containers, history } = flow();
  await pass();
  const before = containers();
  rig.write("shop/compose.yaml", "services: [\n");
  expect(await pass()).toMatchObject({ outcome: "failed" });
  expect(await pass()).toMatchObject({ outcome: "blocked" });
  expect(containers()).toEqual(before);
  expect(history.rows.filter((row) => row.class === "rejected")).toHaveLength(1);
});

test("a Compose file, an env file or a folder that is a link out of the apps dir is never read", async () => {
  const { pass, history } = flow();
  const secret = join(rig.root, "../secret");
  mkdirSync(secret);
  writeFileSync(join(secret, "file"), "services: {web: {image: CONTENT}}\nCONTENT=1\n");
  const links = { "compose.yaml": "../../secret/file", ".env": join(secret, "file"), conf: secret };
  for (const [name, target] of Object.entries(links)) {
    rmSync(rig.at(`shop/${name}`), { force: true });
    symlinkSync(target, rig.at(`shop/${name}`));
    expect(await pass()).toMatchObject({ outcome: "failed" });
    rmSync(rig.at(`shop/${name}`));
    rig.write(
      "shop/compose.yaml",
      "services: {web: {image: 'web:good', env_file: conf/file, volumes: ['./conf/file:/f']}}\n",
    );
  }
  expect(history.rows.map((row) => row.class)).toEqual(["rejected", "rejected", "rejected"]);
  const copies = readdirSync(rig.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of copies)
    expect(readFileSync(join(parentPath, name), "utf8")).not.toContain("CONTENT");
  expect(JSON.stringify(history.rows)).not.toContain("CONTENT");
});

test("copies that nobody needs are gone after a pass, the release's is kept", async () => {
  const { pass } = flow();
  await pass();
  rig.write("shop/nginx.conf", "two\n");
  await pass();
  expect(existsSync(rig.home("staging")) ? readdirSync(rig.home("staging")) : []).toEqual([]);
  const kept = readdirSync(rig.home("releases"));
  expect(
    kept.map((commit) => readFileSync(join(rig.home("releases"), commit, "tree/nginx.conf"), "utf8")).sort(),
  ).toEqual(["one\n", "two\n"]);
});
