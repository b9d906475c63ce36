import { binaryToBytes, bytesToBinary } from "../../base/bytes.ts";
import type { ConfState } from "../../raft/types.ts";

/** A configuration as etcd keeps it in its backend: JSON of a raftpb.ConfState. */
interface ConfStateJson {
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  readonly voters_outgoing?: readonly number[];
  readonly learners_next?: readonly number[];
  readonly auto_leave: boolean;
}

export function encodeConfState(conf: ConfState): Uint8Array {
  const some = (ids: readonly number[]) => (ids.length > 0 ? ids : undefined);
  // What is undefined is left out.
  const json = {
    voters: some(conf.voters),
    learners: some(conf.learners),
    voters_outgoing: some(conf.votersOutgoing),
    learners_next: some(conf.learnersNext),
    auto_leave: conf.autoLeave,
  };
  return binaryToBytes(JSON.stringify(json));
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
