import type { DeploymentStatus, FailureClass } from "./deployment.ts";
import type { Operation } from "./plan.ts";

/** What happened to a stack, in the order in which it happened. */
export type EventBody =
  | { readonly type: "stack-added" | "stack-removed" | "stack-edited" }
  | { readonly type: "polled"; readonly commit: string; readonly changed: boolean }
  | { readonly type: "poll-failed"; readonly reason: string; readonly message: string }
  | { readonly type: "pass-started"; readonly trigger: string }
  | { readonly type: "pass-finished"; readonly outcome: string }
  | {
      readonly type: "phase";
      readonly deploymentId: string | null;
      readonly phase: "fetch" | "prepare" | "apply" | "gate";
      readonly detail: string;
    }
  | {
      readonly type: "operation";
      readonly deploymentId: string | null;
      readonly operation: Operation;
      readonly status: "running" | "done" | "failed";
      readonly durationMs: number;
    }
  | { readonly type: "pull-progress"; readonly image: string; readonly text: string }
  | { readonly type: "build-progress"; readonly image: string; readonly text: string }
  | {
      readonly type: "deployment";
      readonly deploymentId: string;
      readonly status: DeploymentStatus;
      readonly class: FailureClass | null;
      readonly reason: string | null;
    }
  | { readonly type: "conflict-saved"; readonly path: string; readonly savedAs: string }
  /** Something for a person, told once per cause (and again each hour that it lasts): what a notification is made from. */
  | {
      readonly type: "notice";
      readonly tone: "bad" | "warn" | "good";
      readonly key: string;
      readonly message: string;
      readonly hint: string;
    }
  | { readonly type: "drift-found"; readonly differences: number }
  | { readonly type: "held" | "released"; readonly kind: string; readonly by: string; readonly why: string }
  | { readonly type: "containers-changed" }
  | { readonly type: "warning"; readonly message: string };

/** `id` is `<epoch>-<sequence>`: it orders events and stays unique across restarts, as `Last-Event-ID` needs. */
export type StackEvent = EventBody & { readonly id: string; readonly at: string; readonly stack: string };

/** Hands an event to whoever listens; never throws, never waits. */
export type Publish = (stack: string, body: EventBody) => void;
