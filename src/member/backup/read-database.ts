import { readKeyValue } from "../../api/wire/key-value.ts";
import { AlarmMember } from "../../api/wire/maintenance.ts";
import { decode } from "../../api/wire/message.ts";
import { decodeRole, decodeUser } from "../../auth/records.ts";
import { binaryToBytes, bytesToBinary, toHex } from "../../base/bytes.ts";
import { ProtobufError, ProtobufReader } from "../../base/protobuf.ts";
import { BoltError, type BoltFile, type Bucket } from "../../bolt/index.ts";
import { decodeLease, leaseKey } from "../../lease/lease-record.ts";
import { Backend } from "../../mvcc/backend/backend.ts";
import { BUCKET_NAMES, type BucketName } from "../../mvcc/backend/bucket.ts";
import {
  isRevisionKey,
  isTombstoneKey,
  mainOf,
  REVISION_BYTES,
  subOf,
  uint64Of,
} from "../../mvcc/revision.ts";
import { ClusterInfo } from "../apply/cluster-info.ts";
import { KEY_BUCKET } from "./database.ts";
import { CONSISTENT_INDEX, POSITION_KEYS, TERM } from "./etcd-pairs.ts";

/**
 * A backend in memory, with what an etcd's database holds (3.4 to 3.7). Its members are etcd's, and no
 * configuration of raft's is in it, which would name them: whoever restores it says who they are from now on.
 * Throws BoltError if it is damaged, or holds what no etcd writes.
 */
export function readDatabase(file: BoltFile): Backend {
  const { root } = file;
  const rows = root.bucket(binaryToBytes(KEY_BUCKET));
  if (rows === null) throw new BoltError(null, "it has no bucket key: it is not etcd's");
  const backend = Backend.inMemory();
  for (const { key, value } of valuesOf(rows, KEY_BUCKET)) {
    told(KEY_BUCKET, key, () => isRevisionKey(key) && isKeyValue(value));
    backend.table.append(mainOf(key), subOf(key), isTombstoneKey(key), value, value.length);
  }
  for (const name of BUCKET_NAMES) {
    const bucket = root.bucket(binaryToBytes(name));
    if (bucket !== null) load(backend, name, bucket);
  }
  told("cluster", NO_KEY, () => isCluster(new ClusterInfo(backend.bucket("cluster"))));
  backend.commit();
  return backend;
}

const NO_KEY = new Uint8Array(0);

function load(backend: Backend, name: BucketName, bucket: Bucket): void {
  const position = { [CONSISTENT_INDEX]: 0, [TERM]: 0 };
  for (const { key, value } of valuesOf(bucket, name)) {
    const pair = bytesToBinary(key);
    told(name, key, () => CHECKS[name](pair, value));
    if (name !== "meta" || !POSITION_KEYS.includes(pair)) {
      backend.bucket(name).put(pair, value.slice());
    } else if (pair in position) position[pair as keyof typeof position] = uint64Of(value);
  }
  if (name === "meta") backend.applied(position[CONSISTENT_INDEX], position[TERM]);
}

function* valuesOf(
  bucket: Bucket,
  name: string,
): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
  for (const item of bucket.items()) {
    if (item.bucket !== null) throw new BoltError(null, `there is a bucket in the bucket ${name}`);
    yield item;
  }
}

/** Throws BoltError unless `holds`: a record that can't be read is none. */
function told(bucket: string, key: Uint8Array, holds: () => boolean): void {
  const what = `bucket ${bucket}, key ${toHex(key)}`;
  try {
    if (holds()) return;
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new BoltError(null, `${what}: ${error.message}`);
  }
  throw new BoltError(null, `${what}: not what etcd writes`);
}

/** Whether a pair is one that its readers take. */
const CHECKS: Record<BucketName, (key: string, value: Uint8Array) => boolean> = {
  alarm: (key) => decode(AlarmMember, binaryToBytes(key)) !== null,
  auth: (key, value) => key !== "authRevision" || isUint64(value),
  authRoles: (_, value) => decodeRole(value) !== null,
  authUsers: (_, value) => decodeUser(value) !== null,
  cluster: () => true,
  lease: (key, value) => {
    const { id } = decodeLease(value);
    return id !== 0n && leaseKey(id) === key;
  },
  members: () => true,
  members_removed: () => true,
  meta: (key, value) => {
    if (key === CONSISTENT_INDEX || key === TERM) return isUint64(value);
    if (key.endsWith("CompactRev")) return value.length === REVISION_BYTES && isRevisionKey(value);
    return true;
  },
};

function isUint64(value: Uint8Array): boolean {
  return value.length === 8 && Number.isSafeInteger(uint64Of(value));
}

function isKeyValue(value: Uint8Array): boolean {
  return readKeyValue(new ProtobufReader(value)) !== null;
}

/** Its texts are versions. */
function isCluster(cluster: ClusterInfo): boolean {
  try {
    return cluster.version !== undefined && cluster.downgradeTarget !== undefined;
  } catch {
    return false;
  }
}
