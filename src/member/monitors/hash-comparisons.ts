import type { HashKvResponse } from "../../api/requests.ts";
import type { KvHash } from "../../mvcc/kv-hash.ts";
import type { NodeId } from "../../raft/types.ts";

/** A peer's hash of its keys at the revision that was asked for; null: it has none, or is silent. */
export interface PeerHash {
  readonly peer: NodeId;
  readonly hash: HashKvResponse | null;
}

/** What comparing members' hashes says about them (server/etcdserver/corrupt.go). */

/** Of a member that starts: only hashes over the same history can be compared. */
export function sameAsPeers(own: KvHash, peers: readonly PeerHash[]): boolean {
  return peers.every(
    ({ hash }) =>
      hash === null || hash.compactRevision !== own.compactRevision || hash.hash === own.hash,
  );
}

/**
 * The first member whose data can't be right; null if there is none. The leader took its own hash
 * before it asked the others and once more after that; it is ahead of all others by then.
 */
export function suspectOf(
  self: NodeId,
  before: KvHash,
  after: KvHash,
  peers: readonly PeerHash[],
): NodeId | null {
  const still =
    after.revision === before.revision && after.compactRevision === before.compactRevision;
  if (still && after.hash !== before.hash) return self;
  const wrong = peers.find(({ hash }) => {
    if (hash === null) return false;
    if (hash.header.revision > after.revision) return true;
    if (hash.compactRevision > after.compactRevision) return true;
    return hash.compactRevision === before.compactRevision && hash.hash !== before.hash;
  });
  return wrong === undefined ? null : wrong.peer;
}

/** What the hashes of one compaction say. */
export type CompactionVerdict =
  /** All members have the same. */
  | { readonly kind: "same" }
  /** Those who answered have the same. */
  | { readonly kind: "unknown" }
  /** These differ from the majority; empty: there is none, and nobody knows who is right. */
  | { readonly kind: "different"; readonly members: readonly NodeId[] };

export function compareCompaction(
  self: NodeId,
  own: KvHash,
  peers: readonly PeerHash[],
): CompactionVerdict {
  const byHash = new Map<number, NodeId[]>([[own.hash, [self]]]);
  let silent = 0;
  for (const { peer, hash } of peers) {
    if (hash === null || hash.compactRevision !== own.compactRevision) silent++;
    else byHash.set(hash.hash, [...(byHash.get(hash.hash) ?? []), peer]);
  }
  if (byHash.size === 1) return { kind: silent === 0 ? "same" : "unknown" };
  const quorum = Math.floor((peers.length + 1) / 2) + 1;
  const groups = [...byHash.values()];
  if (!groups.some((members) => members.length >= quorum))
    return { kind: "different", members: [] };
  const wrong = groups.filter((members) => members.length < quorum).flat();
  return { kind: "different", members: wrong.sort((a, b) => a - b) };
}
