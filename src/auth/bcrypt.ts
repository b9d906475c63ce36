import { hashSync } from "bcryptjs";
import { assert } from "../base/assert.ts";
import type { Random } from "../base/random.ts";

/** bcrypt's own limits. */
export const BCRYPT_MIN_COST = 4;
export const BCRYPT_MAX_COST = 31;

/** bcrypt looks at no more of a password; Go's refuses a longer one. */
export const PASSWORD_BYTES_MAX = 72;

const ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** 16 bytes in bcrypt's base64: of the last of the 22 characters two bits count. */
const LAST = ".Oeu";

/** A salt as bcrypt writes it, `$2a$<cost>$<22 characters>`, drawn from the seed. */
export function bcryptSalt(random: Random, cost: number): string {
  assert(cost >= BCRYPT_MIN_COST && cost <= BCRYPT_MAX_COST, "a bcrypt cost is in [4, 31]");
  let salt = cost < 10 ? `$2a$0${cost}$` : `$2a$${cost}$`;
  for (let i = 0; i < 21; i++) salt += ALPHABET.charAt(random.below(64));
  return salt + LAST.charAt(random.below(4));
}

/** `$2a$10$` and the salt: what a hash begins with, and what it was made from. */
const SALT_LENGTH = 29;

/**
 * Hashes that were made, by salt and password: each takes a millisecond or more, and every sign-in
 * asks for one again. Only how long it takes depends on it.
 */
const made = new Map<string, string>();
const MADE_MAX = 1_000;

/** The hash that is stored: 60 characters. The cost is exponential: 4 takes a millisecond. */
export function bcryptHash(password: string, salt: string): string {
  assert(salt.length === SALT_LENGTH, "a bcrypt salt has 29 characters");
  const key = salt + password;
  const known = made.get(key);
  if (known !== undefined) return known;
  const hash = hashSync(password, salt);
  assert(hash.length === 60, "a bcrypt hash has 60 characters");
  if (made.size === MADE_MAX) made.clear();
  made.set(key, hash);
  return hash;
}

/** False, too, if `hash` is no bcrypt hash. */
export function bcryptMatches(password: string, hash: string): boolean {
  // The package throws on hashes of the wrong form, which Go's answers with an error like any other.
  if (!/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) return false;
  return bcryptHash(password, hash.slice(0, SALT_LENGTH)) === hash;
}
