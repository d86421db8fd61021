import { dirname } from "node:path";
import { checkLiveTree } from "../check-live-tree.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import type { PlanReport } from "../plan.ts";
import type { FoundProject } from "../reconcile/reconciler.ts";
import { type AddedStack, addStack } from "./add-stack.ts";
import type { Caller } from "./caller.ts";
import type { NewStack } from "./new-stack.ts";
import type { Web } from "./web-context.ts";

export const ADOPTION_HOLD = "adoption: look at the plan first";

export interface Adoption extends Omit<NewStack, "name"> {
  readonly name?: string | undefined;
  readonly project: string;
  /** The live tree stays where the project runs now. */
  readonly inPlace?: boolean | undefined;
}

export interface Adopted extends AddedStack {
  readonly found: FoundProject;
  /** Null when the repository cannot be read yet; `obstacle` says why. */
  readonly plan: PlanReport | null;
  readonly obstacle: TallymanError | null;
}

/**
 * Makes a stack of a project that runs already. Nothing is changed: the stack is suspended until somebody has seen the plan.
 * Throws NotFound when nothing runs under that name, ForeignProject, AlreadyExists and InvalidInput.
 */
export async function adoptProject(web: Web, caller: Caller, { inPlace, ...given }: Adoption): Promise<Adopted> {
  const project = given.project.trim();
  const found = await projectToAdopt(web, project);
  const added = await addStack(
    web,
    caller,
    { ...given, project, name: given.name?.trim() || project },
    {
      suspendedBecause: ADOPTION_HOLD,
      liveTree: inPlace ? checkLiveTree(liveTreeOf(found, given.path), rootOf(web)) : null,
    },
  );
  return { ...added, found, ...(await firstPlan(web, added)) };
}

async function projectToAdopt(web: Web, project: string): Promise<FoundProject> {
  const keeper = (await web.store.stacks.list()).find((stack) => stack.project === project);
  if (keeper)
    throw new TallymanError("AlreadyExists", `the stack ${keeper.name} keeps the project ${project} already`, {
      hint: `\`tallyman status ${keeper.name}\` shows it.`,
    });
  const found = await web.reconciler.look(project);
  if (!found)
    throw new TallymanError(
      "NotFound",
      `no container of a Compose project ${JSON.stringify(project.slice(0, 63))} is here`,
      {
        hint: "`docker compose ls -a` shows the projects of this host; add a stack that runs nowhere yet with `tallyman stack add`.",
      },
    );
  if (found.byTallyman !== null && found.byTallyman !== web.store.instanceId)
    throw new TallymanError(
      "ForeignProject",
      `the project ${project} belongs to another Tallyman (${found.byTallyman})`,
      {
        hint: "Remove it there first; its volumes stay.",
      },
    );
  return found;
}

/** Where the repository's root must lie so that `path` inside of it is the folder in which the project runs. Throws InvalidInput. */
function liveTreeOf({ project, workingDir }: FoundProject, path = ""): string {
  const folder = path
    .trim()
    .replace(/^\.?\//, "")
    .replace(/\/+$/, "");
  const tail = folder === "" || folder === "." ? "" : `/${folder}`;
  if (workingDir !== "" && workingDir.endsWith(tail)) return workingDir.slice(0, workingDir.length - tail.length);
  const where = workingDir === "" ? "does not say in which folder it runs" : `runs in ${workingDir}`;
  throw new TallymanError("InvalidInput", `inPlace: the project ${project} ${where}`, {
    hint: workingDir === "" ? "Leave out --in-place." : "Give the --path at which the repository holds that folder.",
  });
}

function rootOf(web: Web): string {
  return dirname(dirname(web.socketPath));
}

async function firstPlan(web: Web, { stack, probe }: AddedStack): Promise<Pick<Adopted, "plan" | "obstacle">> {
  if (!probe.ok) return { plan: null, obstacle: probe.error };
  try {
    return { plan: await web.reconciler.preview(stack.name), obstacle: null };
  } catch (thrown) {
    const obstacle = asTallymanError(thrown);
    if (obstacle.reason === "Internal") throw obstacle;
    return { plan: null, obstacle };
  }
}
