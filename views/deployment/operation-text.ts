import type { RecordedOperation } from "../../src/deployment.ts";

const VERBS: Readonly<Record<string, string>> = {
  "pull-image": "pull",
  "build-image": "build",
  "create-network": "create network",
  "remove-network": "remove network",
  "create-volume": "create volume",
  "remove-volume": "remove volume",
  "create-container": "create",
  "start-container": "start",
  "stop-container": "stop",
  "remove-container": "remove",
  "rename-container": "rename",
  "set-restart-policy": "set restart of",
  "disconnect-network": "disconnect",
  "connect-network": "connect",
  "await-service": "wait for",
};

/** What one Engine call does, for a person: `start api 2`, `pull nginx:1.27`, `create network default`. */
export function operationText({ kind, resource }: Pick<RecordedOperation, "kind" | "resource">): string {
  const name = resource.split(":").slice(1);
  const what = kind.endsWith("-image") ? name.join(":") : name.join(" ");
  return `${VERBS[kind] ?? kind.replaceAll("-", " ")} ${what}`;
}
