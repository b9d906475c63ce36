import { KeyValue } from "../../api/wire/key-value.ts";
import { decode } from "../../api/wire/message.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import { crc32cUpdate } from "../../base/crc32c.ts";
import { ProtobufError } from "../../base/protobuf.ts";
import { BoltError, type BoltFile, checkFile } from "../../bolt/index.ts";
import { isRevisionKey, isTombstoneKey, mainOf } from "../../mvcc/revision.ts";
import { parseVersion } from "../monitors/versions.ts";
import { KEY_BUCKET } from "./database.ts";
import { STORAGE_VERSION } from "./etcd-pairs.ts";

/** What `snapshot status` tells of a database. */
export interface SnapshotStatus {
  /** CRC-32C of all buckets' names, keys and values. */
  readonly hash: number;
  /** The newest one. */
  readonly revision: number;
  /** Keys that there are, at that revision: what 3.6 and later call `totalKey`. */
  readonly keys: number;
  /** Pairs of all buckets: what 3.4 and 3.5 call so. */
  readonly pairs: number;
  /** Bytes, without those behind the last page. */
  readonly size: number;
  /** The storage's version, since 3.6; "": it has none. */
  readonly version: string;
}

/**
 * Looks at all of a database, as etcdutl does (etcdutl/snapshot/v3_snapshot.go Status): bbolt's own check
 * first. Not whether a snapshot's SHA-256 is right, which only restoring asks for. Throws BoltError.
 */
export function snapshotStatus(file: BoltFile): SnapshotStatus {
  const { pairs } = checkFile(file);
  let hash = 0;
  let revision = 0;
  let version = "";
  const keys = new Set<string>();
  for (const { key: name, bucket } of file.root.items()) {
    const bucketName = bytesToBinary(name);
    if (bucket === null) throw new BoltError(null, `nil bucket: ${JSON.stringify(bucketName)}`);
    hash = crc32cUpdate(hash, name);
    for (const { key, value } of bucket.items()) {
      hash = crc32cUpdate(hash, key);
      if (value === null) continue;
      hash = crc32cUpdate(hash, value);
      if (bucketName === KEY_BUCKET) {
        revision = follow(keys, key, value);
      } else if (bucketName === "meta" && bytesToBinary(key) === STORAGE_VERSION) {
        version = bytesToBinary(value);
      }
    }
  }
  const isVersion = parseVersion(version) !== null;
  const { size } = file;
  return { hash, revision, keys: keys.size, pairs, size, version: isVersion ? version : "" };
}

/** Takes one change into account, and returns its revision. */
function follow(keys: Set<string>, revision: Uint8Array, value: Uint8Array): number {
  if (!isRevisionKey(revision)) throw new BoltError(null, "a key of the bucket key is no revision");
  try {
    const { key } = decode(KeyValue, value);
    if (isTombstoneKey(revision)) keys.delete(key);
    else keys.add(key);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new BoltError(null, `revision ${mainOf(revision)}: ${error.message}`);
  }
  return mainOf(revision);
}
