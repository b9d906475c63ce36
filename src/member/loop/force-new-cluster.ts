import { asV2, entersJoint, leavesJoint } from "../../raft/confchange/changes.ts";
import { decodeConfChange, decodeConfChangeV2, encodeConfChange } from "../../raft/pb/index.ts";
import {
  ConfChangeType,
  type ConfState,
  EMPTY,
  type Entry,
  EntryType,
  type HardState,
  type Index,
  type NodeId,
} from "../../raft/types.ts";
import { encodeMemberContext } from "../membership/change-context.ts";
import { defaultMember } from "../membership/founding.ts";
import type { MemberConfig } from "../settings.ts";

/** What a log holds, and what of it is committed. */
export interface ForcedLog {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
  /** Those of the entries that are new. */
  readonly added: readonly Entry[];
}

type ForcedConfig = Pick<MemberConfig, "id" | "clusterToken" | "profile" | "mistakes">;

/**
 * The log that a member starts from with --force-new-cluster, alone of its cluster (server/etcdserver
 * bootstrap.go): without what is not committed here, and with changes behind it, committed by nobody,
 * that remove everybody else. What the others had committed beyond that is lost.
 *
 * What the backend holds is committed, whatever the log says. etcd looks at the log alone:
 * 1. Entry 14 is applied and the backend committed. The hard state that calls it committed needs no
 *    sync, and a power failure takes it: the log's commit is 13.
 * 2. Entry 14 is dropped, and "remove n1" takes its place.
 * 3. The backend, which is at 14, takes that for applied: n1 stays in its list of members for ever.
 *
 * @param conf the configuration before the first of the entries
 * @param applied the last entry whose effects are in the backend
 * @returns null where the configuration is joint, which etcd's never is: nobody can be removed then
 */
export function forceNewCluster(
  { id: self, clusterToken, profile, mistakes }: ForcedConfig,
  conf: ConfState,
  hardState: HardState,
  entries: readonly Entry[],
  applied: Index,
): ForcedLog | null {
  const { term } = hardState;
  // Known mistake B8: see above.
  const commit = mistakes.forcesByLogAlone ? hardState.commit : Math.max(hardState.commit, applied);
  const kept = entries.filter(({ index }) => index <= commit);
  const ids = nodesOf(conf, kept);
  if (ids === null) return null;
  const changes: Entry[] = [];
  const add = (type: ConfChangeType, nodeId: NodeId, context: Uint8Array): void => {
    const data = encodeConfChange({ id: 0, type, nodeId, context }, null, profile.omitsUnset);
    const index = commit + changes.length + 1;
    changes.push({ term, index, type: EntryType.ConfChange, data });
  };
  // First: a configuration without voters is none.
  if (!ids.includes(self)) {
    const member = defaultMember(self, clusterToken);
    const words = { member, isPromote: false, clusterId: null };
    add(ConfChangeType.AddNode, self, encodeMemberContext(words));
  }
  for (const id of ids) if (id !== self) add(ConfChangeType.RemoveNode, id, EMPTY);
  const last = commit + changes.length;
  return {
    hardState: { ...hardState, commit: last },
    entries: [...kept, ...changes],
    added: changes,
  };
}

/** Whoever is in the configuration in the end, with a vote or without, in order; null if it is joint. */
function nodesOf(conf: ConfState, entries: readonly Entry[]): NodeId[] | null {
  const ids = new Set([...conf.voters, ...conf.learners]);
  let joint = conf.votersOutgoing.length > 0;
  for (const { type, data } of entries) {
    if (type === EntryType.Normal) continue;
    const change =
      type === EntryType.ConfChange ? asV2(decodeConfChange(data)) : decodeConfChangeV2(data);
    if (leavesJoint(change)) joint = false;
    else if (entersJoint(change)) joint = true;
    for (const each of change.changes) {
      if (each.type === ConfChangeType.RemoveNode) ids.delete(each.nodeId);
      else if (each.type !== ConfChangeType.UpdateNode && each.nodeId !== 0) ids.add(each.nodeId);
    }
  }
  return joint ? null : [...ids].sort((a, b) => a - b);
}
