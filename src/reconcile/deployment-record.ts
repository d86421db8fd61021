import type { Deployment, FailureClass, RecordedOperation, ServiceVerdict } from "../deployment.ts";
import type { TallymanError } from "../error.ts";
import type { EventBody } from "../event.ts";
import type { NewDeployment, Outcome } from "../history.ts";
import type { Plan } from "../plan.ts";
import type { FailureAction } from "../stack.ts";
import { plannedOperations, type Step } from "./apply-plan.ts";
import type { Judgement } from "./judge.ts";
import type { PassParts } from "./pass.ts";

/** What is kept of a healthy deployment for its way back. */
type ReleaseFacts = Omit<Extract<Outcome, { status: "healthy" }>, "status" | "verdicts">;

type Phase = Extract<EventBody, { type: "phase" }>["phase"];

/**
 * One attempt while it is under way: the one place that writes its history row, and tells the listeners the same. The
 * operations are written behind the change, in order; what decides (begin and the verdict) is always awaited.
 */
export class DeploymentRecord {
  readonly deployment: Deployment;
  readonly #parts: PassParts;
  readonly #beganAt: number;
  #operations: RecordedOperation[];
  /** Operations of earlier plans of this attempt (the images), kept in front of the current plan's. */
  #offset = 0;
  #writes: Promise<void> = Promise.resolve();

  private constructor(deployment: Deployment, plan: Plan, parts: PassParts) {
    this.deployment = deployment;
    this.#parts = parts;
    this.#beganAt = parts.clock.monotonic();
    this.#operations = [...plannedOperations(plan)];
  }

  /** Recorded before anything is touched. */
  static async begin(attempt: NewDeployment, plan: Plan, parts: PassParts): Promise<DeploymentRecord> {
    const record = new DeploymentRecord(await parts.history.begin(attempt), plan, parts);
    record.#write();
    record.#tell({
      type: "deployment",
      deploymentId: record.deployment.id,
      status: "applying",
      class: null,
      reason: null,
    });
    return record;
  }

  /** The images are here, and the rest of the plan may read differently now. */
  async continueWith(plan: Plan): Promise<void> {
    const done = this.#operations.filter((operation) => operation.status !== "planned");
    this.#offset = done.length;
    this.#operations = [...done, ...plannedOperations(plan)];
    this.#write();
    await this.#writes;
  }

  enter(phase: Phase, detail: string): void {
    this.#tell({ type: "phase", deploymentId: this.deployment.id, phase, detail });
  }

  readonly step = ({ index, operation, status, durationMs }: Step): void => {
    const at = this.#offset + index;
    const before = this.#operations[at];
    if (!before) return;
    const startedMs = before.startedMs ?? Math.round(this.#parts.clock.monotonic() - this.#beganAt);
    this.#operations[at] = { ...before, status, startedMs, durationMs: status === "running" ? null : durationMs };
    this.#write();
    this.#tell({ type: "operation", deploymentId: this.deployment.id, operation, status, durationMs });
  };

  readonly judged = (judgements: readonly Judgement[]): void => {
    const open =
      judgements.find((one) => one.verdict === "unhealthy") ?? judgements.find((one) => one.verdict === "pending");
    this.enter("gate", open ? `${open.serviceName}: ${open.summary}` : "every service is healthy");
  };

  async healthy(verdicts: readonly ServiceVerdict[], facts: ReleaseFacts): Promise<Deployment> {
    return await this.#finish({ status: "healthy", verdicts, ...facts });
  }

  async failed(
    failure: FailureClass,
    error: TallymanError,
    verdicts: readonly ServiceVerdict[],
    action: FailureAction | null,
  ): Promise<Deployment> {
    const { message: reason, hint } = error;
    return await this.#finish({ status: "failed", class: failure, failureAction: action, reason, hint, verdicts });
  }

  async interrupted(reason: string): Promise<Deployment> {
    return await this.#finish({ status: "interrupted", reason });
  }

  async #finish(outcome: Outcome): Promise<Deployment> {
    await this.#writes;
    return this.#ended(await this.#parts.history.finish(this.deployment.id, outcome));
  }

  #ended(deployment: Deployment): Deployment {
    const { id, status, reason } = deployment;
    this.#tell({ type: "deployment", deploymentId: id, status, class: deployment.class, reason });
    return deployment;
  }

  #write(): void {
    const operations = this.#operations.slice();
    const { history, log } = this.#parts;
    this.#writes = this.#writes
      .then(() => history.recordOperations(this.deployment.id, operations))
      .catch((error: unknown) =>
        log("error", "could not record the operations", { deployment: this.deployment.id, error }),
      );
  }

  #tell(body: EventBody): void {
    this.#parts.publish(this.deployment.stack, body);
  }
}
