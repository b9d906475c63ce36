import { binaryToBytes } from "../../base/bytes.ts";
import { type BucketContent, type Pair, writeBolt } from "../../bolt/index.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import { BUCKET_NAMES } from "../../mvcc/backend/bucket.ts";
import type { RevisionTable } from "../../mvcc/backend/revision-table.ts";
import { revisionBuffer, writeRevision } from "../../mvcc/revision.ts";
import { etcdPairs } from "./etcd-pairs.ts";

/** The bucket of all revisions, whose name etcd's are sorted among. */
export const KEY_BUCKET = "key";

/**
 * A backend as etcd's database: a bbolt file with its buckets, as of the last applied entry, committed or not.
 * The backend must not change before all parts are taken; whoever can't promise that takes them at once.
 */
export function databaseOf(backend: Backend): Generator<Uint8Array> {
  const rows: BucketContent = {
    name: binaryToBytes(KEY_BUCKET),
    pairs: () => rowsOf(backend.table),
  };
  const others = BUCKET_NAMES.map((name): readonly [string, BucketContent] => {
    const pairs = etcdPairs(backend, name);
    return [name, { name: binaryToBytes(name), pairs: () => pairs }];
  });
  const all = [...others, [KEY_BUCKET, rows] as const].sort(([a], [b]) => (a < b ? -1 : 1));
  return writeBolt(all.map(([, content]) => content));
}

function* rowsOf(table: RevisionTable): Generator<Pair> {
  const key = revisionBuffer();
  const cursor = table.cursor();
  while (cursor.next()) {
    const { main, sub, tombstone, bytes, start, end } = cursor;
    const length = writeRevision(key, main, sub, tombstone);
    yield { key: key.slice(0, length), value: bytes.subarray(start, end) };
  }
}
