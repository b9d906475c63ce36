import { crc32cUpdate } from "../base/crc32c.ts";
import { Digest } from "../base/digest.ts";

const MODULUS = 2 ** 52;
const digest = new Digest();

/** A 52-bit hash of one row: its revision and its stored bytes. */
export function rowHash(
  main: number,
  sub: number,
  tombstone: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  digest.reset();
  digest.number(main);
  digest.u32(tombstone ? ~sub : sub);
  digest.u32(crc32cUpdate(0, bytes, start, end));
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
