import { randomBytes } from "node:crypto";
import type { Log } from "../log.ts";
import { AuditStore } from "./audit-store.ts";
import { CredentialStore } from "./credential-store.ts";
import { Database } from "./database.ts";
import { HistoryStore } from "./history-store.ts";
import { HoldStore } from "./hold-store.ts";
import { HostKeyStore } from "./host-key-store.ts";
import { KeptContainerStore } from "./kept-container-store.ts";
import { databaseKey, derivedKey, masterKey, type Random } from "./key-file.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";
import { NoticeStore } from "./notice-store.ts";
import { RegistryLoginStore } from "./registry-login-store.ts";
import { Seal } from "./seal.ts";
import { SessionStore } from "./session-store.ts";
import { SettingStore } from "./setting-store.ts";
import { SetupStore } from "./setup-store.ts";
import { StackStore } from "./stack-store.ts";
import { createDatabaseFile, openSystemFolder } from "./system-folder.ts";
import { UserStore } from "./user-store.ts";
import { VariableStore } from "./variable-store.ts";

/** Everything that Tallyman remembers, in one encrypted file: `<root>/system/tallyman.db`. */
export interface Store {
  /** Made at the first start: tells two Tallymans on one Engine apart. */
  readonly instanceId: string;
  readonly stacks: StackStore;
  readonly history: HistoryStore;
  readonly holds: HoldStore;
  readonly kept: KeptContainerStore;
  readonly notices: NoticeStore;
  readonly variables: VariableStore;
  readonly credentials: CredentialStore;
  readonly registryLogins: RegistryLoginStore;
  readonly hostKeys: HostKeyStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly setup: SetupStore;
  readonly settings: SettingStore;
  readonly audit: AuditStore;
  /** Waits for writes under way. Nothing can be asked afterwards. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Absolute. */
  readonly root: string;
  readonly log?: Log;
  readonly now?: () => Date;
  readonly random?: Random;
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the store, or makes it at the first start. Only one process can have it open.
 * Throws StoreKeyMissing, StoreKeyWrong, StoreNewer, StoreUnusable, AlreadyRunning; the files are then as they were.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const {
    root,
    log = () => undefined,
    now = () => new Date(),
    random = randomBytes,
    migrations = MIGRATIONS,
  } = options;
  const folder = openSystemFolder(root);
  const master = masterKey({ path: folder.key, databaseExists: folder.databaseExists, log, random });
  createDatabaseFile(folder);
  const database = await Database.open({
    path: folder.database,
    key: databaseKey(master),
    addonDirectory: folder.native,
    backupDirectory: folder.backups,
    migrations,
    now: now().toISOString(),
  });
  if (database.migratedFrom !== null) {
    log("info", "database brought up to date", { from: database.migratedFrom, copyOfTheFormer: folder.backups });
  }
  const settings = new SettingStore(database);
  const seal = new Seal(derivedKey(master, "seal", 32), random);
  return {
    instanceId: await instanceOf(settings, random).catch(async (thrown: unknown) => {
      await database.close();
      throw thrown;
    }),
    stacks: new StackStore(database, now),
    history: new HistoryStore(database, seal, now),
    holds: new HoldStore(database),
    kept: new KeptContainerStore(database),
    notices: new NoticeStore(database),
    variables: new VariableStore(database, seal, derivedKey(master, "variables", 32), now),
    credentials: new CredentialStore(database, seal),
    registryLogins: new RegistryLoginStore(database, seal),
    hostKeys: new HostKeyStore(database),
    users: new UserStore(database, now),
    sessions: new SessionStore(database),
    setup: new SetupStore(database, now),
    settings,
    audit: new AuditStore(database, now),
    close: () => database.close(),
  };
}

/** Read first: an existing store must open on a full disk too. */
async function instanceOf(settings: SettingStore, random: Random): Promise<string> {
  return (await settings.get("instance")) ?? (await settings.keep("instance", Buffer.from(random(16)).toString("hex")));
}
