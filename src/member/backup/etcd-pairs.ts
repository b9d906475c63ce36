import { binaryToBytes } from "../../base/bytes.ts";
import type { Pair } from "../../bolt/index.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import type { BucketName } from "../../mvcc/backend/bucket.ts";
import { uint64Bytes } from "../../mvcc/revision.ts";
import { NONE } from "../../raft/types.ts";
import { ClusterInfo } from "../apply/cluster-info.ts";
import { decodeConfState, encodeConfState } from "../apply/conf-state.ts";
import { MemberBuckets, OWN_CLUSTER_KEYS, REMOVED_MARK } from "../membership/member-buckets.ts";
import { decodeMember, encodeMember } from "../membership/record.ts";
import type { Version } from "../monitors/versions.ts";

export const CONSISTENT_INDEX = "consistent_index";
export const TERM = "term";
const CONF_STATE = "confState";
export const STORAGE_VERSION = "storageVersion";
/** Of the bucket `meta`: a backend of ours says it itself, or in other words. */
export const POSITION_KEYS: readonly string[] = [
  CONF_STATE,
  CONSISTENT_INDEX,
  STORAGE_VERSION,
  TERM,
];

/** The pairs of a bucket but `key` as etcd would have them, in the order of their keys. */
export function etcdPairs(backend: Backend, name: BucketName): Pair[] {
  const pairs = new Map<string, Uint8Array>();
  const own = OWN[name];
  backend.bucket(name).forEach((key, value) => {
    const theirs = own === undefined ? value : own(key, value);
    // bbolt has no empty keys: an alarm of no kind and of nobody.
    if (theirs !== null && key !== "") pairs.set(key, theirs);
  });
  if (name === "meta") for (const [key, value] of position(backend)) pairs.set(key, value);
  return [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key: binaryToBytes(key), value }));
}

/** What etcd has under a key in place of what a member of ours has; null: nothing. */
type Theirs = (key: string, value: Uint8Array) => Uint8Array | null;

/** Where a member of ours says more than etcd does, or says it in other words. */
const OWN: Partial<Record<BucketName, Theirs>> = {
  cluster: (key, value) => (OWN_CLUSTER_KEYS.includes(key) ? null : value),
  members: (_, value) => {
    const member = decodeMember(value);
    return member === null ? value : encodeMember({ ...member, node: NONE });
  },
  members_removed: () => binaryToBytes(REMOVED_MARK),
  // Said anew below.
  meta: (key, value) => (POSITION_KEYS.includes(key) ? null : value),
};

const FIRST_WITH_TERM: Version = { major: 3, minor: 5, patch: 0 };

/** How far the log was applied, as of the last entry, and what the release says besides. */
function position(backend: Backend): [string, Uint8Array][] {
  const { consistentIndex, term, confState } = backend;
  const cluster = new ClusterInfo(backend.bucket("cluster"));
  const told: [string, Uint8Array][] = [];
  if (consistentIndex > 0) told.push([CONSISTENT_INDEX, uint64Bytes(consistentIndex)]);
  if (cluster.isBefore(FIRST_WITH_TERM)) return told;
  if (term > 0) told.push([TERM, uint64Bytes(term)]);
  if (confState.length > 0) told.push([CONF_STATE, withMemberIds(backend, confState)]);
  const { storageVersion } = cluster;
  if (storageVersion !== "") told.push([STORAGE_VERSION, binaryToBytes(storageVersion)]);
  return told;
}

/** Raft knows etcd's members by their ids, ours by their nodes. */
function withMemberIds(backend: Backend, confState: Uint8Array): Uint8Array {
  const roster = new MemberBuckets(backend).load();
  const conf = decodeConfState(confState);
  return encodeConfState(conf, (node) => roster.byNode(node)?.id ?? BigInt(node));
}
