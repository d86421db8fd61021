import type { StackEvent } from "../../src/event.ts";
import { resourceOf } from "../../src/plan.ts";
import { shortCommit } from "../../src/revision.ts";
import { operationText } from "../deployment/operation-text.ts";
import type { Tone } from "../state.tsx";

/** An event in words. */
export interface EventText {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

/** What happened, for a person. */
export function eventText(event: StackEvent): EventText {
  switch (event.type) {
    case "stack-added":
      return said("rest", "stack added");
    case "stack-removed":
      return said("rest", "stack removed");
    case "stack-edited":
      return said("rest", "stack edited");
    case "polled":
      return said(
        event.changed ? "busy" : "rest",
        event.changed ? "new commit" : "polled, nothing new",
        shortCommit(event.commit),
      );
    case "poll-failed":
      return said("bad", "poll failed", event.message);
    case "pass-started":
      return said("busy", "pass began", event.trigger);
    case "pass-finished":
      return said(toneOf(event.outcome), "pass ended", event.outcome.replaceAll("-", " "));
    case "phase":
      return said("busy", event.phase, event.detail);
    case "operation":
      return ofOperation(event);
    case "pull-progress":
      return said("busy", `pull ${event.image}`, event.text);
    case "build-progress":
      return said("busy", `build ${event.image}`, event.text);
    case "deployment":
      return said(toneOf(event.status), `deployment ${event.deploymentId} ${event.status}`, event.reason ?? "");
    case "notice":
      return said(event.tone, event.message, event.hint);
    case "held":
      return said("rest", `${event.kind} by ${event.by}`, event.why);
    case "released":
      return said("rest", `no longer ${event.kind}`, `by ${event.by}`);
    case "drift-found":
      return said("warn", "drift found", event.differences === 1 ? "1 difference" : `${event.differences} differences`);
    case "conflict-saved":
      return said("warn", "changed by hand, saved", `${event.path} → ${event.savedAs}`);
    case "containers-changed":
      return said("rest", "containers changed");
    case "warning":
      return said("warn", "warning", event.message);
  }
}

function ofOperation({ operation, status }: Extract<StackEvent, { readonly type: "operation" }>): EventText {
  const tone = status === "failed" ? "bad" : status === "done" ? "good" : "busy";
  const text = operationText({ kind: operation.kind, resource: resourceOf(operation) });
  return said(tone, status === "failed" ? `${text} failed` : text);
}

function said(tone: Tone, title: string, detail = ""): EventText {
  return { tone, title, detail };
}

function toneOf(outcome: string): Tone {
  if (outcome === "healthy" || outcome === "in-sync") return "good";
  if (outcome === "failed" || outcome === "blocked") return "bad";
  if (outcome === "suspended" || outcome === "stopped") return "rest";
  return outcome === "applying" ? "busy" : "warn";
}
