import type Docker from "dockerode";
import type { Service } from "../project.ts";
import type { Device, DeviceRequest } from "../service-resources.ts";
import { given } from "./given.ts";

/** Host devices, CDI devices and GPUs. Source: compose.md §3.1. */
export function deviceOptions(service: Service): Docker.HostConfig {
  const devices = service.devices ?? [];
  const requests = [
    ...(service.deploy?.resources?.reservations?.devices ?? []).map((request) => deviceRequest(request, [])),
    ...(service.gpus ?? []).map((request) => deviceRequest(request, ["gpu"])),
    ...devices.filter(isCdi).map(({ source }) => ({ Driver: "cdi", DeviceIDs: [source] })),
  ];
  const mappings = devices.filter((device) => !isCdi(device)).map(deviceMapping);
  return {
    ...given("Devices", mappings.length > 0 ? mappings : undefined),
    ...given("DeviceRequests", requests.length > 0 ? requests : undefined),
    ...given("DeviceCgroupRules", service.device_cgroup_rules && [...service.device_cgroup_rules]),
  };
}

function deviceMapping({ source, target, permissions }: Device): Docker.DeviceMapping {
  return { PathOnHost: source, PathInContainer: target ?? source, CgroupPermissions: permissions ?? "rwm" };
}

/** `vendor.com/class=name`, mapped to itself. Source: Container Device Interface specification. */
function isCdi({ source, target }: Device): boolean {
  return (target === undefined || target === source) && /^[a-z][\w.-]*\/[a-z][\w.-]*=[\w.:-]+$/i.test(source);
}

function deviceRequest(request: DeviceRequest, always: readonly string[]): Docker.DeviceRequest {
  return {
    ...given("Driver", request.driver),
    ...given("Count", request.count),
    ...given("DeviceIDs", request.device_ids && [...request.device_ids]),
    Capabilities: [[...(request.capabilities ?? []), ...always]],
    ...given("Options", request.options && { ...request.options }),
  };
}
