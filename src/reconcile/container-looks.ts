import { asTallymanError, TallymanError } from "../error.ts";
import type { ObservedContainer } from "../observed-state.ts";
import type { PassParts } from "./pass.ts";

/** A slow Engine is waited for, as long as nothing says that it is a dead one. */
const PATIENT_MS = 3_000;
/** How long a page waits for an Engine that was silent the last time. */
const BRIEF_MS = 500;

/** A project's containers, or why the Engine could not be asked. */
export type Seen =
  | { readonly ok: true; readonly containers: readonly ObservedContainer[] }
  | { readonly ok: false; readonly error: TallymanError };

/** What pages are told of containers: a look at the Engine each time. One that gives no answer holds up the first who asks, not all. */
export class ContainerLooks {
  readonly #parts: Pick<PassParts, "engine" | "clock">;
  /** A look is under way, which nobody need begin once more while the Engine is silent. */
  readonly #underWay = new Map<string, Promise<Seen>>();
  #isSilent = false;
  /** Those who wait patiently: once one has found the Engine silent, no other has to find out by waiting. */
  readonly #patient = new Set<AbortController>();

  constructor(parts: Pick<PassParts, "engine" | "clock">) {
    this.#parts = parts;
  }

  async of(project: string): Promise<Seen> {
    if (!this.#isSilent) return await this.#look(project);
    return await this.#inTime(BRIEF_MS, this.#underWay.get(project) ?? this.#look(project));
  }

  #look(project: string): Promise<Seen> {
    const look = this.#ask(project).finally(() => {
      if (this.#underWay.get(project) === look) this.#underWay.delete(project);
    });
    this.#underWay.set(project, look);
    return look;
  }

  async #ask(project: string): Promise<Seen> {
    const over = new AbortController();
    const wait = new AbortController();
    if (!this.#isSilent) this.#patient.add(wait);
    const seen = await this.#inTime(PATIENT_MS, this.#observe(project, over.signal), wait);
    this.#patient.delete(wait);
    over.abort();
    this.#isSilent = seen === SILENT;
    if (this.#isSilent) for (const other of this.#patient) other.abort();
    return seen;
  }

  async #observe(project: string, signal: AbortSignal): Promise<Seen> {
    const query = { project, images: [], networks: [], volumes: [] };
    try {
      const { containers } = await this.#parts.engine.observe(query, signal);
      return { ok: true, containers };
    } catch (thrown) {
      return { ok: false, error: asTallymanError(thrown, "EngineUnreachable") };
    }
  }

  /** `wait` aborted: the time is over. */
  async #inTime(milliseconds: number, look: Promise<Seen>, wait = new AbortController()): Promise<Seen> {
    const late = this.#parts.clock.sleep(milliseconds, wait.signal).then(() => SILENT);
    const seen = await Promise.race([look, late]);
    wait.abort();
    return seen;
  }
}

const SILENT: Seen = {
  ok: false,
  error: new TallymanError("EngineTimeout", "the Docker Engine takes connections and gives no answer", {
    hint: "See what it hangs on: its log (`journalctl -u docker`), then `systemctl restart docker`. Tallyman goes on by itself.",
  }),
};
