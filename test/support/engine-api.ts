import type { TestEngine } from "./engine.ts";

/** One container as the Engine lists it: what tests look at. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Asks the Engine itself, past everything of ours; throws on any answer but success. */
export async function engineApi<T = unknown>(
  engine: TestEngine,
  path: string,
  method = "GET",
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`http://engine${path}`, {
    unix: engine.socketPath,
    method,
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text === "" ? null : JSON.parse(text)) as T;
}

/** The containers of a Compose project, running or not, oldest first. */
export async function containersOf(engine: TestEngine, project: string): Promise<readonly ListedContainer[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const listed = await engineApi<ListedContainer[]>(engine, `/containers/json?all=1&filters=${filters}`);
  return listed.reverse();
}

/** Removes a project's containers, networks and volumes, so that tests leave the shared Engine as they found it. */
export async function removeProject(engine: TestEngine, project: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const containers = await containersOf(engine, project);
  const removals = containers.map(({ Id }) => engineApi(engine, `/containers/${Id}?force=1&v=1`, "DELETE"));
  await Promise.allSettled(removals);
  for (const { Id } of await engineApi<readonly { readonly Id: string }[]>(engine, `/networks?filters=${filters}`)) {
    await engineApi(engine, `/networks/${Id}`, "DELETE").catch(() => undefined);
  }
  const { Volumes } = await engineApi<{ readonly Volumes: readonly { readonly Name: string }[] | null }>(
    engine,
    `/volumes?filters=${filters}`,
  );
  for (const { Name } of Volumes ?? []) await engineApi(engine, `/volumes/${Name}`, "DELETE").catch(() => undefined);
}
