import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as hash } from "@noble/hashes/sha2.js";

/** A SHA-256 under way. */
export interface Sha256 {
  update(part: Uint8Array): void;
  /** Of all parts: 32 bytes. Once. */
  digest(): Uint8Array;
}

/** SHA-256 (FIPS 180-4) of what comes in parts. */
export function beginSha256(): Sha256 {
  return hash.create();
}

/** HMAC with SHA-256 (RFC 2104): 32 bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(hash, key, message);
}
