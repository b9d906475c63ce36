import { bytesToBinary } from "../../base/bytes.ts";
import type { ConfState, NodeId } from "../../raft/types.ts";
import { encodeJson, jsonId } from "../membership/json.ts";

/** A configuration as etcd keeps it in its backend: JSON of a raftpb.ConfState. */
interface ConfStateJson {
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  readonly voters_outgoing?: readonly number[];
  readonly learners_next?: readonly number[];
  readonly auto_leave: boolean;
}

/** @param idOf by what a member is named: ours by its node, etcd's by its id */
export function encodeConfState(
  conf: ConfState,
  idOf: (node: NodeId) => bigint = BigInt,
): Uint8Array {
  const some = (nodes: readonly NodeId[]) =>
    nodes.length > 0 ? nodes.map((node) => jsonId(idOf(node))) : undefined;
  // What is undefined is left out.
  return encodeJson({
    voters: some(conf.voters),
    learners: some(conf.learners),
    voters_outgoing: some(conf.votersOutgoing),
    learners_next: some(conf.learnersNext),
    auto_leave: conf.autoLeave,
  });
}

export function decodeConfState(bytes: Uint8Array): ConfState {
  const json = JSON.parse(bytesToBinary(bytes)) as ConfStateJson;
  return {
    voters: json.voters ?? [],
    learners: json.learners ?? [],
    votersOutgoing: json.voters_outgoing ?? [],
    learnersNext: json.learners_next ?? [],
    autoLeave: json.auto_leave,
  };
}
