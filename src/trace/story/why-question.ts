import type { Instant } from "../../base/time.ts";
import type { CompleteEvent, TraceEvent } from "../events.ts";
import { leaseOf } from "../frames/data-frame.ts";
import { timeLeft } from "../frames/fold-data.ts";
import { type Frame, leaderOf, type MemberFrame, memberOf } from "../frames/frame.ts";
import {
  clientName,
  durationText,
  entryText,
  memberName,
  memberNames,
  printable,
  timeText,
} from "../names.ts";
import { whyNoProgress, whyNotCommitted } from "./why.ts";
import { Causes, type Entry } from "./why-causes.ts";
import { type WhyLink, whyChain } from "./why-chain.ts";
import { roleText } from "./why-roles.ts";
import { type RuleName, WHY_RULES } from "./why-rules.ts";
import { firstBetween, lastBefore, type TracedRun } from "./why-run.ts";
import { clientBlocker } from "./why-silence.ts";
import { unanswered } from "./why-unanswered.ts";

/** What may be asked why: something that happened, or that is so at a moment. */
export type Question =
  | { readonly about: "event"; readonly seq: number }
  /** The entry at an index of a member's log; `member` 0: of the leader's, or of whoever has it. */
  | { readonly about: "entry"; readonly index: number; readonly member: number }
  /** What a member is. */
  | { readonly about: "member"; readonly member: number }
  /** What a key holds, made by the `changes` event `seq`. */
  | { readonly about: "key"; readonly key: string; readonly seq: number }
  /** A lease, by its id in hex digits. */
  | { readonly about: "lease"; readonly lease: string }
  /** A client's operation, answered or not. */
  | { readonly about: "call"; readonly op: number };

export interface Reasons {
  /** What was asked, in few words; empty of an event, which says it itself. */
  readonly about: string;
  /** Nearest first; never empty. */
  readonly links: readonly WhyLink[];
}

/** How things are, and what it came of. */
interface Answer {
  readonly about: string;
  /** Empty where `from` says it all. */
  readonly text: string;
  readonly rule: RuleName | null;
  readonly from: TraceEvent | undefined;
  /** The entry that the chain is about. */
  readonly entry?: Entry;
}

/**
 * Why it is so after the event `position`: how things are, if that is a state, then what it came of, nearest
 * first. Null: there is no such thing.
 */
export function reasonsOf(
  question: Question,
  run: TracedRun,
  position: number,
  every = false,
): Reasons | null {
  const frame = run.frameAt(position);
  const moment = { run, position, now: frame.now, frame };
  const answer = answerTo(question, moment);
  if (answer === null) return null;
  const { about, text, rule, entry = null } = answer;
  // The fault that cut the links says so better.
  const links = answer.from?.kind === "links" ? run.find(answer.from.cause) : undefined;
  const from = links ?? answer.from;
  const state: WhyLink[] =
    text === "" && from !== undefined
      ? []
      : [
          {
            ...{ seq: position, at: moment.now, sentence: text },
            rule: rule === null ? null : WHY_RULES[rule],
          },
        ];
  const chain = from === undefined ? [] : whyChain(from, run, every, new Causes(run, entry));
  return { about, links: [...state, ...chain] };
}

interface Moment {
  readonly run: TracedRun;
  readonly position: number;
  readonly now: Instant;
  readonly frame: Frame;
}

function answerTo(question: Question, moment: Moment): Answer | null {
  const { run } = moment;
  switch (question.about) {
    case "event": {
      const from = run.find(question.seq);
      return from === undefined ? null : { about: "", text: "", rule: null, from };
    }
    case "entry":
      return ofEntry(question.index, question.member, moment);
    case "member":
      return ofMember(question.member, moment);
    case "key": {
      const from = run.find(question.seq);
      const about = `key ${printable(question.key)}`;
      return from === undefined ? null : { about, text: "", rule: null, from };
    }
    case "lease":
      return ofLease(question.lease, moment);
    case "call":
      return ofCall(question.op, moment);
  }
}

