import { textLines } from "./text-lines.ts";

export interface EventStreamMessage {
  /** The last id seen; "" before the first. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/**
 * Messages of an event stream; comments (heartbeats) and messages without data are skipped.
 * Source: HTML Standard, "Interpreting an event stream".
 */
export async function* eventStreamMessages(chunks: AsyncIterable<string>): AsyncIterable<EventStreamMessage> {
  let id = "";
  let event = "";
  let data: string[] = [];
  for await (const line of textLines(chunks)) {
    if (line === "") {
      if (data.length > 0) yield { id, event, data: data.join("\n") };
      event = "";
      data = [];
      continue;
    }
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "event") event = value;
  }
}
