import { Digest } from "../base/digest.ts";
import type { Version } from "./key-history.ts";

const MODULUS = 2 ** 52;
const digest = new Digest();

/** A 52-bit hash of one version of one key. */
export function versionHash(key: string, version: Version): number {
  digest.reset();
  digest.number(version.main);
  digest.u32(version.sub);
  digest.string(key);
  const kv = version.kv;
  if (kv !== null) {
    digest.number(kv.createRevision);
    digest.number(kv.version);
    digest.bytes(kv.value);
    if (kv.lease !== 0n) digest.string(kv.lease.toString());
  }
  return digest.hash52();
}

/** Sums modulo 2^52: an order-independent hash of a set. */
export function addHash(sum: number, hash: number): number {
  const total = sum + hash;
  return total >= MODULUS ? total - MODULUS : total;
}

export function subtractHash(sum: number, hash: number): number {
  return sum >= hash ? sum - hash : sum + MODULUS - hash;
}
