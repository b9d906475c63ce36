import type { FaultEvent, LinksEvent, MessageSummary, TraceEvent } from "../events.ts";
import { isClogged, isCut, memberOf } from "../frames/frame.ts";
import { clientName } from "../names.ts";
import { lastBefore, type TracedRun } from "./why-run.ts";

/** What kept a member from being heard. */

const FROM_A_LEADER: readonly MessageSummary["type"][] = ["MsgApp", "MsgHeartbeat", "MsgSnap"];
/** Faults that slow a member or its links down, without an event of their own that says whom it hits. */
const SLOWS: readonly string[] = ["link", "drift", "disk-slow", "slow-apply", "lose", "drop-next"];

type Deliver = Extract<TraceEvent, { readonly kind: "deliver" }>;

/**
 * Why `listener` did not hear from `speaker` before `seq`: the first thing that stood in the way since the
 * last message that came through was sent. Undefined if the trace shows none.
 */
export function silencerOf(
  run: TracedRun,
  seq: number,
  speaker: number,
  listener: number,
  asLeader: boolean,
): TraceEvent | undefined {
  const heard = lastBefore(
    run,
    seq,
    (event): event is Deliver =>
      event.kind === "deliver" &&
      event.member === listener &&
      event.message.from === speaker &&
      (!asLeader || FROM_A_LEADER.includes(event.message.type)),
  );
  const since = heard?.cause ?? (asLeader ? leadsSince(run, seq, speaker) : 0);
  let first: TraceEvent | undefined;
  let slow: TraceEvent | undefined;
  for (let at = seq - 1; at > since; at--) {
    const event = run.find(at);
    if (event === undefined) continue;
    if (silences(run, event, speaker, listener, asLeader)) first = event;
    else if (slows(event, speaker, listener)) slow = event;
  }
  // What was in the way already when the last message was sent reaches back further.
  return first ?? slow ?? blockerOf(run, seq - 1, listener, speaker);
}

function leadsSince(run: TracedRun, seq: number, member: number): number {
  const began = lastBefore(
    run,
    seq,
    (e) => e.kind === "role" && e.member === member && e.role === "leader",
  );
  return began?.seq ?? 0;
}

function silences(
  run: TracedRun,
  event: TraceEvent,
  speaker: number,
  listener: number,
  asLeader: boolean,
): boolean {
  switch (event.kind) {
    case "crash":
      return event.member === speaker;
    case "pause":
      return event.member === speaker || event.member === listener;
    case "role":
      return asLeader && event.member === speaker && event.role === "follower";
    case "links":
      return begins(run, event, speaker, listener);
    default:
      return false;
  }
}

function slows(event: TraceEvent, speaker: number, listener: number): boolean {
  if (event.kind === "drop") {
    return event.message.from === speaker && event.message.to === listener;
  }
  if (event.kind !== "fault" || !SLOWS.includes(event.fault)) return false;
  const { members } = event;
  return members.length === 0 || members.includes(speaker) || members.includes(listener);
}

/** Whether the link is cut or clogged from this event on, and was not before. */
function begins(run: TracedRun, event: LinksEvent, from: number, to: number): boolean {
  if (!isIn(event, from, to)) return false;
  const before = lastBefore(run, event.seq, (other) => other.kind === "links");
  return before === undefined || !isIn(before as LinksEvent, from, to);
}

function isIn({ cut, clogged }: LinksEvent, from: number, to: number): boolean {
  return isCut({ cut }, from, to) || isClogged({ clogged }, from, to);
}

/** What keeps `from` from reaching `to` and hearing back as of the event `seq` (see `trouble`). */
export function blockerOf(
  run: TracedRun,
  seq: number,
  from: number,
  to: number,
): TraceEvent | undefined {
  const frame = run.frameAt(seq);
  const { status } = memberOf(frame, to);
  const of = (kind: TraceEvent["kind"]) =>
    lastBefore(run, seq + 1, (event) => event.kind === kind && event.member === to);
  if (status === "down") return of("crash");
  if (status === "paused") return of("pause");
  if (status === "refused") return of("refuse");
  for (const [a, b] of [
    [from, to],
    [to, from],
  ] as const) {
    if (isCut(frame, a, b) || isClogged(frame, a, b)) {
      return lastBefore(
        run,
        seq + 1,
        (event) => event.kind === "links" && begins(run, event, a, b),
      );
    }
  }
  return undefined;
}

/** What keeps a client and `member` apart as of the event `seq`: it is paused, or the way between them cut. */
export function clientBlocker(
  run: TracedRun,
  seq: number,
  client: number,
  member: number,
): TraceEvent | undefined {
  let healed = false;
  let resumed = false;
  return lastBefore(run, seq + 1, (event) => {
    if (event.kind !== "fault") return false;
    if (event.fault === "heal") healed = true;
    if (!isAbout(event, client)) return false;
    if (event.fault === "client-resume") resumed = true;
    if (event.fault === "client-pause") return !resumed;
    if (event.fault !== "client-cut" || healed) return false;
    return event.members.length === 0 || event.members.includes(member);
  });
}

/** A fault's event names its members as numbers, and its clients in its text alone. */
function isAbout({ text }: FaultEvent, client: number): boolean {
  return new RegExp(`\\b${clientName(client)}\\b`).test(text);
}
