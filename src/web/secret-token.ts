import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Gives that many unpredictable bytes. */
export type Random = (bytes: number) => Uint8Array;

/** 32 random bytes as 43 URL-safe characters: session, visitor and setup tokens. */
export function newToken(random: Random): string {
  return Buffer.from(random(32)).toString("base64url");
}

/** What the store keeps instead of a token: SHA-256, hex. Tokens carry 256 bits, so no salt or stretching is wanted. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The form token that belongs to a cookie: useless without it, and never stored. */
export function csrfToken(cookieToken: string): string {
  return createHmac("sha256", cookieToken).update("tallyman csrf").digest("base64url");
}

/** Compares without telling by its time how much was right. */
export function equalSecret(given: string, wanted: string): boolean {
  const [left, right] = [given, wanted].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