// ---- entries -------------------------------------------------------------------------------------

function ofEntry(index: number, member: number, moment: Moment): Answer | null {
  const { frame, run, position } = moment;
  const holder = holderOf(frame, index, member);
  if (holder === undefined) return ofCompacted(index, moment);
  const entry = holder.log.at(index);
  if (entry === undefined) return null;
  const what = `entry ${index} (${entryText(entry)}) of term ${entry.term}`;
  const about = `entry ${index}`;
  const replaced = replacedText(index, entry.hash, moment);
  const commit = firstCommit(entry, moment);
  if (commit !== undefined) {
    const know = frame.members.filter(
      (m) => m.commit >= index && m.log.termAt(index) === entry.term,
    );
    const by =
      know.length === 0
        ? ""
        : `, as ${memberNames(know.map(({ id }) => id))} know${know.length === 1 ? "s" : ""}`;
    const unaware = member !== 0 && holder.commit < index;
    const first = `${memberName(commit.member)} knew it at ${timeText(commit.at)}`;
    const text = unaware
      ? `${memberName(holder.id)}  does not know yet that ${what} is committed: ${first}${replaced}`
      : `${what} is committed${by}: ${first} first${replaced}`;
    return { about, text, rule: null, from: commit, entry };
  }
  const leader = leaderOf(frame);
  if (leader !== undefined && leader.log.at(index)?.hash === entry.hash) {
    const text = `${memberName(leader.id)}  has not committed ${what}: ${whyNotCommitted(frame, leader, index)}${replaced}`;
    const older = entry.term < leader.term;
    const from = new Causes(run).uncommitted(leader.id, index, position);
    return { about, text, rule: older ? "cannot-commit-older" : "cannot-commit", from, entry };
  }
  const lead =
    leader === undefined
      ? "nobody leads"
      : `${memberName(leader.id)}, who leads term ${leader.term}, does not have it`;
  const from = lastBefore(
    run,
    position + 1,
    (e) =>
      e.kind === "append" && e.member === holder.id && e.entries.some((x) => x.index === index),
  );
  const text = `${memberName(holder.id)}  has ${what}, which nobody knows as committed: ${lead}${replaced}`;
  return { about, text, rule: "cannot-commit", from, entry };
}

/** Whose log the entry is looked up in. */
function holderOf(frame: Frame, index: number, member: number): MemberFrame | undefined {
  if (member !== 0) return memberOf(frame, member);
  const leader = leaderOf(frame);
  if (leader?.log.at(index) !== undefined) return leader;
  let found: MemberFrame | undefined;
  for (const one of frame.members) {
    const term = one.log.at(index)?.term ?? 0;
    if (term > (found?.log.at(index)?.term ?? 0)) found = one;
  }
  return found;
}

/** Whoever first knew this entry to be committed, up to the moment. */
function firstCommit({ index, term }: Entry, { run, position }: Moment): TraceEvent | undefined {
  return firstBetween(
    run,
    0,
    position + 1,
    (e) =>
      e.kind === "commit" &&
      e.index >= index &&
      memberOf(run.frameAt(e.seq), e.member).log.termAt(index) === term,
  );
}

/** `; another stood there before: put x=1 of term 2, on m3 until 2.440s`: what gave way to it. */
function replacedText(index: number, hash: number, { run, position }: Moment): string {
  const lost = lastBefore(
    run,
    position + 1,
    (e) =>
      e.kind === "append" &&
      e.truncated > 0 &&
      (e.entries[0]?.index ?? 0) <= index &&
      differs(memberOf(run.frameAt(e.seq - 1), e.member), index, hash),
  );
  if (lost === undefined) return "";
  const entry = memberOf(run.frameAt(lost.seq - 1), lost.member).log.at(index);
  if (entry === undefined) return "";
  const where = `on ${memberName(lost.member)} until ${timeText(lost.at)}`;
  return `; another stood there before: ${entryText(entry)} of term ${entry.term}, ${where}`;
}

