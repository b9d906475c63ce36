import type { Raft } from "../raft.ts";
import type { NodeId } from "../types.ts";
import { hex } from "./hex.ts";

/** The learner is the target, although etcd-io/raft names the leader. */
export function ignoredTransferToLearner(r: Raft): void {
  r.logger.debug?.(`${hex(r.id)} is learner. Ignored transferring leadership`);
}

export function ignoredSameTransfer(r: Raft, to: NodeId): void {
  r.logger.info?.(
    `${hex(r.id)} [term ${r.term}] transfer leadership to ${hex(to)} is in progress, ` +
      `ignores request to same node ${hex(to)}`,
  );
}

export function abortedTransfer(r: Raft, to: NodeId): void {
  r.logger.info?.(
    `${hex(r.id)} [term ${r.term}] abort previous transferring leadership to ${hex(to)}`,
  );
}

export function ignoredTransferToSelf(r: Raft): void {
  r.logger.debug?.(`${hex(r.id)} is already leader. Ignored transferring leadership to self`);
}

export function startedTransfer(r: Raft, to: NodeId): void {
  r.logger.info?.(`${hex(r.id)} [term ${r.term}] starts to transfer leadership to ${hex(to)}`);
}

export function sentTimeoutNowAtOnce(r: Raft, to: NodeId): void {
  r.logger.info?.(
    `${hex(r.id)} sends MsgTimeoutNow to ${hex(to)} immediately as ${hex(to)} already has ` +
      "up-to-date log",
  );
}

export function sentTimeoutNowAfterAck(r: Raft, to: NodeId): void {
  r.logger.info?.(`${hex(r.id)} sent MsgTimeoutNow to ${hex(to)} after received MsgAppResp`);
}
