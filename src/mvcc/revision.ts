import { assert } from "../base/assert.ts";

/**
 * The key under which etcd's backend stores one change (server/storage/mvcc/revision.go): main
 * revision, `_` and sub-revision, big-endian, 17 bytes; one more, `t`, marks a tombstone.
 */
export const REVISION_BYTES = 17;
const TWO_32 = 0x1_0000_0000;
const UNDERSCORE = 0x5f;
const LETTER_T = 0x74;

/** Room for any revision key; {@link writeRevision} fills it and gives the length. */
export function revisionBuffer(): Uint8Array {
  return new Uint8Array(REVISION_BYTES + 1);
}

/** Writes the key at the start of `out` and returns its length. */
export function writeRevision(
  out: Uint8Array,
  main: number,
  sub: number,
  tombstone: boolean,
): number {
  assert(main >= 0 && sub >= 0 && sub < TWO_32, "revisions are not negative");
  const high = Math.floor(main / TWO_32);
  bigEndian32(out, 0, high);
  bigEndian32(out, 4, main - high * TWO_32);
  out[8] = UNDERSCORE;
  bigEndian32(out, 9, 0);
  bigEndian32(out, 13, sub);
  if (!tombstone) return REVISION_BYTES;
  out[REVISION_BYTES] = LETTER_T;
  return REVISION_BYTES + 1;
}

/** A revision key of its own, for the values of the bucket `meta`. */
export function revisionBytes(main: number): Uint8Array {
  const out = revisionBuffer();
  return out.slice(0, writeRevision(out, main, 0, false));
}

export function isTombstoneKey(key: Uint8Array): boolean {
  return key.length === REVISION_BYTES + 1 && key[REVISION_BYTES] === LETTER_T;
}

/** Whether it is a revision key, and one whose revisions are safe integers. */
export function isRevisionKey(key: Uint8Array): boolean {
  const isLong = key.length === REVISION_BYTES || isTombstoneKey(key);
  if (!isLong || key[8] !== UNDERSCORE) return false;
  return Number.isSafeInteger(mainOf(key)) && readBigEndian32(key, 9) === 0;
}

export function mainOf(key: Uint8Array): number {
  assert(key.length >= REVISION_BYTES && key[8] === UNDERSCORE, "not a revision key");
  return readBigEndian32(key, 0) * TWO_32 + readBigEndian32(key, 4);
}

export function subOf(key: Uint8Array): number {
  return readBigEndian32(key, 13);
}

/** Eight bytes, the highest first. */
export function uint64Bytes(n: number): Uint8Array {
  const out = new Uint8Array(8);
  bigEndian32(out, 0, Math.floor(n / TWO_32));
  bigEndian32(out, 4, n % TWO_32);
  return out;
}

export function uint64Of(bytes: Uint8Array): number {
  return readBigEndian32(bytes, 0) * TWO_32 + readBigEndian32(bytes, 4);
}

function bigEndian32(out: Uint8Array, at: number, n: number): void {
  out[at] = n >>> 24;
  out[at + 1] = n >>> 16;
  out[at + 2] = n >>> 8;
  out[at + 3] = n;
}

function readBigEndian32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
