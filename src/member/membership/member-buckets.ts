import { binaryToBytes, bytesToBinary } from "../../base/bytes.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import type { Bucket } from "../../mvcc/backend/bucket.ts";
import type { Index, NodeId } from "../../raft/types.ts";
import { idText, parseId } from "./ids.ts";
import { decodeMember, encodeMember, type MemberRecord } from "./record.ts";
import { type Edit, Roster } from "./roster.ts";

const CLUSTER_VERSION = "clusterVersion";
/** Ours: etcd finds it in its WAL's metadata. */
const CLUSTER_ID = "clusterID";
/** Ours: the log indexes of conf changes that were not made. */
const REFUSED = "refusedConfChanges";
/** What etcd's bucket `cluster` does not have. */
export const OWN_CLUSTER_KEYS: readonly string[] = [CLUSTER_ID, REFUSED];
/** All that etcd says of a past member; ours goes on with its node. */
export const REMOVED_MARK = "removed";

/**
 * Membership in the backend: the buckets `members`, `members_removed` and `cluster`
 * (server/storage/schema/membership.go). Ids are keys, in hex.
 */
export class MemberBuckets {
  private readonly members: Bucket;
  private readonly removed: Bucket;
  private readonly cluster: Bucket;

  constructor(backend: Backend) {
    this.members = backend.bucket("members");
    this.removed = backend.bucket("members_removed");
    this.cluster = backend.bucket("cluster");
  }

  load(): Roster {
    const members: MemberRecord[] = [];
    this.members.forEach((_, value) => {
      const member = decodeMember(value);
      if (member !== null) members.push(member);
    });
    const removed: [bigint, NodeId][] = [];
    this.removed.forEach((key, value) => {
      const id = parseId(key);
      // etcd writes the word alone.
      const node = Number(bytesToBinary(value).slice(REMOVED_MARK.length));
      if (id !== null) removed.push([id, node]);
    });
    return new Roster(members, removed);
  }

  save({ kind, member }: Edit): void {
    const key = idText(member.id);
    if (kind === "put") this.members.put(key, encodeMember(member));
    else {
      this.members.delete(key);
      this.removed.put(key, binaryToBytes(`${REMOVED_MARK} ${member.node}`));
    }
  }

  /** Forgets all members, past ones too, and what the log they had says of them. */
  trim(): void {
    for (const bucket of [this.members, this.removed]) {
      const keys: string[] = [];
      bucket.forEach((key) => {
        keys.push(key);
      });
      for (const key of keys) bucket.delete(key);
    }
    this.cluster.delete(CLUSTER_ID);
    this.cluster.delete(REFUSED);
  }

  /** "" before it was decided. */
  get clusterVersion(): string {
    return this.text(CLUSTER_VERSION);
  }

  set clusterVersion(version: string) {
    this.cluster.put(CLUSTER_VERSION, binaryToBytes(version));
  }

  /** null: nobody has said it. */
  get clusterId(): bigint | null {
    return parseId(this.text(CLUSTER_ID));
  }

  set clusterId(id: bigint) {
    this.cluster.put(CLUSTER_ID, binaryToBytes(idText(id)));
  }

  get refused(): readonly Index[] {
    const text = this.text(REFUSED);
    return text === "" ? [] : text.split(" ").map(Number);
  }

  set refused(indexes: readonly Index[]) {
    this.cluster.put(REFUSED, binaryToBytes(indexes.join(" ")));
  }

  private text(key: string): string {
    const value = this.cluster.get(key);
    return value === undefined ? "" : bytesToBinary(value);
  }
}
