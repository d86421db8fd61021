import { openStore } from "../../src/store/store.ts";

// Opens the store whose root is the first argument and keeps it until killed.
const [root = ""] = process.argv.slice(2);
await openStore({ root });
process.stdout.write("open\n");
setInterval(() => undefined, 60_000);
