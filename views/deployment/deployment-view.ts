import type { Deployment } from "../../src/deployment.ts";

export interface DeploymentView {
  readonly deployment: Deployment;
  /** The rollback that followed a failed one, or null. */
  readonly wentBack: Deployment | null;
  /** Nothing was tried after it but the way back: trying again means this commit. */
  readonly isLatestAttempt: boolean;
  /** Address of the event stream; used only while the deployment runs. */
  readonly live: string;
}
