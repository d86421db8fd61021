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
  await store.settings.set("last", String(number));
  process.stdout.write(`done ${number}\n`);
}
