import type { StackEvent } from "../../src/event.ts";
import type { Daemon } from "./daemon.ts";

/** One request to a daemon's API over its own socket, as the command line makes it. */
export async function api<T>(daemon: Daemon, path: string, method = "GET", body?: unknown): Promise<T> {
  const answer = await fetch(`http://daemon/api/v1${path}`, {
    unix: `${daemon.root}/system/tallyman.sock`,
    method,
    signal: AbortSignal.timeout(180_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return (await answer.json()) as T;
}

/** The daemon's events from now on; ends when the daemon does or the signal aborts. `onOpen` says that nothing is missed any more. */
export async function* events(daemon: Daemon, signal: AbortSignal, onOpen: () => void): AsyncGenerator<StackEvent> {
  try {
    const answer = await fetch("http://daemon/api/v1/events?follow=1", {
      unix: `${daemon.root}/system/tallyman.sock`,
      headers: { accept: "text/event-stream" },
      signal,
    });
    onOpen();
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("data: {")) yield JSON.parse(line.slice("data: ".length)) as StackEvent;
      }
    }
  } catch (thrown) {
    if (
      !signal.aborted &&
      !(thrown instanceof Error && /ECONNRESET|closed|socket/i.test(`${thrown.name} ${thrown.message}`))
    )
      throw thrown;
  }
}
