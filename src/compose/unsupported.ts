import { type Position, TallymanError } from "../error.ts";
import type { FileObject, Project, Service } from "../project.ts";
import { positionOf } from "./load-project.ts";
import { buildFields } from "./unsupported-build.ts";

/** Something a Compose file asks for that this version cannot do. */
export interface Unsupported {
  /** Dotted path: `services.web.provider`. */
  readonly field: string;
  readonly why: string;
  readonly hint: string;
  readonly at: Position | undefined;
}

/** Everything of the project that cannot be done, in the order of the file. `develop` only matters to a developer's watch. */
export function unsupported(project: Project): readonly Unsupported[] {
  const fields = [...serviceFields(project), ...fileFields(project)];
  return fields.map(([field, [why, hint]]) => ({ field, why, hint, at: positionOf(project, field) }));
}

/** Throws ComposeUnsupported that names the first of them, with file and line. */
export function checkSupported(project: Project): void {
  const [first] = unsupported(project);
  if (!first) return;
  const { field, why, hint, at } = first;
  throw new TallymanError("ComposeUnsupported", `${field}: ${why}`, { hint, ...(at ? { at } : {}) });
}

type Reasoned = readonly [field: string, reason: readonly [why: string, hint: string]];

const SERVICE_FIELDS: Readonly<Partial<Record<keyof Service, readonly [string, string]>>> = {
  credential_spec: ["credential_spec is for Windows containers, which are not supported", "Remove credential_spec."],
  models: ["models need the Docker Model plugin, which is not supported", "Run the model as a service with an image."],
  provider: ["provider services are not supported", "Describe the service with an image."],
  use_api_socket: [
    "use_api_socket is not supported: it would hand over the Engine",
    "Bind mount the socket if the service must have it.",
  ],
};

function serviceFields({ services }: Project): readonly Reasoned[] {
  return Object.entries(services).flatMap(([name, service]): readonly Reasoned[] => {
    const used = Object.entries(SERVICE_FIELDS).filter(([key]) => Object.hasOwn(service, key));
    const fields = used.map(([key, reason]): Reasoned => [`services.${name}.${key}`, reason]);
    return service.build ? [...fields, ...buildFields(name, service.build)] : fields;
  });
}

function fileFields({ configs, secrets }: Project): readonly Reasoned[] {
  return [...fieldsOf("configs", configs), ...fieldsOf("secrets", secrets)];
}

function fieldsOf(kind: "configs" | "secrets", objects: Project["configs"]): readonly Reasoned[] {
  return Object.entries(objects).flatMap(([key, object]) => {
    const field = (["external", "driver", "template_driver"] as const).find((one) => object[one]);
    return field === undefined ? [] : [[`${kind}.${key}.${field}`, fileReason(kind, key, field)] as const];
  });
}

function fileReason(kind: "configs" | "secrets", key: string, field: keyof FileObject): readonly [string, string] {
  const hint = "Use file:, environment: or, for a config, content:.";
  if (field === "external") return [`unsupported external ${kind === "configs" ? "config" : "secret"} ${key}`, hint];
  return [`Docker Compose does not support ${kind}.*.${field}`, hint];
}
