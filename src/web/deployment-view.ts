import type { DeploymentView } from "../../views/deployment/deployment-view.ts";
import type { Deployment } from "../deployment.ts";
import { TallymanError } from "../error.ts";
import type { Web } from "./web-context.ts";

const LOOK_BACK = 100;

/** Throws NotFound. */
export async function deploymentWith(web: Web, deploymentId: string): Promise<Deployment> {
  const deployment = /^\d{1,15}$/.test(deploymentId) ? await web.store.history.get(deploymentId) : null;
  if (deployment) return deployment;
  throw new TallymanError("NotFound", "there is no such deployment", {
    hint: "`tallyman history NAME` shows a stack's.",
  });
}

/** What the page of one deployment shows. Throws NotFound. */
export async function deploymentView(web: Web, deploymentId: string): Promise<Omit<DeploymentView, "live">> {
  const deployment = await deploymentWith(web, deploymentId);
  const history = await web.store.history.list(deployment.stack, LOOK_BACK);
  return {
    deployment,
    wentBack: deployment.status === "failed" ? returnAfter(deployment, history) : null,
    isLatestAttempt: history.find(({ trigger }) => trigger !== "rollback")?.id === deployment.id,
  };
}

/** The rollback that a failed deployment caused: the very next one, if it is one. `history` is newest first. */
function returnAfter(failed: Deployment, history: readonly Deployment[]): Deployment | null {
  const next = history[history.findIndex(({ id }) => id === failed.id) - 1];
  return next?.trigger === "rollback" ? next : null;
}
