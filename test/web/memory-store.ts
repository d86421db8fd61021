import type { Credential, HostKey } from "../../src/credential.ts";
import type { Stack } from "../../src/stack.ts";
import type { SessionRow, SetupRow, StorePort, UserRow } from "../../src/web/store-port.ts";
import { MemoryHistory } from "../support/memory-history.ts";

export function memoryStore(): StorePort {
  const stacks = new Map<string, Stack>(),
    users: UserRow[] = [],
    sessions = new Map<string, SessionRow>(),
    creds = new Map<string, Credential>(),
    keys: HostKey[] = [];
  let setup: SetupRow | null = null;
  return {
    stacks: {
      list: async () => [...stacks.values()],
      get: async (n) => stacks.get(n) ?? null,
      add: async (s) => {
        stacks.set(s.name, s);
      },
      remove: async (n) => {
        stacks.delete(n);
      },
    },
    history: new MemoryHistory(),
    credentials: {
      credentialOf: async (n) => creds.get(n) ?? null,
      set: async (n, c) => {
        creds.set(n, c);
      },
      publicKeyOf: async (n) => creds.get(n)?.publicKey ?? null,
      forget: async (n) => {
        creds.delete(n);
      },
    },
    hostKeys: {
      keysOf: async (h) => keys.filter((k) => k.host === h),
      pin: async (k) => {
        keys.push(k);
      },
      list: async () => keys,
      forget: async () => {},
    },
    users: {
      count: async () => users.length,
      byName: async (n) => users.find((u) => u.name === n) ?? null,
      byId: async (i) => users.find((u) => u.id === i) ?? null,
    },
    sessions: {
      create: async (s) => {
        sessions.set(s.tokenHash, s);
      },
      byTokenHash: async (h) => sessions.get(h) ?? null,
      extend: async (h, expiresAt) => {
        const s = sessions.get(h);
        if (s) sessions.set(h, { ...s, expiresAt });
      },
      remove: async (h) => {
        sessions.delete(h);
      },
      removeExpired: async () => {},
    },
    setup: {
      issue: async (tokenHash, expiresAt) => {
        setup = { tokenHash, expiresAt, browserHash: null };
      },
      byHash: async (h) => (setup?.tokenHash === h ? setup : null),
      bindTo: async (_h, browserHash) => {
        if (!setup || setup.browserHash) return false;
        setup = { ...setup, browserHash };
        return true;
      },
      consume: async (_h, u) => {
        const user = { ...u, id: "1" };
        users.push(user);
        setup = null;
        return user;
      },
    },
    audit: { add: async () => {} },
  };
}
