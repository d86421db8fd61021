import { MIGRATIONS } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/store.ts";

// Begins a migration that takes longer than the test waits. Until killed.
const [root = ""] = process.argv.slice(2);
const sql = `CREATE TABLE half (text TEXT) STRICT;
  INSERT INTO half WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT hex(randomblob(512)) FROM n;`;
await openStore({ root, migrations: [...MIGRATIONS, { version: MIGRATIONS.length + 1, name: "long", sql }] });
