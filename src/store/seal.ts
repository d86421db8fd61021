import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { TallymanError } from "../error.ts";
import type { Random } from "./key-file.ts";

/** Where a sealed value lives: what was sealed for one place opens at no other. */
export interface Place {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals single columns with AES-256-GCM, on top of the file's encryption, which has neither a salt nor a check of integrity.
 * Text form: `1.` + base64url(nonce, ciphertext, tag).
 */
export class Seal {
  readonly #key: Uint8Array;
  readonly #random: Random;

  constructor(key: Uint8Array, random: Random = randomBytes) {
    this.#key = key;
    this.#random = random;
  }

  close(place: Place, plain: string): string {
    const nonce = this.#random(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(boundTo(place));
    const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `1.${sealed.toString("base64url")}`;
  }

  /** Throws StoreUnusable when the value was changed or was sealed for another place. */
  open(place: Place, sealed: string): string {
    const bytes = Buffer.from(sealed.replace(/^1\./, ""), "base64url");
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(boundTo(place)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([plain, decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new TallymanError(
        "StoreUnusable",
        `the sealed ${place.table}.${place.column} of row ${place.row} was changed`,
        {
          hint: "Someone wrote into the database by hand: set this anew, or put back a backup of the whole system folder.",
          cause,
        },
      );
    }
  }
}

function boundTo({ table, row, column }: Place): Buffer {
  return Buffer.from(JSON.stringify([table, row, column]), "utf8");
}
