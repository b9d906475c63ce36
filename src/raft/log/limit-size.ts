import { type Entry, EntryType } from "../types.ts";

/** No bound on a size; larger than any sum of sizes that fits into memory. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * The data of a proposal that was refused inside raft (an invalid conf change): empty, but told
 * apart by identity, because etcd-io/raft writes the type of that one entry explicitly.
 */
export const REFUSED = new Uint8Array(0);

/** The bytes of `n` as a protobuf varint; 0 <= n <= 2^53. */
function varintSize(n: number): number {
  if (n < 0x80) return 1;
  if (n < 0x4000) return 2;
  if (n < 0x200000) return 3;
  if (n < 0x10000000) return 4;
  let size = 4;
  for (let rest = Math.floor(n / 0x10000000); rest > 0; rest = Math.floor(rest / 128)) size++;
  return size;
}

/**
 * The encoded bytes of a raftpb.Entry, which bound messages and apply pages. Term and Index are
 * always written, the type unless it is a plain proposal's (etcd-io/raft leaves it unset there),
 * the data if there is any.
 */
export function entryEncodingSize(entry: Entry): number {
  let size = 2 + varintSize(entry.term) + varintSize(entry.index);
  const length = dataSize(entry);
  if (entry.type !== EntryType.Normal || entry.data === REFUSED) size += 2;
  if (length > 0) size += 1 + varintSize(length) + length;
  return size;
}

/**
 * The bytes of an entry's data as etcd-io/raft counts them. A V1 conf change without an id is two
 * bytes longer here: we write the id's zero, as etcd's own code did, and etcd-io/raft leaves it out.
 */
function dataSize({ type, data }: Entry): number {
  const writesZeroId = type === EntryType.ConfChange && data[0] === 0x08 && data[1] === 0;
  return writesZeroId ? data.length - 2 : data.length;
}

/** The sum of {@link entryEncodingSize}. */
export function entriesEncodingSize(entries: readonly Entry[]): number {
  let size = 0;
  for (let i = 0; i < entries.length; i++) size += entryEncodingSize(entries[i] as Entry);
  return size;
}

/** The sum of the payloads alone: what the limits on uncommitted and in-flight bytes count. */
export function payloadsSize(entries: readonly Entry[]): number {
  let size = 0;
  for (let i = 0; i < entries.length; i++) size += dataSize(entries[i] as Entry);
  return size;
}

/** The longest prefix that fits into `maxSize` encoded bytes; at least one entry, if there is one. */
export function limitSize(entries: readonly Entry[], maxSize: number): readonly Entry[] {
  if (maxSize === NO_LIMIT || entries.length <= 1) return entries;
  let size = entryEncodingSize(entries[0] as Entry);
  for (let count = 1; count < entries.length; count++) {
    size += entryEncodingSize(entries[count] as Entry);
    if (size > maxSize) return entries.slice(0, count);
  }
  return entries;
}
