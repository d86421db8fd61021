import { TallymanError } from "../error.ts";

/** A whole number from a query string. Throws InvalidInput that names the parameter. */
export function countIn(field: string, text: string | undefined, otherwise: number, most: number): number {
  if (text === undefined || text === "") return otherwise;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (count >= 1 && count <= most) return count;
  throw new TallymanError("InvalidInput", `${field}: must be a whole number from 1 to ${most}`, {
    hint: `Leave it out for ${otherwise}.`,
  });
}

/** `follow`, `follow=1` and `follow=true` say yes. Throws InvalidInput. */
export function flagIn(field: string, text: string | undefined): boolean {
  if (text === undefined || ["0", "false"].includes(text)) return false;
  if (["", "1", "true"].includes(text)) return true;
  throw new TallymanError("InvalidInput", `${field}: must be true or false`, { hint: "Leave it out for false." });
}
