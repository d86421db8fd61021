import type { Deployment, Release } from "../../src/deployment.ts";
import type { History, NewDeployment, Outcome } from "../../src/history.ts";
import type { Project } from "../../src/project.ts";
import type { CommitInfo } from "../../src/revision.ts";

interface Advance {
  readonly commit: CommitInfo;
  readonly settingsDigest: string;
}

/** The contract of History in memory, for flow tests; the contract suite of the store keeps both honest. */
export class MemoryHistory implements History {
  rows: Deployment[] = [];
  now = (): Date => new Date("2026-01-01T00:00:00Z");
  #advanced: Advance | null = null;
  #facts = new Map<string, Extract<Outcome, { readonly status: "healthy" }>>();

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
      failureAction: null,
      reason: null,
      hint: null,
      interruptions: 0,
      startedAt: this.now().toISOString(),
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
      this.#facts.set(deploymentId, outcome);
      return this.#replace({ ...row, status: "healthy", verdicts: outcome.verdicts });
    }
    const { reason, hint, verdicts, failureAction } = outcome;
    return this.#replace({ ...row, status: "failed", class: outcome.class, failureAction, reason, hint, verdicts });
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

  async advance(_stack: string, commit: CommitInfo, settingsDigest: string): Promise<void> {
    this.#advanced = { commit, settingsDigest };
  }

  async lastRelease(stack: string): Promise<Release | null> {
    return (await this.releases(stack, 1))[0] ?? null;
  }

  async releases(stack: string, limit: number): Promise<readonly Release[]> {
    const rows = this.rows.filter((row) => row.stack === stack && row.status === "healthy");
    return rows.slice(0, limit).map((row, index) => this.#releaseOf(row, index === 0 ? this.#advanced : null));
  }

  async releasedProject(deploymentId: string): Promise<Project | null> {
    return this.#facts.get(deploymentId)?.project ?? null;
  }

  async forgetOld(stack: string, keep: number): Promise<void> {
    const release = await this.lastRelease(stack);
    const own = this.rows.filter((row) => row.stack === stack);
    const old = own.slice(keep).filter(({ id }) => id !== release?.deploymentId);
    this.rows = this.rows.filter((row) => !old.includes(row));
  }

  #releaseOf(row: Deployment, advanced: Advance | null): Release {
    const { commit, message, author } = advanced?.commit ?? row;
    const facts = this.#facts.get(row.id);
    return {
      deploymentId: row.id,
      commit,
      message,
      author,
      settingsDigest: advanced?.settingsDigest ?? row.settingsDigest,
      imageDigests: facts?.imageDigests ?? {},
      repoDigests: facts?.repoDigests ?? {},
      inputDigest: facts?.inputDigest ?? null,
      healthyAt: row.startedAt,
    };
  }

  #replace(row: Deployment): Deployment {
    this.rows = this.rows.map((other) => (other.id === row.id ? row : other));
    return row;
  }
}
