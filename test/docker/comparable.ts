/** What `inspect.json` of the corpus records of each resource, in a form that two Engines' answers can be compared in. */
export interface Recorded {
  readonly containers: readonly RecordedContainer[];
  readonly networks: readonly Named[];
  readonly volumes: readonly Named[];
}

interface Named {
  readonly Name: string;
}

interface RecordedContainer extends Named {
  readonly Config: Fields;
  readonly HostConfig: Fields;
  readonly Networks: Readonly<Record<string, Fields>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** By kind and name: ids, order of what has none, and empty values taken away. */
export function comparable(recorded: Recorded, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries([
    ...recorded.containers.map((each) => [`container ${each.Name}`, comparableContainer(each, names)]),
    ...recorded.networks.map((each) => [`network ${each.Name}`, withoutEmpty(each)]),
    ...recorded.volumes.map((each) => [`volume ${each.Name}`, withoutEmpty(each)]),
  ]);
}

function comparableContainer({ Config, HostConfig, Networks }: RecordedContainer, names: ReadonlyMap<string, string>) {
  const labels = { ...(Config["Labels"] as Record<string, string>) };
  const dependsOn = "com.docker.compose.depends_on";
  labels[dependsOn] = (labels[dependsOn] ?? "").split(",").sort().join(",");
  labels["com.docker.compose.image"] = "<image id>";
  const mode = String(HostConfig["NetworkMode"]).replace(/[0-9a-f]{64}/, (id) => names.get(id) ?? "<container>");
  return withoutEmpty({
    config: { ...Config, Labels: labels, Env: sorted(Config["Env"]) },
    host: { ...HostConfig, NetworkMode: mode, Binds: sorted(HostConfig["Binds"]) },
    networks: Object.fromEntries(
      Object.entries(Networks).map(([name, endpoint]) => [
        name,
        { ...endpoint, Aliases: aliases(endpoint["Aliases"]) },
      ]),
    ),
  });
}

/** The Engine adds the container's short id. */
function aliases(list: unknown): readonly string[] {
  return sorted(list).filter((alias) => !/^[0-9a-f]{12}$/.test(alias));
}

function sorted(list: unknown): readonly string[] {
  return Array.isArray(list) ? [...list].map(String).sort() : [];
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isEmpty(inner)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
