import type { ConfSummary } from "../../trace/events.ts";

/** Whether the voters that `has` names are a majority; an empty half always agrees. */
function majority(voters: readonly number[], has: (voter: number) => boolean): boolean {
  let count = 0;
  for (let i = 0; i < voters.length; i++) if (has(voters[i] as number)) count++;
  return voters.length === 0 || count * 2 > voters.length;
}

/** Raft, section 6: in a joint configuration agreement needs a majority of both halves. */
export function isQuorum(conf: ConfSummary, has: (voter: number) => boolean): boolean {
  return majority(conf.voters, has) && majority(conf.votersOutgoing, has);
}
