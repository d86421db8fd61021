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
  /** Newest first. */
  rows: Deployment[] = [];
  now = (): Date => new Date("2026-01-01T00:00:00Z");
  #lastId = 0;
  readonly #advances = new Map<string, Advance>();
  readonly #facts = new Map<string, Extract<Outcome, { readonly status: "healthy" }>>();

  async begin({ stack, commit, trigger, cause, settingsDigest }: NewDeployment): Promise<Deployment> {
    const open = this.rows.find((row) => row.stack === stack && row.status === "applying");
    if (open) await this.finish(open.id, { status: "interrupted", reason: "its end could not be recorded" });
    const newest = this.rows.find((row) => row.stack === stack);
    if (
      newest?.status === "interrupted" &&
      newest.commit === commit.commit &&
      newest.settingsDigest === settingsDigest
    ) {
      return this.#replace({ ...newest, status: "applying", ...UNDECIDED });
    }
    const deployment: Deployment = {
      id: String(++this.#lastId),
      stack,
      commit: commit.commit,
      message: commit.message,
      author: commit.author,
      trigger,
      cause,
      settingsDigest,
      status: "applying",
      interruptions: 0,
      startedAt: this.now().toISOString(),
      operations: [],
      verdicts: [],
      ...UNDECIDED,
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
    if (row.status !== "applying") throw new Error(`deployment ${deploymentId} is already ${row.status}`);
    const now = this.now();
    const durationMs = Math.max(0, now.getTime() - Date.parse(row.startedAt));
    const ended = { ...row, ...UNDECIDED, finishedAt: now.toISOString(), durationMs };
    const { status } = outcome;
    if (status === "interrupted") {
      const interruptions = row.interruptions + 1;
      return this.#replace({ ...ended, status, class: "interrupted", reason: outcome.reason, interruptions });
    }
    if (status === "failed") return this.#replace({ ...ended, ...outcome });
    this.#facts.set(deploymentId, outcome);
    return this.#replace({ ...ended, status, verdicts: outcome.verdicts });
  }

  async markInterrupted(): Promise<readonly Deployment[]> {
    const open = this.rows.filter((row) => row.status === "applying").reverse();
    return await Promise.all(open.map((row) => this.finish(row.id, { status: "interrupted", reason: "" })));
  }

  async list(stack: string, limit: number): Promise<readonly Deployment[]> {
    return this.rows.filter((row) => row.stack === stack).slice(0, limit);
  }

  async outline(stack: string, limit: number): Promise<readonly Deployment[]> {
    return (await this.list(stack, limit)).map((row) => ({ ...row, operations: [], verdicts: [] }));
  }

  async get(deploymentId: string): Promise<Deployment | null> {
    return this.rows.find((row) => row.id === deploymentId) ?? null;
  }

  async advance(stack: string, commit: CommitInfo, settingsDigest: string): Promise<void> {
    const release = await this.lastRelease(stack);
    if (release) this.#advances.set(release.deploymentId, { commit, settingsDigest });
  }

  async lastRelease(stack: string): Promise<Release | null> {
    return (await this.releases(stack, 1))[0] ?? null;
  }

  async releases(stack: string, limit: number): Promise<readonly Release[]> {
    const rows = this.rows.filter((row) => row.stack === stack && row.status === "healthy");
    return rows.slice(0, limit).map((row) => this.#releaseOf(row));
  }

  async releasedProject(deploymentId: string): Promise<Project | null> {
    return this.#facts.get(deploymentId)?.project ?? null;
  }

  async forgetOld(stack: string, keep: number): Promise<void> {
    const release = await this.lastRelease(stack);
    const own = this.rows.filter((row) => row.stack === stack);
    const old = own.slice(keep).filter(({ id, status }) => id !== release?.deploymentId && status !== "applying");
    for (const { id } of old) this.#facts.delete(id);
    this.rows = this.rows.filter((row) => !old.includes(row));
  }

  #releaseOf(row: Deployment): Release {
    const advance = this.#advances.get(row.id);
    const { commit, message, author } = advance?.commit ?? row;
    const facts = this.#facts.get(row.id);
    return {
      deploymentId: row.id,
      commit,
      message,
      author,
      settingsDigest: advance?.settingsDigest ?? row.settingsDigest,
      imageDigests: facts?.imageDigests ?? {},
      repoDigests: facts?.repoDigests ?? {},
      inputDigest: facts?.inputDigest ?? null,
      healthyAt: row.finishedAt ?? row.startedAt,
    };
  }

  #replace(row: Deployment): Deployment {
    this.rows = this.rows.map((other) => (other.id === row.id ? row : other));
    return row;
  }
}

const UNDECIDED = {
  class: null,
  failureAction: null,
  reason: null,
  hint: null,
  finishedAt: null,
  durationMs: null,
} as const;
