import { describe, expect, test } from "bun:test";
import { environmentFor, readConfig, SETTINGS, thisHost } from "../src/config.ts";

const nobody = { environment: { HOME: "/home/ann" }, uid: 1000, cwd: "/srv" };
const withVariables = (environment: Record<string, string>) => ({ ...nobody, environment });

describe("where a setting comes from", () => {
  test("the flag wins over the variable, the variable over the default", () => {
    const host = withVariables({ TALLYMAN_ROOT: "/from/variable", HOME: "/home/ann" });
    expect(readConfig({ root: "/from/flag" }, host).root).toBe("/from/flag");
    expect(readConfig({}, host).root).toBe("/from/variable");
    expect(readConfig({}, nobody).root).toBe("/home/ann/.local/share/tallyman");
  });

  test("an empty variable counts as unset", () => {
    expect(readConfig({}, withVariables({ HOME: "/home/ann", DOCKER_HOST: "" })).dockerHost).toBe(
      "unix:///var/run/docker.sock",
    );
  });

  test("a command's own default stands below flag and variable", () => {
    const options = { defaults: { workerImage: "mine:1" } };
    expect(readConfig({}, nobody, options).workerImage).toBe("mine:1");
    const host = withVariables({ HOME: "/h", TALLYMAN_WORKER_IMAGE: "theirs:1" });
    expect(readConfig({}, host, options).workerImage).toBe("theirs:1");
  });

  test("a root on the command line means the daemon there, whatever URL the environment names", () => {
    const host = withVariables({ HOME: "/h", TALLYMAN_URL: "https://tally.example" });
    expect(readConfig({}, host).url).toBe("https://tally.example");
    expect(readConfig({ root: "/r" }, host).url).toBeNull();
    expect(readConfig({ root: "/r", url: "http://other" }, host).url).toBe("http://other");
  });

  test("what a command does not use cannot stop it", () => {
    const host = withVariables({ DOCKER_HOST: "ssh://somewhere" });
    expect(() => readConfig({}, host)).toThrow();
    expect(readConfig({ root: "/r" }, host, { only: ["root"] })).toMatchObject({ root: "/r" });
    expect(() => readConfig({}, host, { only: ["dockerHost"] })).toThrow("DOCKER_HOST");
  });

  test("every setting has a variable of ours; the Engine's common one is read after it", () => {
    expect(Object.values(SETTINGS).filter(({ variable }) => !variable.startsWith("TALLYMAN_"))).toEqual([]);
    const common = { HOME: "/h", DOCKER_HOST: "tcp://common:1" };
    expect(readConfig({}, withVariables(common)).dockerHost).toBe("tcp://common:1");
    const both = { ...common, TALLYMAN_DOCKER_HOST: "tcp://ours:1" };
    expect(readConfig({}, withVariables(both)).dockerHost).toBe("tcp://ours:1");
  });
});

describe("what a setting may be", () => {
  test("the root is absolute and belongs to root's own place when root starts it", () => {
    expect(readConfig({ root: "state/here" }, nobody).root).toBe("/srv/state/here");
    expect(readConfig({}, { ...nobody, uid: 0 }).root).toBe("/opt/tallyman");
  });

  test("names of a proxy are lower case, and names alone", () => {
    expect(readConfig({ hostName: "Tally.example, nas" }, nobody).hostNames).toEqual(["tally.example", "nas"]);
    for (const hostName of ["https://tally.example", "tally.example:443"])
      expect(() => readConfig({ hostName }, nobody)).toThrow("--host-name (TALLYMAN_HOST_NAME) is no host name");
  });

  test("without a home there is no default root", () => {
    expect(() => readConfig({}, withVariables({}))).toThrow("HOME is not set");
  });

  test("the address is a host and a port", () => {
    expect(readConfig({}, nobody).listen).toEqual({ host: "127.0.0.1", port: 7411 });
    expect(readConfig({ listen: "[::1]:80" }, nobody).listen).toEqual({ host: "::1", port: 80 });
    for (const listen of ["7411", "localhost", "a:b", "127.0.0.1:70000", ":7411"]) {
      expect(() => readConfig({ listen }, nobody)).toThrow("--listen (TALLYMAN_LISTEN)");
    }
  });

  test("the Engine is a unix socket or a TCP address", () => {
    expect(readConfig({ dockerHost: "/run/other.sock" }, nobody).dockerHost).toBe("unix:///run/other.sock");
    expect(readConfig({ dockerHost: "tcp://10.0.0.1:2375" }, nobody).dockerHost).toBe("tcp://10.0.0.1:2375");
    for (const dockerHost of ["ssh://host", "docker.sock", "unix://"]) {
      expect(() => readConfig({ dockerHost }, nobody)).toThrow("--docker-host (TALLYMAN_DOCKER_HOST or DOCKER_HOST)");
    }
  });

  test("the interval lies between 5 seconds and 7 days", () => {
    expect(readConfig({ interval: "1m30s" }, nobody).intervalMs).toBe(90_000);
    for (const interval of ["1s", "8d", "60", "soon"])
      expect(() => readConfig({ interval }, nobody)).toThrow(/^--interval \(TALLYMAN_INTERVAL\): /);
  });

  test("workers are on the bridge or on the host's network", () => {
    expect(readConfig({ workerNetwork: "host" }, nobody).workerNetwork).toBe("host");
    expect(() => readConfig({ workerNetwork: "none" }, nobody)).toThrow("--worker-network");
  });

  test("a daemon elsewhere has an http or https URL", () => {
    expect(readConfig({ url: "https://tally.example/" }, nobody).url).toBe("https://tally.example");
    expect(() => readConfig({ url: "tally.example" }, nobody)).toThrow("--url (TALLYMAN_URL)");
  });
});

test("Bun's own variables never reach our children", () => {
  expect(Object.keys(thisHost().environment).filter((name) => name.startsWith("BUN_"))).toEqual([]);
});

describe("the compilers that suit a command", () => {
  test("a daemon runs without any", () => expect(environmentFor(["serve"])).toMatchObject({ BUN_JSC_useJIT: "0" }));
  test("what ends soon runs without the optimiser", () =>
    expect(environmentFor(["compose", "up"])).toMatchObject({ BUN_JSC_useDFGJIT: "0" }));
  test("everything else runs as it was started", () => expect(environmentFor(["status"])).toBeNull());
});
