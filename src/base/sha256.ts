import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as hash } from "@noble/hashes/sha2.js";

/** SHA-256 (FIPS 180-4) of what comes in parts: 32 bytes. */
export function sha256(parts: Iterable<Uint8Array>): Uint8Array {
  const state = hash.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/** HMAC with SHA-256 (RFC 2104): 32 bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(hash, key, message);
}
