import { tallymanCommand } from "../support/daemon.ts";
import { freePort } from "../support/temporary.ts";
import { until } from "../support/waiting.ts";

/** A daemon for which there is no Engine: enough where its state is what is tried. */
export interface BareDaemon {
  readonly pid: number;
  readonly url: string;
  /** What it wrote so far. */
  said(): string;
  end(signal?: NodeJS.Signals): Promise<number>;
}

const REPOSITORY_ROOT = `${import.meta.dir}/../..`;

/** Resolves once it answers, or has ended by itself; then `exitCode` is set. */
export async function bareDaemon(root: string): Promise<BareDaemon & { readonly exitCode: number | null }> {
  const url = `http://127.0.0.1:${freePort()}`;
  const flags = ["--root", root, "--listen", url.slice("http://".length), "--docker-host", "unix:///nonexistent"];
  const child = Bun.spawn([...tallymanCommand(), "serve", ...flags], {
    cwd: REPOSITORY_ROOT,
    env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  });
  const answers = async (): Promise<boolean> => child.exitCode !== null || (await fetch(`${url}/healthz`)).ok;
  await until("the daemon answers or ends", answers, 60_000);
  if (child.exitCode !== null) await Promise.all(reading);
  return {
    pid: child.pid,
    url,
    exitCode: child.exitCode,
    said: () => text,
    async end(signal = "SIGTERM") {
      child.kill(signal);
      const code = await child.exited;
      await Promise.all(reading);
      return code;
    },
  };
}
