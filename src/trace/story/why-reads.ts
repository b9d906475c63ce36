import type { SendEvent, TraceEvent } from "../events.ts";
import { isQuorum, memberOf } from "../frames/frame.ts";
import { firstBetween, lastBefore, type TracedRun } from "./why-run.ts";

/** How an answer to a linearizable read came about (Ongaro's thesis, 6.4; etcd's ReadIndex). */
export interface ReadPath {
  /** The read's arrival at the member that answered it. */
  readonly request: TraceEvent;
  /** By it that member knew of a commit index that is new enough: the leader's answer, or the last heartbeat's. */
  readonly released: TraceEvent;
  /** By it the member had applied as much, if it had to wait for that. */
  readonly applied: TraceEvent | undefined;
}

/**
 * The way of the read that arrived with `request` and was answered before `seq`; undefined where nothing was
 * asked for it (of a single member). Messages are not told apart by what they are for: of several
 * questions under way it is the first after the request.
 */
export function readPath(run: TracedRun, request: TraceEvent, seq: number): ReadPath | undefined {
  const { member } = request;
  const question = firstBetween(
    run,
    request.seq,
    seq,
    (e) => e.kind === "send" && e.member === member && e.message.type === "MsgReadIndex",
  );
  const found =
    question === undefined
      ? confirmed(run, member, request.seq, seq)
      : answered(run, member, question.seq, seq);
  if (found === undefined) return undefined;
  const { released, index } = found;
  const waits = memberOf(run.frameAt(released.seq), member).applied < index;
  const applied = waits
    ? firstBetween(
        run,
        released.seq,
        seq,
        (e) => e.kind === "apply" && e.member === member && e.index + e.terms.length > index,
      )
    : undefined;
  return { request, released, applied };
}

interface Released {
  readonly released: TraceEvent;
  /** The read index. */
  readonly index: number;
}

/** A follower asked its leader. */
function answered(run: TracedRun, member: number, from: number, to: number): Released | undefined {
  const answer = firstBetween(
    run,
    from,
    to,
    (e) => e.kind === "deliver" && e.member === member && e.message.type === "MsgReadIndexResp",
  );
  if (answer?.kind !== "deliver") return undefined;
  return { released: answer, index: answer.message.index ?? 0 };
}

/** A leader asked by heartbeats whether a majority still follows it. */
function confirmed(run: TracedRun, member: number, from: number, to: number): Released | undefined {
  const first = firstBetween(run, from, to, (e) => asksWhoFollows(run, e, member));
  if (first === undefined) return undefined;
  const leader = memberOf(run.frameAt(first.seq), member);
  const followers = [member];
  const last = firstBetween(run, first.seq, to, (e) => {
    if (e.kind !== "deliver" || e.member !== member) return false;
    if (e.message.type !== "MsgHeartbeatResp") return false;
    const response = run.find(e.cause);
    const heard = response?.kind === "send" ? heartbeatOf(response, run) : undefined;
    if (heard === undefined || heard.cause < first.seq) return false;
    followers.push(e.message.from);
    return isQuorum(leader.conf, followers);
  });
  return last === undefined ? undefined : { released: last, index: leader.commit };
}

/** A heartbeat that its clock did not make. */
function asksWhoFollows(run: TracedRun, event: TraceEvent, member: number): boolean {
  if (event.kind !== "send" || event.member !== member) return false;
  return event.message.type === "MsgHeartbeat" && run.find(event.cause)?.kind !== "wake";
}

/** The arrival of the heartbeat that is answered: an answer may wait for the disk. */
export function heartbeatOf(answer: SendEvent, run: TracedRun): TraceEvent | undefined {
  const { from, to } = answer.message;
  return lastBefore(
    run,
    answer.seq,
    (e) =>
      e.kind === "deliver" &&
      e.member === from &&
      e.message.type === "MsgHeartbeat" &&
      e.message.from === to,
  );
}
