import type { Command } from "commander";
import type { Context } from "./command-context.ts";
import { addResume } from "./resume.ts";
import { addStackAdd } from "./stack-add.ts";
import { addStackAdopt } from "./stack-adopt.ts";
import { addStackEdit } from "./stack-edit.ts";
import { addStackList } from "./stack-list.ts";
import { addStackRemove } from "./stack-remove.ts";
import { addStackShow } from "./stack-show.ts";
import { addSuspend } from "./suspend.ts";

export function addStack(program: Command, context: Context): void {
  const group = program.command("stack").description("the repositories that are kept running");
  addStackAdd(group, context);
  addStackList(group, context);
  addStackShow(group, context);
  addStackEdit(group, context);
  addStackAdopt(group, context);
  addSuspend(group, context);
  addResume(group, context);
  addStackRemove(group, context);
}
