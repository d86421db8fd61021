import type { Command } from "commander";
import type { ObservedContainer } from "../observed-state.ts";
import { addJson, type Context, engineConfigOf, paintFor } from "./command-context.ts";
import { composeEngineCommand, projectNameOf } from "./compose-request.ts";
import { relativeTime } from "./relative-time.ts";
import { type Paint, showOutcome } from "./style.ts";
import { table } from "./table.ts";

export function addComposePs(group: Command, context: Context): void {
  addJson(composeEngineCommand(group, "ps", "list the project's containers")).action(
    async (options: { json?: boolean }, self: Command) => {
      const { tools } = context;
      const projectName = await projectNameOf(context, self);
      const containers = await tools.compose.ps(engineConfigOf(context, self), projectName, tools.signal);
      if (options.json) tools.stdout.write(`${JSON.stringify(containers.map(wireForm), null, 2)}\n`);
      else tools.stdout.write(showContainers(containers, paintFor(context, tools.stdout), tools.now()));
    },
  );
}

function wireForm(container: ObservedContainer) {
  const { id, name, serviceName, number, image, state, health, exitCode, startedAt, createdAt } = container;
  return { id, name, service: serviceName, number, image, state, health, exitCode, startedAt, createdAt };
}

function showContainers(containers: readonly ObservedContainer[], paint: Paint, now: Date): string {
  const rows = [...containers]
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))
    .map((container) => [
      container.name,
      container.serviceName,
      container.image,
      { shown: showOutcome(container.health === "none" ? container.state : container.health, paint) },
      relativeTime(container.startedAt, now),
    ]);
  return table(["name", "service", "image", "state", "started"], rows) || "no containers\n";
}
