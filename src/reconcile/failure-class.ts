import type { FailureClass } from "../deployment.ts";
import type { Reason } from "../error.ts";

/** What a reason means for the next pass. Source: the table "Failure classes" of the deployment design. */
const CLASS: Readonly<Record<Reason, FailureClass>> = {
  InvalidInput: "rejected",
  NotFound: "rejected",
  AlreadyExists: "rejected",
  ChangedMeanwhile: "transient",
  Unauthorized: "denied",
  Forbidden: "denied",
  Busy: "transient",
  Internal: "transient",
  DaemonUnreachable: "transient",
  AlreadyRunning: "transient",
  AddressInUse: "transient",
  StoreKeyMissing: "transient",
  StoreKeyWrong: "transient",
  StoreNewer: "transient",
  StoreUnusable: "transient",
  GitUnreachable: "transient",
  GitTimeout: "transient",
  GitAuthentication: "denied",
  GitNotARepository: "denied",
  GitRefMissing: "denied",
  GitEmptyRepository: "denied",
  GitRefused: "rejected",
  HostKeyUnknown: "denied",
  HostKeyChanged: "denied",
  WorkerFailed: "transient",
  FolderUnreadable: "transient",
  ComposeFileMissing: "rejected",
  ComposeInvalid: "rejected",
  ComposeUnsupported: "rejected",
  VariableMissing: "rejected",
  PolicyViolation: "rejected",
  EngineUnreachable: "transient",
  EngineTimeout: "transient",
  EngineRefused: "rejected",
  EngineFailed: "transient",
  ImageUnavailable: "rejected",
  BuildFailed: "rejected",
  RegistryUnavailable: "transient",
  RegistryDenied: "denied",
  DiskFull: "transient",
  ForeignProject: "denied",
  NotHealthy: "unhealthy",
  Interrupted: "interrupted",
};

/**
 * The class of a failure that came before anything running was touched, or, with `applying`, in the middle of the change: there,
 * whatever the Engine refuses counts as an unhealthy release, because going back is what helps.
 */
export function failureClass(reason: Reason, phase: "preparing" | "applying"): FailureClass {
  const found = CLASS[reason];
  return phase === "applying" && found === "rejected" ? "unhealthy" : found;
}
