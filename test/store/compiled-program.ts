import { utils } from "ssh2";
import { openStore } from "../../src/store/store.ts";
import { build } from "../../src/version.ts";

// Compiled by compiled.test.ts: what the binary must be able to do without anything beside it.
const [root = ""] = process.argv.slice(2);
const store = await openStore({ root });
const starts = Number((await store.settings.get("starts")) ?? "0") + 1;
await store.settings.set("starts", String(starts));
await store.close();
const sshKey = utils.generateKeyPairSync("ed25519").public.split(" ")[0];
process.stdout.write(
  JSON.stringify({ starts, version: build.version, sshKey, fromDotenv: process.env["FROM_DOTENV"] ?? null }),
);
