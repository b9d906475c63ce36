import { assert } from "../base/assert.ts";
import { checkQuorum } from "./check-quorum.ts";
import { hup, ownCampaign } from "./election.ts";
import type { Raft } from "./raft.ts";
import { broadcastHeartbeat } from "./replication.ts";
import { abortLeaderTransfer } from "./transfer.ts";
import { StateType } from "./types.ts";

/** {@link ticksUntilDue} of a node that no number of ticks can move. */
export const NEVER_DUE = 1_000_000_000;

/** One tick of the logical clock. */
export function tick(r: Raft): void {
  if (r.state === StateType.Leader) tickLeader(r);
  else tickElection(r);
}

function tickElection(r: Raft): void {
  r.electionElapsed++;
  if (r.electionElapsed < r.randomizedElectionTimeout || !r.promotable()) return;
  r.electionElapsed = 0;
  hup(r, ownCampaign(r), "election timeout");
}

function tickLeader(r: Raft): void {
  r.heartbeatElapsed++;
  r.electionElapsed++;
  if (r.electionElapsed >= r.electionTimeout) {
    r.electionElapsed = 0;
    if (r.checkQuorum) checkQuorum(r);
    // The transfer did not happen in time: lead on. (checkQuorum may have deposed us.)
    abortLeaderTransfer(r);
  }
  if ((r.state as StateType) !== StateType.Leader) return;
  if (r.heartbeatElapsed < r.heartbeatTimeout) return;
  r.heartbeatElapsed = 0;
  broadcastHeartbeat(r);
}

/** How many ticks until one does something other than count, if nothing else happens; at least 1. */
export function ticksUntilDue(r: Raft): number {
  if (r.state === StateType.Leader) {
    const heartbeat = r.heartbeatTimeout - r.heartbeatElapsed;
    const election = r.electionTimeout - r.electionElapsed;
    return Math.max(1, Math.min(heartbeat, election));
  }
  if (!r.promotable()) return NEVER_DUE;
  return Math.max(1, r.randomizedElectionTimeout - r.electionElapsed);
}

/** The same as `n` ticks, of which none is due. */
export function skipTicks(r: Raft, n: number): void {
  assert(n >= 0 && n < ticksUntilDue(r), "only ticks that just count may be skipped");
  r.electionElapsed += n;
  if (r.state === StateType.Leader) r.heartbeatElapsed += n;
}
