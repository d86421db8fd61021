import { openStore } from "../../src/store/store.ts";
import { attemptAt, HEALTHY } from "./samples.ts";

// Deploys one commit after the other, marks at its start what the last one left, and tells each number that was acknowledged. Until killed.
const [root = "", first = "1"] = process.argv.slice(2);
const store = await openStore({ root });
for (const cut of await store.history.markInterrupted()) process.stdout.write(`interrupted ${cut.id}\n`);
for (let number = Number(first); ; number++) {
  const { id } = await store.history.begin(attemptAt(`commit-${number}`));
  await store.history.recordOperations(id, []);
  await store.history.finish(id, { ...HEALTHY, imageDigests: { image: `digest-${number}` } });
  const pin = { by: "ada", why: `${number}`, at: "2026-11-21T10:00:00Z", deploymentId: id };
  await store.holds.place("shop", { kind: "pinned", ...pin });
  await store.variables.set("shop", "LAST", String(number), { secret: true, by: "ada" });
  await store.registryLogins.set({ host: "ghcr.io", username: "ada", secret: String(number) });
  await store.kept.keep("shop", { containerId: "c", configHash: String(number), contents: null, tolerated: [] });
  await store.kept.keepOnly("shop", ["c"]);
  await store.notices.tellAgain("shop", `failed ${number}`, new Date(), 0);
  await store.history.forgetOld("shop", 1_000);
  await store.settings.set("last", String(number));
  process.stdout.write(`done ${number}\n`);
}
