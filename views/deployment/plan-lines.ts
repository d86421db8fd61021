import type { RecordedOperation } from "../../src/deployment.ts";

/** What a plan does to one thing, in one line: containers of a service with the same cause stand together. */
export interface PlanLine {
  readonly sign: "+" | "~" | "−";
  /** `service api 1, 2`, `image api:3.3`, `network default` */
  readonly what: string;
  readonly cause: string;
}

type Step = Pick<RecordedOperation, "kind" | "resource" | "cause">;

interface Change {
  readonly sign: PlanLine["sign"];
  readonly noun: string;
  readonly name: string;
  readonly number: string | null;
  readonly causes: readonly string[];
}

/** Folds operations (one Engine call each) into what a person wants to know. Waiting is no change and has no line. */
export function planLines(operations: readonly Step[]): readonly PlanLine[] {
  const changes = operations.filter((step) => step.kind !== "await-service");
  const resources = [...new Set(changes.map((step) => step.resource))];
  return merged(
    resources.map((resource) =>
      changeOf(
        resource,
        changes.filter((step) => step.resource === resource),
      ),
    ),
  );
}

/** Names of the services of which a plan touches a container. */
export function changedServices(operations: readonly Step[]): readonly string[] {
  const names = operations.flatMap(({ kind, resource }) => {
    const [noun, name] = resource.split(":");
    return noun === "service" && name !== undefined && kind !== "await-service" ? [name] : [];
  });
  return [...new Set(names)];
}

function changeOf(resource: string, steps: readonly Step[]): Change {
  const [noun = "", ...rest] = resource.split(":");
  const [name, number] = noun === "service" ? [rest[0] ?? "", rest[1] ?? null] : [rest.join(":"), null];
  return {
    sign: signOf(steps),
    noun,
    name,
    number,
    causes: [...new Set(steps.map((step) => step.cause))].filter(Boolean),
  };
}

function signOf(steps: readonly Step[]): PlanLine["sign"] {
  const kinds = steps.map((step) => step.kind);
  const makes = kinds.some((kind) => /^(create|pull|build)-/.test(kind));
  const ends = kinds.some((kind) => /^(stop|remove)-/.test(kind));
  if (makes && !ends) return "+";
  return ends && !makes && kinds.some((kind) => kind.startsWith("remove-")) ? "−" : "~";
}

function merged(changes: readonly Change[]): readonly PlanLine[] {
  const groups = Map.groupBy(changes, (one) => [one.sign, one.noun, one.name, ...one.causes].join("\n"));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const numbers = group.flatMap(({ number }) => (number === null ? [] : [number]));
    return {
      sign: first?.sign ?? "~",
      what: [first?.noun, first?.name, numbers.join(", ")].filter(Boolean).join(" "),
      cause: first?.causes.join("; ") ?? "",
    };
  });
}
