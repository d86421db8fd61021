import { TallymanError } from "../error.ts";
import { COMPOSE_LABEL } from "../label.ts";
import type { ObservedNetwork, ObservedState } from "../observed-state.ts";
import type { Network, Project } from "../project.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/** Creates missing networks; refuses what would need one to be torn down. Throws EngineRefused, ComposeUnsupported. */
export function planNetworks(project: Project, observed: ObservedState, builder: PlanBuilder): readonly number[] {
  const created: number[] = [];
  for (const [networkKey, network] of Object.entries(project.networks)) {
    const existing = observed.networks.find((candidate) => candidate.name === network.name);
    if (network.external) requireExternal(network, existing);
    else if (existing) requireSame(project, networkKey, existing);
    else created.push(builder.add({ kind: "create-network", networkKey, name: network.name }, "network is missing"));
  }
  return created;
}

function requireExternal(network: Network, existing: ObservedNetwork | undefined): void {
  if (existing) return;
  throw new TallymanError("EngineRefused", `network ${network.name} declared as external, but could not be found`, {
    hint: `Create it with \`docker network create ${network.name}\`, or take \`external\` away.`,
  });
}

function requireSame(project: Project, networkKey: string, existing: ObservedNetwork): void {
  const label = existing.labels[COMPOSE_LABEL.network];
  const hash = existing.labels[COMPOSE_LABEL.configHash];
  if (label !== networkKey) {
    throw new TallymanError(
      "EngineRefused",
      `network ${existing.name} was found but has incorrect label ${COMPOSE_LABEL.network} set to "${label ?? ""}" (expected: "${networkKey}")`,
      { hint: `Remove that network, or declare it as \`external: true\` under networks.${networkKey}.` },
    );
  }
  if (hash === undefined || hash === project.hashes.networks[networkKey]) return;
  throw new TallymanError(
    "ComposeUnsupported",
    `networks.${networkKey}: the definition changed, and replacing a network in use is not supported yet`,
    {
      hint: `Give it a new name in the Compose file, or remove ${existing.name} by hand once nothing uses it.`,
    },
  );
}
