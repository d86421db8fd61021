import type Docker from "dockerode";
import { TallymanError } from "../error.ts";
import type { Service } from "../project.ts";
import { parseDuration } from "../quantity.ts";
import { apiAtLeast } from "./engine-client.ts";

type HealthConfig = NonNullable<Docker.ContainerCreateOptions["Healthcheck"]> & { StartInterval?: number };

/** Undefined leaves the image's own healthcheck; a zero duration inherits it too. Source: compose.md §3.1. */
export function healthcheckOptions(
  service: Service,
  serviceName: string,
  apiVersion: string,
): HealthConfig | undefined {
  const check = service.healthcheck;
  if (!check) return undefined;
  const options: HealthConfig = {};
  if (check.disable) options.Test = ["NONE"];
  else if (check.test) options.Test = [...check.test];
  if (check.interval) options.Interval = nanoseconds(check.interval);
  if (check.timeout) options.Timeout = nanoseconds(check.timeout);
  if (check.retries !== undefined) options.Retries = check.retries;
  if (check.start_period) options.StartPeriod = nanoseconds(check.start_period);
  if (check.start_interval)
    options.StartInterval = startInterval(check.start_interval, service, serviceName, apiVersion);
  return options;
}

function startInterval(interval: string, service: Service, serviceName: string, apiVersion: string): number {
  const field = `services.${serviceName}.healthcheck.start_interval`;
  if (!apiAtLeast(apiVersion, "1.44"))
    throw new TallymanError("ComposeUnsupported", `${field} needs Docker Engine 25 or newer.`, {
      hint: "Take start_interval out, or update the Engine.",
    });
  if (!service.healthcheck?.start_period)
    throw new TallymanError("ComposeInvalid", `${field}: start_interval requires start_period to be set.`, {
      hint: "Add start_period beside start_interval.",
    });
  return nanoseconds(interval);
}

function nanoseconds(duration: string): number {
  return Number(parseDuration(duration));
}
