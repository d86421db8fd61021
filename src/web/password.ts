import { TallymanError } from "../error.ts";

const SHORTEST = 12;
const LONGEST = 256;
/** argon2id with 19 MiB and two rounds. Source: OWASP Password Storage Cheat Sheet. */
const ARGON2ID = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
/** Of random bytes that nobody kept, by the same rules: made here once, because making it at every start takes 19 MiB and a while. */
export const NOBODY =
  "$argon2id$v=19$m=19456,t=2,p=1$6xyQ6hhSYdzT052G7LZrYv2AyrVZDA5nWZcSY4Q9L9Y$LOf3F/WCa+x6ShvjCnXadde+PcREtzN4cFso+PJ+1Jo";

export function hashPassword(password: string): Promise<string> {
  return Bun.password.hash(password, ARGON2ID);
}

/** Takes the same time for a name that does not exist: its password is compared with a hash that nothing matches. */
export async function checkPassword(password: string, hash: string | null): Promise<boolean> {
  const matches = await Bun.password.verify(password.slice(0, LONGEST), hash ?? NOBODY);
  return matches && hash !== null;
}

/** Throws InvalidInput. Length is the only rule, as NIST SP 800-63B asks. */
export function refuseWeakPassword(password: string): void {
  if (password.length < SHORTEST || password.length > LONGEST)
    throw new TallymanError("InvalidInput", `password: must have ${SHORTEST} to ${LONGEST} characters`, {
      hint: "A sentence that only you would say is easy to remember and hard to guess.",
    });
}
