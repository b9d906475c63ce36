import type { TraceEvent } from "../events.ts";
import { isQuorum, type MemberFrame, memberOf, votersOf } from "../frames/frame.ts";
import { trouble } from "./why.ts";
import { firstBetween, type TracedRun } from "./why-run.ts";
import { blockerOf, clientBlocker } from "./why-silence.ts";

/** What keeps `member`, as of `seq`, from answering what `client` asked it after `from`. */
export function unanswered(
  run: TracedRun,
  member: number,
  from: number,
  seq: number,
  client: number,
): TraceEvent | undefined {
  if (member === 0) return undefined;
  const frame = run.frameAt(seq);
  const asked = memberOf(frame, member);
  const own = blockerOf(run, seq, 0, member) ?? clientBlocker(run, seq, client, member);
  if (own !== undefined) return own;
  if (asked.role === "leader") {
    // A write must be stored by a majority; of a read a majority must say that it still leads.
    const reached = votersOf(asked.conf).filter((id) => trouble(frame, member, id) === null);
    const found = isQuorum(asked.conf, reached) ? undefined : unreached(run, asked, seq, reached);
    if (found !== undefined) return found;
  } else if (asked.lead !== 0) {
    const found = blockerOf(run, seq, member, asked.lead);
    if (found !== undefined) return found;
  }
  return firstBetween(run, from, seq, (e) => takesAway(e, member, asked.lead));
}

/** What keeps the first voter that lacks the leader's entries from having them. */
export function unreached(
  run: TracedRun,
  leader: MemberFrame,
  seq: number,
  stored: readonly number[],
): TraceEvent | undefined {
  const frame = run.frameAt(seq);
  for (const voter of votersOf(leader.conf)) {
    if (stored.includes(voter) || trouble(frame, leader.id, voter) === null) continue;
    const found = blockerOf(run, seq, leader.id, voter);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether it takes the member or its leader away, or what was asked for. */
function takesAway(event: TraceEvent, member: number, lead: number): boolean {
  switch (event.kind) {
    case "crash":
    case "pause":
      return event.member === member || event.member === lead;
    case "role":
      return event.member === member && event.role !== "leader";
    case "drop":
      return event.member === member && event.message.type === "MsgProp";
    default:
      return false;
  }
}
