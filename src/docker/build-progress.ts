import { readTrace } from "./build-trace.ts";

/** One line of a build's answer, of either builder. */
export interface BuildStatus {
  readonly id?: string;
  readonly aux?: unknown;
  /** The classic builder's own words. */
  readonly stream?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

const SHOWN_EVERY_MS = 200;
const KEPT_LINES = 20;
const LONGEST_LINE = 500;

/** Follows a build: shows each step and its output, and keeps what an error needs to say. */
export class BuildProgress {
  readonly #show: (text: string) => void;
  readonly #names = new Map<string, string>();
  readonly #lines = new Map<string, string[]>();
  #failed: { readonly digest: string; readonly error: string } | null = null;
  #current = "";
  #shownAt = 0;

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  follow(status: BuildStatus, nowMs: number): void {
    if (status.id === "moby.buildkit.trace" && typeof status.aux === "string") this.#trace(status.aux, nowMs);
    else if (status.stream) this.#classic(status.stream, nowMs);
  }

  /** The step that failed, or the last one that began. */
  get failedStep(): string {
    return this.#names.get(this.#failed?.digest ?? this.#current) ?? "";
  }

  /** The last lines that the failed step wrote. */
  get lastLines(): readonly string[] {
    return this.#lines.get(this.#failed?.digest ?? this.#current) ?? [];
  }

  /** BuildKit's own words for the failed step: shorter than those of the whole build. */
  get stepError(): string {
    return this.#failed?.error ?? "";
  }

  #trace(aux: string, nowMs: number): void {
    const { steps, logs } = readTrace(aux);
    for (const step of steps) {
      const isNew = step.started && !this.#names.has(step.digest);
      if (step.started) this.#names.set(step.digest, step.name);
      if (isNew && !isInternal(step.name))
        this.#begin(step.digest, step.cached ? `${step.name} (cached)` : step.name, nowMs);
      if (step.error && !step.error.endsWith("context canceled")) this.#failed ??= step;
    }
    for (const { digest, text } of logs) this.#wrote(digest, text, nowMs);
  }

  #classic(text: string, nowMs: number): void {
    const step = /^Step \d+\/\d+ : .*/.exec(text)?.[0];
    if (step === undefined) this.#wrote(this.#current, text, nowMs);
    else {
      this.#names.set(step, step);
      this.#begin(step, step, nowMs);
    }
  }

  #begin(digest: string, text: string, nowMs: number): void {
    this.#current = digest;
    this.#shownAt = nowMs;
    this.#show(text);
  }

  #wrote(digest: string, text: string, nowMs: number): void {
    const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
    const kept = [...(this.#lines.get(digest) ?? []), ...lines.map((line) => line.slice(0, LONGEST_LINE))];
    this.#lines.set(digest, kept.slice(-KEPT_LINES));
    const last = kept.at(-1);
    if (last === undefined || nowMs - this.#shownAt < SHOWN_EVERY_MS) return;
    this.#shownAt = nowMs;
    this.#show(last);
  }
}

function isInternal(name: string): boolean {
  return /^\[(?:internal|context [^\]]+)\]/.test(name) || name === "copy /context /";
}
