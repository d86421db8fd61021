import type { Engine } from "../engine.ts";
import { asTallymanError, TallymanError } from "../error.ts";
import type { ContainerStatus, StackStatus } from "../stack.ts";

/** A container whose output is wanted. */
export interface LogSource {
  readonly serviceName: string;
  readonly container: ContainerStatus;
}

/** Only containers of this stack: ids come from its status, never from a request. Throws NotFound for an unknown service. */
export function logSources(status: StackStatus, serviceName: string | null): readonly LogSource[] {
  const services = status.services.filter((service) => serviceName === null || service.name === serviceName);
  if (serviceName !== null && services.length === 0)
    throw new TallymanError("NotFound", `the stack has no service named "${serviceName.slice(0, 63)}"`, {
      hint: `It has ${status.services.map((service) => service.name).join(", ") || "none yet"}.`,
    });
  return services.flatMap((service) =>
    service.containers.map((container) => ({ serviceName: service.name, container })),
  );
}

/** A line as people read it. */
export interface ShownLine {
  readonly at: string;
  readonly stream: "stdout" | "stderr";
  readonly serviceName: string;
  readonly text: string;
}

/** The last lines of each of these containers, oldest first. A container that cannot be read says so in a line of its own. */
export async function latestLines(
  engine: Pick<Engine, "logs">,
  sources: readonly LogSource[],
  tail: number,
  signal: AbortSignal,
): Promise<readonly ShownLine[]> {
  const lines = await Promise.all(sources.map((source) => linesOf(engine, source, tail, signal)));
  return lines.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

async function linesOf(
  engine: Pick<Engine, "logs">,
  { serviceName, container }: LogSource,
  tail: number,
  signal: AbortSignal,
): Promise<readonly ShownLine[]> {
  const lines: ShownLine[] = [];
  try {
    for await (const { at, stream, text } of engine.logs(container.id, { tail }, signal))
      lines.push({ at, stream, serviceName, text });
  } catch (thrown) {
    const text = `${container.name}: ${asTallymanError(thrown).message}`;
    lines.push({ at: lines.at(-1)?.at ?? "", stream: "stderr", serviceName, text });
  }
  return lines;
}
