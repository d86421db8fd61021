import type { Deployment, Release } from "../../src/deployment.ts";
import type { History, NewDeployment, Outcome } from "../../src/history.ts";
import type { CommitInfo } from "../../src/revision.ts";

/** The contract of History in memory, for flow tests; the contract suite of the store keeps both honest. */
export class MemoryHistory implements History {
  rows: Deployment[] = [];
  #advanced: CommitInfo | null = null;
  #digests = new Map<string, Readonly<Record<string, string>>>();

  async begin({ stack, commit, trigger, cause, settingsDigest }: NewDeployment): Promise<Deployment> {
    const newest = this.rows[0];
    if (
      newest?.status === "interrupted" &&
      newest.commit === commit.commit &&
      newest.settingsDigest === settingsDigest
    ) {
      return this.#replace({ ...newest, status: "applying", class: null, reason: null });
    }
    const deployment: Deployment = {
      id: String(this.rows.length + 1),
      stack,
      commit: commit.commit,
      message: commit.message,
      author: commit.author,
      trigger,
      cause,
      settingsDigest,
      status: "applying",
      class: null,
      reason: null,
      hint: null,
      interruptions: 0,
      startedAt: "2026-01-01T00:00:00Z",
      finishedAt: null,
      durationMs: null,
      operations: [],
      verdicts: [],
    };
    this.rows.unshift(deployment);
    return deployment;
  }

  async recordOperations(deploymentId: string, operations: Deployment["operations"]): Promise<void> {
    const row = await this.get(deploymentId);
    if (row) this.#replace({ ...row, operations });
  }

  async finish(deploymentId: string, outcome: Outcome): Promise<Deployment> {
    const row = await this.get(deploymentId);
    if (!row) throw new Error(`no deployment ${deploymentId}`);
    if (outcome.status === "interrupted") {
      return this.#replace({
        ...row,
        status: "interrupted",
        class: "interrupted",
        interruptions: row.interruptions + 1,
      });
    }
    if (outcome.status === "healthy") {
      this.#advanced = null;
      this.#digests.set(deploymentId, outcome.imageDigests);
      return this.#replace({ ...row, status: "healthy", verdicts: outcome.verdicts });
    }
    const { reason, hint, verdicts } = outcome;
    return this.#replace({ ...row, status: "failed", class: outcome.class, reason, hint, verdicts });
  }

  async markInterrupted(): Promise<readonly Deployment[]> {
    const open = this.rows.filter((row) => row.status === "applying");
    return await Promise.all(open.map((row) => this.finish(row.id, { status: "interrupted", reason: "" })));
  }

  async list(stack: string, limit: number): Promise<readonly Deployment[]> {
    return this.rows.filter((row) => row.stack === stack).slice(0, limit);
  }

  async get(deploymentId: string): Promise<Deployment | null> {
    return this.rows.find((row) => row.id === deploymentId) ?? null;
  }

  async advance(_stack: string, commit: CommitInfo): Promise<void> {
    this.#advanced = commit;
  }

  async lastRelease(stack: string): Promise<Release | null> {
    const row = this.rows.find((candidate) => candidate.stack === stack && candidate.status === "healthy");
    if (!row) return null;
    const { commit, message, author } = this.#advanced ?? row;
    const imageDigests = this.#digests.get(row.id) ?? {};
    return {
      deploymentId: row.id,
      commit,
      message,
      author,
      settingsDigest: row.settingsDigest,
      imageDigests,
      healthyAt: row.startedAt,
    };
  }

  #replace(row: Deployment): Deployment {
    this.rows = this.rows.map((other) => (other.id === row.id ? row : other));
    return row;
  }
}
