import type { MessageSummary, RaftStep } from "../../trace/events.ts";

/** What a member did because of a message: read off the steps that follow its receipt. */

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  MsgApp: ["MsgAppResp"],
  // Of a stale leader: the ack of nothing tells it of the new term.
  MsgHeartbeat: ["MsgHeartbeatResp", "MsgAppResp"],
  MsgSnap: ["MsgAppResp"],
  MsgVote: ["MsgVoteResp"],
};

/** Where in `steps` the answer is to the message received at `at`; -1 if it got none. */
export function answerAt(steps: readonly RaftStep[], at: number): number {
  const message = (steps[at] as RaftStep).message as MessageSummary;
  const types = ANSWERS[message.type];
  if (types === undefined) return -1;
  for (let i = at + 1; i < steps.length; i++) {
    const { step, message: sent } = steps[i] as RaftStep;
    if (step === "follower" || step === "switch") continue;
    const answers = step === "send" && sent?.to === message.from && types.includes(sent.type);
    return answers ? i : -1;
  }
  return -1;
}

/** The member entered the message's term because of it. */
export function entersTerm(steps: readonly RaftStep[], at: number): boolean {
  const message = (steps[at] as RaftStep).message as MessageSummary;
  const next = steps[at + 1];
  return next?.step === "follower" && next.term === message.term;
}

/**
 * Nothing but an answer came of it: no vote, no entry, no commit. The term may have risen and an
 * election been lost: both the specification can be told without the message.
 */
export function leavesNoTrace(steps: readonly RaftStep[], at: number): boolean {
  const before = steps[at] as RaftStep;
  const answer = answerAt(steps, at);
  if (answer < 0) return true;
  const after = steps[answer] as RaftStep;
  const vote = after.term > before.term ? 0 : before.vote;
  return after.commit === before.commit && after.last === before.last && after.vote === vote;
}
