import { emptyProject, type Project } from "../project.ts";
import type { Database } from "./database.ts";
import type { Statement } from "./database-protocol.ts";
import { deploymentNumber } from "./deployment-row.ts";
import { text } from "./row.ts";
import type { Place, Seal } from "./seal.ts";

/** How many releases of a stack keep their model; a pinned one keeps it besides. */
export const MODELS_KEPT = 20;

const NEEDED = Object.keys(emptyProject(""));

/** The models of releases, sealed, as they hold the stacks' secrets. */
export class ReleaseModels {
  readonly #database: Database;
  readonly #seal: Seal;

  constructor(database: Database, seal: Seal) {
    this.#database = database;
    this.#seal = seal;
  }

  /** Null when it is not kept, or in the form of an older Tallyman that lacks something. Throws StoreUnusable when it was changed. */
  async read(deploymentId: string): Promise<Project | null> {
    const id = deploymentNumber(deploymentId);
    const [row] = await this.#database.query("SELECT model FROM release_model WHERE deployment_id = ?", id);
    if (!row) return null;
    const model = JSON.parse(this.#seal.open(placeOf(id), text(row, "model"))) as Project;
    return NEEDED.every((key) => key in model) ? model : null;
  }

  /** What must be written in the transaction that makes the deployment a release. */
  keep(id: number, project: Project): readonly Statement[] {
    return [
      {
        sql: `INSERT OR REPLACE INTO release_model (deployment_id, stack_id, model)
          SELECT id, stack_id, ? FROM deployment WHERE id = ?`,
        values: [this.#seal.close(placeOf(id), JSON.stringify(project)), id],
      },
      { sql: PRUNE, values: [id, MODELS_KEPT] },
    ];
  }
}

const PRUNE = `DELETE FROM release_model WHERE deployment_id IN (
    SELECT deployment_id FROM release_model WHERE stack_id = (SELECT stack_id FROM deployment WHERE id = ?)
    ORDER BY deployment_id DESC LIMIT -1 OFFSET ?)
  AND deployment_id NOT IN (SELECT deployment_id FROM hold WHERE deployment_id IS NOT NULL)`;

function placeOf(id: number): Place {
  return { table: "release_model", row: String(id), column: "model" };
}
