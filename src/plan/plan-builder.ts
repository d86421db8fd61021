import type { Operation, Plan, PlannedOperation } from "../plan.ts";

/** Collects operations in topological order: an operation can only wait for earlier ones, so a circle cannot be built. */
export class PlanBuilder {
  readonly #operations: PlannedOperation[] = [];
  readonly #project: string;

  constructor(project: string) {
    this.#project = project;
  }

  /** Returns the operation's index, for others to wait on. */
  add(operation: Operation, cause: string, after: readonly number[] = []): number {
    this.#operations.push({ ...operation, cause, after: [...new Set(after)].sort((a, b) => a - b) });
    return this.#operations.length - 1;
  }

  causeOf(index: number): string {
    return this.#operations[index]?.cause ?? "";
  }

  get size(): number {
    return this.#operations.length;
  }

  build(): Plan {
    return { project: this.#project, operations: this.#operations };
  }
}
