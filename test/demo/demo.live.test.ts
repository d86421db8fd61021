import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { startDemo } from "../../src/demo/demo.ts";
import { demoBanner } from "../../src/demo/demo-banner.ts";
import { command, output } from "../support/command.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const never = new AbortController().signal;

function partsIn(directory: string, asked: string[] = []) {
  return {
    directory,
    searchPath: process.env["PATH"] ?? "",
    ensureSampleImage: async (image: string) => {
      asked.push(image);
    },
    now: () => new Date("2026-01-02T03:04:05Z"),
  };
}

function heldPort(port: number) {
  const server = Bun.serve({ hostname: "127.0.0.1", port, fetch: () => new Response() });
  return { [Symbol.asyncDispose]: () => server.stop(true) };
}

describe("the demo", () => {
  test("has the image made and serves the repository that its stack names", async () => {
    using directory = temporaryDirectory("demo");
    const asked: string[] = [];
    const demo = await startDemo(partsIn(directory.path, asked), never);
    expect(asked).toEqual(["tallyman-sample:1"]);
    expect(await output(["git", "ls-remote", "--heads", demo.stack.repository])).toEndWith("refs/heads/main");
    expect(demo.stack).toMatchObject({ name: "sample", ref: "main", intervalMs: 10_000, credential: "none" });
    await demo.stop();
  });

  test("serves on the same port when it starts again", async () => {
    using directory = temporaryDirectory("demo");
    const first = await startDemo(partsIn(directory.path), never);
    await first.stop();
    const second = await startDemo(partsIn(directory.path), never);
    expect(second.stack.repository).toBe(first.stack.repository);
    await second.stop();
  });

  test("publishes the page where nothing else listens, and keeps to it", async () => {
    using one = temporaryDirectory("demo");
    using other = temporaryDirectory("demo");
    const first = await startDemo(partsIn(one.path), never);
    await using _page = heldPort(Number(new URL(first.pageUrl ?? "").port));
    const second = await startDemo(partsIn(other.path), never);
    expect(second.pageUrl).not.toBe(first.pageUrl);
    const compose = await output(["git", "-C", second.repositoryPath, "show", "main:compose.yaml"]);
    expect(compose).toContain(`"${new URL(second.pageUrl ?? "").host}:8080"`);
    await second.stop();
    const again = await startDemo(partsIn(other.path), never);
    expect(again.pageUrl).toBe(second.pageUrl);
    await first.stop();
    await again.stop();
  });

  test("takes another port when a second demo runs beside it", async () => {
    using one = temporaryDirectory("demo");
    using other = temporaryDirectory("demo");
    const first = await startDemo(partsIn(one.path), never);
    const second = await startDemo(partsIn(other.path), never);
    expect(second.stack.repository).not.toBe(first.stack.repository);
    await first.stop();
    await second.stop();
  });

  test("prints commands that push a change and then break it, word for word", async () => {
    using directory = temporaryDirectory("it's a demo");
    const demo = await startDemo(partsIn(directory.path), never);
    const banner = demoBanner(demo, { root: directory.path, url: "http://127.0.0.1:7411/", setupLink: null });
    const script = banner
      .split("\n")
      .filter((line) => line.startsWith("  "))
      .join("\n");
    const result = await command(["sh", "-e", "-c", script], { cwd: directory.path, env: { HOME: directory.path } });
    expect(result).toMatchObject({ code: 0 });
    const show = (what: string) => output(["git", "-C", demo.repositoryPath, "show", what]);
    expect(await show("main~1:compose.yaml")).toContain('GREETING: "Hello again"\n      BROKEN: "no"');
    expect(await show("main:compose.yaml")).toContain('GREETING: "Hello again"\n      BROKEN: "yes"');
    await demo.stop();
  });

  test("shows the setup link until somebody used it", () => {
    const demo = { repositoryPath: "/r/demo/sample.git", pageUrl: null };
    const addresses = { root: "/r", url: "http://127.0.0.1:7411/", setupLink: "http://127.0.0.1:7411/setup/once" };
    expect(demoBanner(demo, addresses)).toContain("http://127.0.0.1:7411/setup/once");
    expect(demoBanner(demo, { ...addresses, setupLink: null })).toContain("http://127.0.0.1:7411/\n");
  });

  test("remembers its port below the root", async () => {
    using directory = temporaryDirectory("demo");
    const demo = await startDemo(partsIn(directory.path), never);
    expect(demo.stack.repository).toContain(`:${readFileSync(`${directory.path}/git-port`, "utf8").trim()}/`);
    await demo.stop();
  });
});
