import { binaryToBytes } from "../base/bytes.ts";
import { crc32cUpdate } from "../base/crc32c.ts";
import type { Backend } from "./backend/backend.ts";
import { BUCKET_NAMES, type BucketName } from "./backend/bucket.ts";
import type { RowCursor } from "./backend/revision-table.ts";
import { revisionBuffer, writeRevision } from "./revision.ts";
import type { Kept } from "./tree-index.ts";

const KEY_BUCKET = binaryToBytes("key");
const key = revisionBuffer();

/** What `HashKV` answers. */
export interface KvHash {
  /** CRC-32C, as an unsigned integer. */
  readonly hash: number;
  /** The revision that was hashed. */
  readonly revision: number;
  readonly compactRevision: number;
  readonly currentRevision: number;
}

/**
 * etcd's hash of the key-value history up to a revision (server/storage/mvcc/hash.go): CRC-32C over
 * the name of the bucket, then key and value of every row. Of the rows at or below the compacted
 * revision only those count that a compaction at the hashed revision would keep, so that members
 * agree whose compactions have not come equally far.
 */
export class KvHasher {
  private crc = crc32cUpdate(0, KEY_BUCKET);
  private readonly compactRevision: number;
  private readonly revision: number;
  private readonly keep: Kept;

  /** @param keep its rows up to the compacted revision, as of the revision that is hashed */
  constructor(compactRevision: number, revision: number, keep: Kept) {
    this.compactRevision = compactRevision;
    this.revision = revision;
    this.keep = keep;
  }

  add(row: RowCursor): void {
    const { main } = row;
    if (main > this.revision) return;
    if (main <= this.compactRevision) {
      // etcd lets everything pass where nothing is to be kept; what a compaction that has not come
      // that far is going to remove would make the hash depend on how far it has come.
      if (this.keep.any ? !this.keep.rows.has(row.row) : row.doomed) return;
      // Versions up to 3.5.15 remove a tombstone at the compacted revision, later ones keep it.
      if (main === this.compactRevision && row.tombstone) return;
    }
    const length = writeRevision(key, main, row.sub, row.tombstone);
    this.crc = crc32cUpdate(this.crc, key, 0, length);
    this.crc = crc32cUpdate(this.crc, row.bytes, row.start, row.end);
  }

  get hash(): number {
    return this.crc;
  }
}

/**
 * The hash of the whole backend (`Maintenance.Hash`): all buckets in the order of their names, the
 * position in the log left out. Members whose compactions have not come equally far differ.
 */
export function hashBackend(backend: Backend): number {
  let crc = 0;
  for (const name of [...BUCKET_NAMES, "key" as const].sort()) {
    crc = crc32cUpdate(crc, binaryToBytes(name));
    crc = name === "key" ? hashRows(crc, backend) : hashBucket(crc, backend, name);
  }
  return crc;
}

function hashRows(before: number, { table }: Backend): number {
  let crc = before;
  const cursor = table.cursor();
  while (cursor.next()) {
    const length = writeRevision(key, cursor.main, cursor.sub, cursor.tombstone);
    crc = crc32cUpdate(crc, key, 0, length);
    crc = crc32cUpdate(crc, cursor.bytes, cursor.start, cursor.end);
  }
  return crc;
}

/**
 * A member's own affair: when it commits, what its log's entries did to the configuration, and which
 * refused changes its log may still bring again. By bucket.
 */
const OWN: Partial<Record<BucketName, readonly string[]>> = {
  meta: ["consistent_index", "term", "confState"],
  cluster: ["refusedConfChanges"],
};

function hashBucket(before: number, backend: Backend, name: BucketName): number {
  let crc = before;
  const own = OWN[name] ?? [];
  backend.bucket(name).forEach((pair, value) => {
    if (own.includes(pair)) return;
    crc = crc32cUpdate(crc32cUpdate(crc, binaryToBytes(pair)), value);
  });
  return crc;
}
