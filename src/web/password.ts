import { TallymanError } from "../error.ts";

const SHORTEST = 12;
const LONGEST = 256;
/** argon2id with 19 MiB and two rounds. Source: OWASP Password Storage Cheat Sheet. */
const ARGON2ID = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
let nobody: Promise<string> | undefined;

export function hashPassword(password: string): Promise<string> {
  return Bun.password.hash(password, ARGON2ID);
}

/** Takes the same time for a name that does not exist: its password is compared with a hash that nothing matches. */
export async function checkPassword(password: string, hash: string | null): Promise<boolean> {
  nobody ??= hashPassword(crypto.randomUUID());
  const matches = await Bun.password.verify(password.slice(0, LONGEST), hash ?? (await nobody));
  return matches && hash !== null;
}

/** Makes the hash that unknown names are compared with, so that not even the first of them takes longer. */
export function warmUp(): void {
  nobody ??= hashPassword(crypto.randomUUID());
}

/** Throws InvalidInput. Length is the only rule, as NIST SP 800-63B asks. */
export function refuseWeakPassword(password: string): void {
  if (password.length < SHORTEST || password.length > LONGEST)
    throw new TallymanError("InvalidInput", `password: must have ${SHORTEST} to ${LONGEST} characters`, {
      hint: "A sentence that only you would say is easy to remember and hard to guess.",
    });
}
