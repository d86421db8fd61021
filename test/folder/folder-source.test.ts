import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { TallymanError } from "../../src/error.ts";
import type { Checkout } from "../../src/source.ts";
import { type FolderRig, folderRig, folderStack, forever } from "./folder-rig.ts";

let rig: FolderRig;

beforeEach(() => {
  rig = folderRig();
  rig.write(
    "shop/compose.yaml",
    `services:
  web:
    image: nginx
    env_file: web.env
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro", "./data:/data"]
    configs: [motd]
configs:
  motd:
    file: ./conf/motd
`,
  );
  rig.write("shop/web.env", "A=1\n");
  rig.write("shop/nginx.conf", "one\n");
  rig.write("shop/conf/motd", "hello\n");
  rig.write("shop/data/rows.db", "rows");
});
afterEach(() => rig.remove());

describe("a folder's commit", () => {
  test("is 64 hex digits and the same while nothing that counts changes", async () => {
    const first = await rig.head();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    rig.write("shop/README.md", "Hello");
    rig.write("shop/data/rows.db", "more rows");
    rig.write("shop/data/new.db", "rows");
    expect(await rig.head()).toBe(first);
  });

  test.each(["compose.yaml", "web.env", "nginx.conf", "conf/motd"])("is another one when %s changes", async (path) => {
    const first = await rig.head();
    appendFileSync(rig.at(`shop/${path}`), "# more\n");
    expect(await rig.head()).not.toBe(first);
  });

  test.each([".env", "compose.override.yaml"])("is another one when %s appears", async (path) => {
    const first = await rig.head();
    rig.write(`shop/${path}`, path === ".env" ? "B=1\n" : "services: {}\n");
    expect(await rig.head()).not.toBe(first);
  });

  test("follows a rename-save of an editor, and comes back with the former content", async () => {
    const first = await rig.head();
    rig.write("shop/.nginx.conf.swp", "two\n");
    renameSync(rig.at("shop/.nginx.conf.swp"), rig.at("shop/nginx.conf"));
    expect(await rig.head()).not.toBe(first);
    rig.write("shop/nginx.conf", "one\n");
    expect(await rig.head()).toBe(first);
  });

  test("counts what a build is sent, and whether it can be executed", async () => {
    rig.write("shop/compose.yaml", "services: {web: {build: ./app}}\n");
    rig.write("shop/app/Dockerfile", "FROM scratch\n");
    rig.write("shop/app/deep/run.sh", "#!/bin/sh\n");
    const commits = [await rig.head()];
    rig.write("shop/app/deep/run.sh", "#!/bin/sh -e\n");
    commits.push(await rig.head());
    rmSync(rig.at("shop/app/deep/run.sh"));
    writeFileSync(rig.at("shop/app/deep/run.sh"), "#!/bin/sh -e\n", { mode: 0o755 });
    commits.push(await rig.head());
    expect(new Set(commits).size).toBe(3);
  });

  test("counts of a build what it is sent, and data in its context not at all", async () => {
    rig.write("shop/compose.yaml", "services: {web: {build: ., volumes: ['./data:/data', './one.conf:/one.conf']}}\n");
    rig.write("shop/Dockerfile", "FROM scratch\nCOPY . .\n");
    rig.write("shop/.dockerignore", "node_modules\n");
    rig.write("shop/one.conf", "1\n");
    rig.write("shop/data/large.db", "x".repeat(11 * 1024 * 1024));
    for (let number = 0; number < 2001; number += 1) rig.write(`shop/node_modules/${number}.js`, "");
    const first = await rig.head();
    rig.write("shop/data/rows.db", "more rows");
    rig.write("shop/data/deep/new.db", "rows");
    rig.write("shop/node_modules/0.js", "changed");
    const loads = rig.loads();
    expect(await rig.head()).toBe(first);
    expect(rig.loads()).toBe(loads);
    const checkout = await rig.checkout();
    const { staging } = checkout;
    expect((await checkout.digests()).has("data/rows.db")).toBe(false);
    const stack = folderStack(rig.appsDir);
    await rig.source.keep(stack, checkout);
    const back = await rig.source.checkout(stack, { commit: first, ref: "folder" }, forever());
    expect(await back.digests()).toEqual(await checkout.digests());
    expect(readdirSync(staging).sort()).toEqual([
      ".dockerignore",
      "Dockerfile",
      "compose.yaml",
      "conf",
      "data",
      "nginx.conf",
      "one.conf",
      "web.env",
    ]);
    expect(readdirSync(join(staging, "data")).sort()).toEqual(["deep", "rows.db"]);
    rig.write("shop/src/main.ts", "");
    expect(await rig.head()).not.toBe(first);
  });

  test("follows no link that a build is sent", async () => {
    rig.write("shop/compose.yaml", "services: {web: {build: ./app}}\n");
    rig.write("shop/app/Dockerfile", "FROM scratch\n");
    symlinkSync("../data", rig.at("shop/app/current"));
    symlinkSync("/etc/passwd", rig.at("shop/app/passwd"));
    const first = await rig.head();
    rig.write("shop/data/rows.db", "more rows");
    expect(await rig.head()).toBe(first);
    const { staging } = await rig.checkout();
    expect(["current", "passwd"].map((path) => readlinkSync(join(staging, "app", path)))).toEqual([
      "../data",
      "/etc/passwd",
    ]);
    expect(existsSync(join(staging, "data"))).toBe(false);
  });

  test("counts its own files beside a socket and a folder of the host that are mounted", async () => {
    rig.write(
      "shop/compose.yaml",
      "services: {web: {image: nginx, volumes: ['/run/some.sock:/s', '../elsewhere:/e', './link:/l', './nginx.conf:/c']}}\n",
    );
    symlinkSync("/etc/hostname", rig.at("shop/link"));
    const first = await rig.head();
    rig.write("shop/nginx.conf", "two\n");
    expect(await rig.head()).not.toBe(first);
  });

  test("notices the Dockerfile that was missing", async () => {
    rig.write("shop/compose.yaml", "services: {web: {build: ./app}}\n");
    rig.write("shop/app/main.ts", "");
    const first = await rig.head();
    rig.write("shop/app/Dockerfile", "FROM scratch\n");
    expect(await rig.head()).not.toBe(first);
  });

  test("is looked for anew when a variable names other files", async () => {
    rig.write("shop/compose.yaml", "services: {web: {image: nginx, volumes: ['./${CONF:-nginx.conf}:/c']}}\n");
    rig.write("shop/other.conf", "other\n");
    const first = await rig.head();
    rig.setVariables({ CONF: "other.conf" });
    expect(await rig.head()).not.toBe(first);
    rig.setVariables({});
    expect(await rig.head()).toBe(first);
  });

  test("counts what an inner link leads to, and the link", async () => {
    rig.write("shop/versions/1/nginx.conf", "one\n");
    rig.write("shop/versions/2/nginx.conf", "one\n");
    rmSync(rig.at("shop/nginx.conf"));
    symlinkSync("versions/1", rig.at("shop/current"));
    symlinkSync("current/nginx.conf", rig.at("shop/nginx.conf"));
    const first = await rig.head();
    rig.write("shop/versions/1/nginx.conf", "two\n");
    const second = await rig.head();
    rmSync(rig.at("shop/current"));
    symlinkSync("versions/2", rig.at("shop/current"));
    expect(new Set([first, second, await rig.head()]).size).toBe(3);
  });

  test("exists for a project that cannot be loaded, so that it is rejected once", async () => {
    rig.write("shop/compose.yaml", "services: [\n");
    const first = await rig.head();
    expect(await rig.head()).toBe(first);
    rig.write("shop/compose.yaml", "services: [[\n");
    expect(await rig.head()).not.toBe(first);
  });

  test("is remembered without loading until something is touched", async () => {
    await rig.head();
    const loads = rig.loads();
    for (let poll = 0; poll < 5; poll += 1) await rig.head();
    expect(rig.loads()).toBe(loads);
    rig.write("shop/.env", "B=1\n");
    await rig.head();
    expect(rig.loads()).toBe(loads + 1);
    rig.forward(3_600_000);
    await rig.head();
    expect(rig.loads()).toBe(loads + 2);
  });

  test("is not remembered while its files are fresh, or the clock stands before them", async () => {
    const soon = new Date(Date.now() + 60_000);
    utimesSync(rig.at("shop/nginx.conf"), soon, soon);
    await rig.head();
    await rig.head();
    expect(rig.loads()).toBe(2);
    rig.forward(-86_400_000);
    await rig.head();
    expect(rig.loads()).toBe(3);
  });
});

