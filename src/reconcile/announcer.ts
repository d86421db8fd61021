import type { TallymanError } from "../error.ts";
import type { Drift } from "../stack.ts";
import type { Ailment } from "./ailing.ts";
import { failureClass } from "./failure-class.ts";
import type { PassParts, PassResult } from "./pass.ts";

const REMIND_EVERY_MS = 3_600_000;
/** What may heal by itself is told once it has failed so often. */
const TRANSIENT_FAILURES = 3;

/** Tells people what needs them: once per cause, and again each hour that it lasts. */
export class Announcer {
  readonly #parts: Pick<PassParts, "notices" | "publish" | "clock" | "log">;

  constructor(parts: Pick<PassParts, "notices" | "publish" | "clock" | "log">) {
    this.#parts = parts;
  }

  /** A pass came to an end; `failures` are those in a row of what may heal by itself, this one included. */
  async ended(stack: string, { outcome, error, deploymentId }: PassResult, failures = 1): Promise<void> {
    if (outcome === "healthy" || outcome === "in-sync") {
      if (await this.#parts.notices.clear(stack)) this.#publish(stack, "good", "recovered", "all is well again", "");
      return;
    }
    if (!error || outcome === "interrupted") return;
    const kind = outcome === "failed" ? failureClass(error.reason, "preparing") : null;
    if (kind === "transient" || kind === "denied") await this.#stillFails(stack, error, failures);
    else await this.#tell(stack, "bad", `failed ${deploymentId ?? error.reason}`, error.message, error.hint);
  }

  /** The answer of an earlier pass still stands. */
  async remind(stack: string, { outcome, error, deploymentId }: PassResult): Promise<void> {
    if (outcome === "blocked" && error)
      await this.#tell(stack, "bad", `failed ${deploymentId ?? error.reason}`, error.message, error.hint);
  }

  /** Something turned bad though nothing was changed. */
  async ails(stack: string, { reason, hint }: Ailment): Promise<void> {
    await this.#tell(stack, "bad", `ails ${reason}`, reason, hint);
  }

  async drifted(stack: string, drift: readonly Drift[], guarded: boolean): Promise<void> {
    const [first] = drift;
    const more = drift.length > 1 ? ` and ${drift.length - 1} more` : "";
    const message = first ? `drift: ${first.resource} ${first.field}${more}` : "drift";
    const hint = guarded
      ? "Something undoes every repair, so repairing has stopped: find out what changes it, or deploy by hand."
      : "Deploy to make it so again, or change the Compose file.";
    await this.#tell(
      stack,
      "warn",
      `drift ${drift.map(({ resource, field }) => `${resource} ${field}`).join(", ")}`,
      message,
      hint,
    );
  }

  gaveUp(stack: string, error: TallymanError, failures: number): void {
    if (error.reason === "Busy") return;
    this.#stillFails(stack, error, failures).catch((thrown: unknown) =>
      this.#parts.log("error", "could not note what was told", { stack, error: thrown }),
    );
  }

  /** Each try is another attempt, but one cause: that is what is told. */
  async #stillFails(stack: string, { reason, message, hint }: TallymanError, failures: number): Promise<void> {
    const isTransient = failureClass(reason, "preparing") === "transient";
    if (isTransient && failures < TRANSIENT_FAILURES) return;
    await this.#tell(stack, isTransient ? "warn" : "bad", reason, message, hint);
  }

  async #tell(stack: string, tone: "bad" | "warn", key: string, message: string, hint: string): Promise<void> {
    const { notices, clock } = this.#parts;
    if (await notices.tellAgain(stack, key, clock.now(), REMIND_EVERY_MS))
      this.#publish(stack, tone, key, message, hint);
  }

  #publish(stack: string, tone: "bad" | "warn" | "good", key: string, message: string, hint: string): void {
    this.#parts.publish(stack, { type: "notice", tone, key, message, hint });
  }
}
