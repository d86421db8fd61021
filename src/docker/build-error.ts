import { TallymanError } from "../error.ts";
import type { BuildProgress, BuildStatus } from "./build-progress.ts";
import { pullError } from "./pull-error.ts";

/**
 * Why a build failed: the step, the builder's words and the step's last lines. A base image that cannot be had counts as any image that
 * cannot: passing trouble of a registry is tried again.
 */
export function buildError(serviceName: string, status: BuildStatus, progress: BuildProgress): TallymanError {
  const whole = (status.errorDetail?.message ?? status.error ?? "").trim();
  const text = progress.stepError || whole;
  const base = /^\[(?:internal|context [^\]]+)\] load metadata for (\S+)/.exec(progress.failedStep)?.[1];
  if (base !== undefined) return baseError(serviceName, base, text, status);
  if (/no space left on device|disk quota exceeded/i.test(whole))
    return new TallymanError("DiskFull", `services.${serviceName}.build: ${text}`, {
      hint: "Free space on the Engine's disk (`docker system df`, `docker builder prune`); it is tried again by itself.",
      cause: status,
    });
  const step = progress.failedStep === "" ? "" : `${progress.failedStep}: `;
  const lines = progress.lastLines.map((line) => `\n  ${line}`).join("");
  return new TallymanError("BuildFailed", `services.${serviceName}.build failed at ${step}${text}${lines}`, {
    hint: "Mend the Dockerfile or what it copies; the lines are the step's own last ones.",
    cause: status,
  });
}

function baseError(serviceName: string, base: string, text: string, cause: unknown): TallymanError {
  // What the builder says when a registry wants a login, even an anonymous one.
  const said = /no active sessions?/.test(text) ? "unauthorized: the registry wants a login" : text;
  const { reason, message, hint } = pullError({ image: base }, said, cause);
  return new TallymanError(reason, `services.${serviceName}.build: ${message}`, { hint, cause });
}
