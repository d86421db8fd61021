import type { Deployment, RecordedOperation, Release } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import type { History, NewDeployment, Outcome } from "../history.ts";
import type { Project } from "../project.ts";
import type { CommitInfo } from "../revision.ts";
import type { Database, Sql } from "./database.ts";
import type { Row, Value } from "./database-protocol.ts";
import {
  deploymentNumber,
  deploymentOf,
  RELEASE_COLUMNS,
  releaseOf,
  SELECT_DEPLOYMENT,
  SELECT_OUTLINE,
} from "./deployment-row.ts";
import { ReleaseModels } from "./release-model.ts";
import { integer } from "./row.ts";
import type { Seal } from "./seal.ts";
import { knownStackId, stackId } from "./stack-store.ts";

/**
 * The record of deployments. A stack's history is that of the stack which bears the name now: it returns when a removed stack comes back,
 * and is not that of a removed namesake from elsewhere.
 */
export class HistoryStore implements History {
  readonly #database: Database;
  readonly #models: ReleaseModels;
  readonly #now: () => Date;

  constructor(database: Database, seal: Seal, now: () => Date) {
    this.#database = database;
    this.#models = new ReleaseModels(database, seal);
    this.#now = now;
  }

  async begin(attempt: NewDeployment): Promise<Deployment> {
    return await this.#database.inTurn(async (sql) => {
      const stack = await knownStackId(sql, attempt.stack);
      await sql.write({ sql: CUT_OFF, values: [END_UNKNOWN, NEXT_PASS, this.#now().toISOString(), stack] });
      const [newest] = await sql.query(
        `${SELECT_DEPLOYMENT} WHERE stack_id = ? ORDER BY deployment.id DESC LIMIT 1`,
        stack,
      );
      const [returned] =
        newest && continues(attempt, deploymentOf(newest))
          ? await sql.write({ sql: RESUME, values: [integer(newest, "id")] })
          : await sql.write({ sql: BEGIN, values: [stack, ...valuesOf(attempt), this.#now().toISOString()] });
      return await known(sql, idOf(returned));
    });
  }

  async recordOperations(deploymentId: string, operations: readonly RecordedOperation[]): Promise<void> {
    await this.#database.write({
      sql: "UPDATE deployment SET operations = ? WHERE id = ?",
      values: [JSON.stringify(operations), deploymentNumber(deploymentId)],
    });
  }

  /** Throws NotFound, and Internal for an attempt that has ended already. */
  async finish(deploymentId: string, outcome: Outcome): Promise<Deployment> {
    return await this.#database.inTurn(async (sql) => {
      const id = deploymentNumber(deploymentId);
      const open = await known(sql, id);
      if (open.status !== "applying") {
        throw new TallymanError("Internal", `deployment ${deploymentId} is already ${open.status}`);
      }
      const model = outcome.status === "healthy" ? this.#models.keep(id, outcome.project) : [];
      await sql.write({ sql: FINISH, values: this.#ending(open, outcome) }, ...model);
      return await known(sql, id);
    });
  }

  async markInterrupted(): Promise<readonly Deployment[]> {
    const rows = await this.#database.query(`${SELECT_DEPLOYMENT} WHERE status = 'applying' ORDER BY deployment.id`);
    const reason = "Tallyman ended in the middle of this deployment";
    return await Promise.all(rows.map((row) => this.finish(deploymentOf(row).id, { status: "interrupted", reason })));
  }

  async list(stack: string, limit: number): Promise<readonly Deployment[]> {
    return (await this.#database.query(LIST_DEPLOYMENTS, stack, limit)).map(deploymentOf);
  }

  async outline(stack: string, limit: number): Promise<readonly Deployment[]> {
    return (await this.#database.query(LIST_OUTLINES, stack, limit)).map(deploymentOf);
  }

  async get(deploymentId: string): Promise<Deployment | null> {
    return await found(this.#database, deploymentNumber(deploymentId));
  }

  /** Without a release nothing moves. */
  async advance(stack: string, { commit, message, author }: CommitInfo, settingsDigest: string): Promise<void> {
    const values = [commit, message, author, settingsDigest, stack];
    await this.#database.write({ sql: `${ADVANCE} WHERE id = (SELECT deployment.id ${HEALTHY} LIMIT 1)`, values });
  }

  async lastRelease(stack: string): Promise<Release | null> {
    return (await this.releases(stack, 1))[0] ?? null;
  }

  async releases(stack: string, limit: number): Promise<readonly Release[]> {
    return (await this.#database.query(LIST_RELEASES, stack, limit)).map(releaseOf);
  }

  async releasedProject(deploymentId: string): Promise<Project | null> {
    return await this.#models.read(deploymentId);
  }

  /** What a hold names and what is under way stays as well. */
  async forgetOld(stack: string, keep: number): Promise<void> {
    await this.#database.inTurn(async (sql) => {
      const id = await stackId(sql, stack);
      if (id !== null) await sql.write({ sql: FORGET_OLD, values: [id, id, keep, id] });
    });
  }

  #ending(open: Deployment, outcome: Outcome): readonly Value[] {
    const now = this.#now();
    const cut = outcome.status === "interrupted";
    return [
      outcome.status,
      outcome.status === "failed" ? outcome.class : cut ? "interrupted" : null,
      outcome.status === "failed" ? outcome.failureAction : null,
      outcome.status === "healthy" ? null : outcome.reason,
      outcome.status === "failed" ? outcome.hint : cut ? NEXT_PASS : null,
      open.interruptions + (cut ? 1 : 0),
      JSON.stringify(cut ? [] : outcome.verdicts),
      JSON.stringify(outcome.status === "healthy" ? outcome.imageDigests : {}),
      JSON.stringify(outcome.status === "healthy" ? outcome.repoDigests : {}),
      outcome.status === "healthy" ? outcome.inputDigest : null,
      now.toISOString(),
      Math.max(0, now.getTime() - Date.parse(open.startedAt)),
      deploymentNumber(open.id),
    ];
  }
}

const BEGIN = `INSERT INTO deployment
  (stack_id, commit_id, message, author, committed_at, trigger, cause, settings_digest, status, started_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'applying', ?) RETURNING id`;

const END_UNKNOWN = "its end could not be recorded";
const NEXT_PASS = "The next pass goes on with it.";

/** A stack has one attempt at a time, so one still open when the next begins is one whose end found no room on the disk. */
const CUT_OFF = `UPDATE deployment SET status = 'interrupted', class = 'interrupted', reason = ?, hint = ?, finished_at = ?,
  interruptions = interruptions + 1 WHERE stack_id = ? AND status = 'applying'`;

const RESUME = `UPDATE deployment SET status = 'applying', class = NULL, reason = NULL, hint = NULL,
  finished_at = NULL, duration_ms = NULL WHERE id = ? RETURNING id`;

const FINISH = `UPDATE deployment SET status = ?, class = ?, failure_action = ?, reason = ?, hint = ?, interruptions = ?,
  verdicts = ?, image_digests = ?, repo_digests = ?, input_digest = ?, finished_at = ?, duration_ms = ? WHERE id = ?`;

const ADVANCE = `UPDATE deployment SET advanced_commit_id = ?, advanced_message = ?, advanced_author = ?,
  advanced_settings_digest = ?`;

const HEALTHY = `FROM deployment JOIN stack ON stack.id = deployment.stack_id
  WHERE stack.name = ? AND removed_at IS NULL AND status = 'healthy' ORDER BY deployment.id DESC`;

const NEWEST = "WHERE stack.name = ? AND removed_at IS NULL ORDER BY deployment.id DESC LIMIT ?";

/** Takes the stack's name and the limit; an index leads to the newest rows. */
export const LIST_DEPLOYMENTS = `${SELECT_DEPLOYMENT} ${NEWEST}`;

export const LIST_OUTLINES = `${SELECT_OUTLINE} ${NEWEST}`;

export const LIST_RELEASES = `SELECT ${RELEASE_COLUMNS} ${HEALTHY} LIMIT ?`;

export const FORGET_OLD = `DELETE FROM deployment WHERE stack_id = ?
  AND id <= (SELECT id FROM deployment WHERE stack_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)
  AND id <> coalesce((SELECT max(id) FROM deployment WHERE stack_id = ? AND status = 'healthy'), 0)
  AND id NOT IN (SELECT deployment_id FROM hold WHERE deployment_id IS NOT NULL)
  AND status <> 'applying'`;

/** One attempt is one entry: what was cut off is taken up again, as long as nothing else was tried since. */
function continues(attempt: NewDeployment, newest: Deployment): boolean {
  return (
    newest.status === "interrupted" &&
    newest.commit === attempt.commit.commit &&
    newest.settingsDigest === attempt.settingsDigest
  );
}

function valuesOf({ commit, trigger, cause, settingsDigest }: NewDeployment): readonly Value[] {
  return [commit.commit, commit.message, commit.author, commit.committedAt, trigger, cause, settingsDigest];
}

async function found(sql: Pick<Sql, "query">, id: number): Promise<Deployment | null> {
  const [row] = await sql.query(`${SELECT_DEPLOYMENT} WHERE deployment.id = ?`, id);
  return row ? deploymentOf(row) : null;
}

async function known(sql: Pick<Sql, "query">, id: number): Promise<Deployment> {
  const deployment = await found(sql, id);
  if (deployment) return deployment;
  throw new TallymanError("NotFound", `there is no deployment ${id}`, {
    hint: "`tallyman history STACK` shows the ids.",
  });
}

function idOf(rows: readonly Row[] | undefined): number {
  const [row] = rows ?? [];
  return row ? integer(row, "id") : 0;
}