function differs({ log }: MemberFrame, index: number, hash: number): boolean {
  const entry = log.at(index);
  return entry !== undefined && entry.hash !== hash;
}

function ofCompacted(index: number, { frame, run, position }: Moment): Answer | null {
  const gone = frame.members.some(({ log }) => log.snapshotIndex >= index);
  if (!gone || index < 1) return null;
  const from = firstBetween(
    run,
    0,
    position + 1,
    (e) =>
      ((e.kind === "snapshot" || e.kind === "discard") && e.compacted >= index) ||
      (e.kind === "restore" && e.index >= index),
  );
  const text = `entry ${index} is in the memory of no log any more: it is committed, and who lacks it gets a snapshot`;
  return { about: `entry ${index}`, text, rule: "snapshot", from };
}

// ---- members -------------------------------------------------------------------------------------

function ofMember(id: number, { frame, run, position, now }: Moment): Answer | null {
  const member = frame.members.find((one) => one.id === id);
  if (member === undefined) return null;
  const from = lastBefore(run, position + 1, (e) => e.member === id && makes(e, member));
  const text = `${memberName(id)}  ${roleText(member, frame, now)}`;
  return { about: memberName(id), text, rule: null, from };
}

/** Whether by this event the member became what it is. */
function makes(event: TraceEvent, { status, role, term }: MemberFrame): boolean {
  switch (status) {
    case "down":
      return event.kind === "crash";
    case "paused":
      return event.kind === "pause";
    case "refused":
      return event.kind === "refuse";
    case "absent":
      return false;
    case "up":
      if (event.kind === "boot") return true;
      return event.kind === "role" && event.role === role && event.term === term;
  }
}

// ---- leases, calls -------------------------------------------------------------------------------

function ofLease(id: string, { frame, run, position, now }: Moment): Answer | null {
  const about = `lease ${id}`;
  const lease = leaseOf(frame.data, id);
  const own = (e: TraceEvent) => e.kind === "lease" && e.lease === id;
  if (lease === undefined) {
    const from = lastBefore(run, position + 1, own);
    return from === undefined ? null : { about, text: "", rule: null, from };
  }
  const left = timeLeft(lease, now);
  const counts = memberName(frame.data.primary);
  const how = lease.expired
    ? "has expired, and its revoke is under way"
    : left === null
      ? "stands still: no leader counts it down"
      : `has ${durationText(left)} left by the clock of ${counts}`;
  const from = lastBefore(
    run,
    position + 1,
    (e) => own(e) || (e.kind === "lease" && lease.began === "promote" && e.action === "promote"),
  );
  return { about, text: `lease ${id} of ${lease.ttl} s ${how}`, rule: "lease", from };
}

function ofCall(op: number, { frame, run, position, now }: Moment): Answer | null {
  const end = lastBefore(
    run,
    position + 1,
    (e): e is CompleteEvent => e.kind === "complete" && e.op === op,
  );
  const call = frame.pending.find((pending) => pending.op === op);
  if (end !== undefined) return { about: "", text: "", rule: null, from: end };
  if (call === undefined) return null;
  const { client, text, since, to } = call;
  const own = lastBefore(
    run,
    position + 1,
    (e) => (e.kind === "invoke" || e.kind === "attempt" || e.kind === "request") && e.op === op,
  );
  const lost = unanswered(run, to, own?.seq ?? position, position, client);
  const apart = clientBlocker(run, position, client, to) !== undefined;
  const why = apart ? `nothing gets from ${memberName(to)} to it` : whyNoProgress(frame, to);
  const waited = durationText(now - since);
  const asked = to === 0 ? "" : ` from ${memberName(to)}`;
  return {
    about: `${clientName(client)}'s ${text}`,
    text: `${clientName(client).padEnd(3)} waits for the answer to ${text}${asked} for ${waited} now${why === "" ? "" : `: ${why}`}`,
    rule: "unanswered",
    from: lost ?? own,
  };
}
