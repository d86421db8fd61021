import { TallymanError } from "../error.ts";
import type { PassResult } from "../reconcile/pass.ts";
import { stackVariables } from "../stack-folders.ts";
import type { VariableEntry } from "../variable.ts";
import { record } from "./audit.ts";
import { type Caller, callerName } from "./caller.ts";
import { askForPass } from "./passes.ts";
import { stackNamed } from "./stack-actions.ts";
import type { Web } from "./web-context.ts";

/** Set by Tallyman itself for every stack, and stronger than whatever an operator sets. */
const TAKEN: ReadonlySet<string> = new Set(Object.keys(stackVariables("/", "any")));

/** Whose variables: one stack's, or with null those that every stack sees. */
export type Owner = string | null;

/** A change leads to passes; nobody need wait for their ends. */
export interface Changed {
  readonly ends: readonly Promise<PassResult>[];
}

export interface NewVariable {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
}

/** The owner's own variables by name; of a stack the shared ones too, which its own hide. Throws NotFound. */
export async function variablesSeen(web: Web, owner: Owner): Promise<readonly VariableEntry[]> {
  if (owner !== null) await stackNamed(web, owner);
  return web.store.variables.list(owner);
}

/** A change of a shared one leads to a pass of every stack. Throws NotFound and InvalidInput. */
export async function setVariable(web: Web, caller: Caller, owner: Owner, given: NewVariable): Promise<Changed> {
  if (owner !== null) await stackNamed(web, owner);
  const name = given.name.trim();
  if (TAKEN.has(name))
    throw new TallymanError("InvalidInput", `name: ${name} is set by Tallyman itself`, {
      hint: "Choose another name.",
    });
  await web.store.variables.set(owner, name, given.value, { secret: given.secret, by: callerName(caller) });
  await record(web, caller, given.secret ? "secret set" : "variable set", subjectOf(owner, name));
  return passesAfter(web, owner);
}

/** Throws NotFound for a name that is not set there, and InvalidInput. */
export async function unsetVariable(web: Web, caller: Caller, owner: Owner, given: string): Promise<Changed> {
  if (owner !== null) await stackNamed(web, owner);
  const name = given.trim();
  const entry = await entryNamed(web, owner, name);
  if (!entry)
    throw new TallymanError("NotFound", `${owner ?? "no stack"} has no variable or secret of that name`, {
      hint: `\`tallyman variable list ${owner ?? "--shared"}\` shows all of them.`,
    });
  await web.store.variables.unset(owner, name);
  await record(web, caller, entry.secret ? "secret removed" : "variable removed", subjectOf(owner, name));
  return passesAfter(web, owner);
}

/** Changing a variable changes the settings digest of every stack that sees it. */
async function passesAfter(web: Web, owner: Owner): Promise<Changed> {
  const stackNames = owner === null ? (await web.store.stacks.list()).map(({ name }) => name) : [owner];
  return { ends: stackNames.map((stackName) => askForPass(web, stackName, "settings")) };
}

async function entryNamed(web: Web, owner: Owner, name: string): Promise<VariableEntry | undefined> {
  return (await web.store.variables.list(owner)).find((entry) => entry.stack === owner && entry.name === name);
}

function subjectOf(owner: Owner, name: string): string {
  return owner === null ? `${name} (shared)` : `${owner} ${name}`;
}