describe("a refusal", () => {
  test("tells a folder that is away", async () => {
    rmSync(rig.at("shop"), { recursive: true });
    expect(await failure(rig.head())).toMatchObject({ reason: "FolderUnreadable" });
  });

  test("tells a folder that became a link out of the apps dir", async () => {
    mkdirSync(join(rig.root, "outside"));
    renameSync(rig.at("shop"), join(rig.root, "outside/shop"));
    symlinkSync(join(rig.root, "outside/shop"), rig.at("shop"));
    expect(await failure(rig.head())).toMatchObject({ reason: "PolicyViolation" });
  });

  test("tells too many and too large files with what to do", async () => {
    rig.write("shop/compose.yaml", "services: {web: {build: ./app}}\n");
    rig.write("shop/app/Dockerfile", "FROM scratch\n");
    for (let number = 0; number < 2001; number += 1) rig.write(`shop/app/${number}`, "");
    const many = await failure(rig.head());
    expect([many.reason, many.message]).toEqual([
      "ComposeInvalid",
      `${rig.at("shop")} holds more than 2000 files that go into the stack`,
    ]);
    rmSync(rig.at("shop/app"), { recursive: true });
    rig.write("shop/app/Dockerfile", "FROM scratch\n");
    rig.write("shop/app/large", "x".repeat(10 * 1024 * 1024 + 1));
    expect((await failure(rig.head())).message).toContain("app/large is larger than 10 MiB");
  });
});

