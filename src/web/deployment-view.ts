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
  return { deployment, wentBack: deployment.status === "failed" ? await returnAfter(web, deployment) : null };
}

/** The rollback that a failed deployment caused: the very next one, if it is one. */
async function returnAfter(web: Web, failed: Deployment): Promise<Deployment | null> {
  const history = await web.store.history.list(failed.stack, LOOK_BACK);
  const next = history[history.findIndex(({ id }) => id === failed.id) - 1];
  return next?.trigger === "rollback" ? next : null;
}