describe("a checkout", () => {
  const read = ({ staging }: Checkout, path: string) => readFileSync(join(staging, path), "utf8");

  test("is a copy of the inputs below Tallyman's root, and the folder stays the live tree", async () => {
    const checkout = await rig.checkout();
    expect(checkout.live).toBe(rig.at("shop"));
    expect(checkout.staging.startsWith(rig.home("staging/"))).toBe(true);
    expect([...(await checkout.digests()).keys()].sort()).toEqual([
      "compose.yaml",
      "conf/motd",
      "nginx.conf",
      "web.env",
    ]);
    rig.write("shop/nginx.conf", "later\n");
    expect(read(checkout, "nginx.conf")).toBe("one\n");
    expect(statSync(rig.home("")).mode & 0o777).toBe(0o700);
    const folders = [rig.home("data"), rig.home("logs"), join(rig.root, "shared")];
    expect(folders.map((path) => statSync(path).mode & 0o777)).toEqual([0o755, 0o755, 0o755]);
  });

  test("tells when its newest file was written, and no author", async () => {
    for (const [index, path] of ["compose.yaml", "web.env", "nginx.conf", "conf/motd"].entries()) {
      const at = new Date(Date.UTC(2026, 0, 1 + index));
      utimesSync(rig.at(`shop/${path}`), at, at);
    }
    const { info } = await rig.checkout();
    expect(info).toEqual({
      commit: await rig.head(),
      author: "",
      message: `files changed in ${rig.at("shop")}`,
      committedAt: "2026-01-04T00:00:00.000Z",
    });
  });

  test("that was kept is found again though the folder has moved on or is away", async () => {
    const first = await rig.checkout();
    const digests = await first.digests();
    await rig.source.keep(folderStack(rig.appsDir), first);
    await rig.source.discard(folderStack(rig.appsDir), first);
    rmSync(rig.at("shop"), { recursive: true });
    const revision = { commit: first.info.commit, ref: "folder" };
    const back = await rig.source.checkout(folderStack(rig.appsDir), revision, forever());
    expect(read(back, "nginx.conf")).toBe("one\n");
    expect(await back.digests()).toEqual(digests);
    await rig.source.discard(folderStack(rig.appsDir), back);
    expect(existsSync(back.staging)).toBe(true);
    await rig.source.keepOnly(folderStack(rig.appsDir), []);
    expect(existsSync(back.staging)).toBe(false);
  });

  test("of files that changed since they were wanted is refused, leaves nothing, and the next one works", async () => {
    const stack = folderStack(rig.appsDir);
    const revision = await rig.source.head(stack, forever());
    rig.write("shop/nginx.conf", "two\n");
    const error = await failure(rig.source.checkout(stack, revision, forever()));
    expect(error.reason).toBe("FolderUnreadable");
    expect(readdirSync(rig.home("staging"))).toEqual([]);
    expect(read(await rig.checkout(), "nginx.conf")).toBe("two\n");
  });

  test("keeps inner links, modes and times of what a build is sent", async () => {
    rig.write("shop/compose.yaml", "services: {web: {build: ./app}}\n");
    rig.write("shop/app/Dockerfile", "FROM scratch\n");
    const script = rig.write("shop/app/run.sh", "#!/bin/sh\n");
    rmSync(script);
    writeFileSync(script, "#!/bin/sh\n", { mode: 0o755 });
    utimesSync(script, 1_000_000, 1_000_000);
    symlinkSync("run.sh", rig.at("shop/app/start"));
    const { staging } = await rig.checkout();
    expect(readFileSync(join(staging, "app/start"), "utf8")).toBe("#!/bin/sh\n");
    const copied = statSync(join(staging, "app/run.sh"));
    expect([copied.mode & 0o777, copied.mtimeMs]).toEqual([0o755, 1_000_000_000]);
  });

  test("switches nothing: the folder belongs to people", async () => {
    const checkout = await rig.checkout();
    rig.write("shop/nginx.conf", "by hand\n");
    expect(await rig.source.switchTree(folderStack(rig.appsDir), checkout, ["nginx.conf"], forever())).toEqual([]);
    expect(readFileSync(rig.at("shop/nginx.conf"), "utf8")).toBe("by hand\n");
  });

  test("of a folder that cannot be read to its end leaves nothing", async () => {
    const stack = folderStack(rig.appsDir);
    const revision = await rig.source.head(stack, forever());
    rmSync(rig.at("shop"), { recursive: true });
    expect((await failure(rig.source.checkout(stack, revision, forever()))).reason).toBe("FolderUnreadable");
    expect(existsSync(rig.home("staging"))).toBe(false);
  });

  test("clears away what an earlier process left", async () => {
    mkdirSync(rig.home("staging/old/tree"), { recursive: true });
    await rig.checkout();
    expect(existsSync(rig.home("staging/old"))).toBe(false);
  });
});

async function failure(promise: Promise<unknown>): Promise<TallymanError> {
  const thrown = await promise.then(
    () => new Error("no error"),
    (error: unknown) => error,
  );
  if (thrown instanceof TallymanError) return thrown;
  throw thrown;
}
