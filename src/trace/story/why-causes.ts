import type {
  AppendEvent,
  CommitEvent,
  CompleteEvent,
  HardStateEvent,
  RoleEvent,
  SendEvent,
  TraceEvent,
} from "../events.ts";
import { type Frame, isQuorum, type MemberFrame, memberOf, votersOf } from "../frames/frame.ts";
import { requestOf, storedOn, trouble, voteRequest } from "./why.ts";
import { firstBetween, lastBefore, type TracedRun } from "./why-run.ts";
import { blockerOf, silencerOf } from "./why-silence.ts";

/** What one event came of, where a trace's `cause` is only the step in which it happened. */

/** The entry that a chain is about. */
interface Entry {
  readonly index: number;
  readonly term: number;
}

type Found = TraceEvent | undefined;

/** Goes back from event to event, and keeps in mind which entry it is about. */
export class Causes {
  readonly #run: TracedRun;
  #entry: Entry | null = null;

  constructor(run: TracedRun) {
    this.#run = run;
  }

  /** What `event` came of: always an earlier event; undefined where the chain ends. */
  before(event: TraceEvent): Found {
    const found = this.#before(event);
    return found !== undefined && found.seq < event.seq ? found : undefined;
  }

  #before(event: TraceEvent): Found {
    switch (event.kind) {
      case "role":
        return this.#cause(event);
      case "wake":
        return this.#wake(event);
      case "deliver":
        return isStalled(event, this.#run) ? this.#stalled(event) : this.#cause(event);
      case "send":
        return this.#send(event);
      case "hard-state":
        return this.#vote(event) ?? this.#cause(event);
      case "sync":
        return this.#appended(event.member, event.seq) ?? this.#cause(event);
      case "append":
        return this.#append(event);
      case "commit":
        return this.#commit(event);
      case "apply":
        return this.#committed(event.member, event.index, 0, event.seq) ?? this.#cause(event);
      case "drop":
        return this.#drop(event.seq, event.message.from, event.message.to) ?? this.#cause(event);
      case "complete":
        return this.#complete(event);
      default:
        return this.#cause(event);
    }
  }

  #cause(event: TraceEvent): Found {
    return event.cause === 0 ? undefined : this.#run.find(event.cause);
  }

  /** A clock that ran out is nobody's doing; what it waited for in vain is. */
  #wake(event: TraceEvent): Found {
    if (isStalled(event, this.#run)) return this.#stalled(event);
    const step = firstBetween(
      this.#run,
      event.seq,
      event.seq + STEP,
      (other) => other.kind === "role" && other.cause === event.seq,
    ) as RoleEvent | undefined;
    if (step?.reason === "election timeout") return this.#leaderless(step);
    if (step?.reason === "quorum lost") return this.#quorumless(step);
    return undefined;
  }

  #leaderless(stood: RoleEvent): Found {
    const { member, seq } = stood;
    const was = memberOf(this.#run.frameAt(seq - 1), member);
    if (was.role === "follower" && was.lead !== 0) {
      return silencerOf(this.#run, seq, was.lead, member, true);
    }
    // It stood already, or has had no leader since it took this role.
    const role = lastBefore(this.#run, seq, (e) => e.kind === "role" && e.member === member);
    return role ?? lastBefore(this.#run, seq, (e) => e.kind === "boot" && e.member === member);
  }

  #quorumless(down: RoleEvent): Found {
    const { member, seq } = down;
    const before = this.#run.frameAt(seq - 1);
    const limit = down.at - before.election;
    const silent = memberOf(before, member).peers.filter(
      (peer) => peer.id !== member && peer.heard < limit,
    );
    for (const peer of silent) {
      const found = silencerOf(this.#run, seq, peer.id, member, false);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Why a leader's oldest waiting entry is not committed. */
  #stalled(event: TraceEvent): Found {
    const frame = this.#run.frameAt(event.seq);
    const leader = memberOf(frame, event.member);
    const index = leader.commit + 1;
    const term = leader.log.termAt(index) ?? 0;
    const stored = storedOn(leader, index);
    if (isQuorum(leader.conf, stored)) {
      // On a majority, but of an older term: that it leads a newer one is what is in the way.
      return lastBefore(this.#run, event.seq, (e) => isLeading(e, leader.id));
    }
    this.#entry = { index, term };
    return (
      unreached(this.#run, frame, leader, event.seq, stored) ?? this.#appended(leader.id, event.seq)
    );
  }

  #send(event: SendEvent): Found {
    const { message, member, seq } = event;
    const run = this.#run;
    switch (message.type) {
      case "MsgVote":
      case "MsgPreVote": {
        const role = message.type === "MsgVote" ? "candidate" : "pre-candidate";
        return lastBefore(
          run,
          seq,
          (e) => e.kind === "role" && e.member === member && e.role === role,
        );
      }
      case "MsgVoteResp":
        if (message.reject !== true) {
          const vote = lastBefore(
            run,
            seq,
            (e) => e.kind === "hard-state" && e.member === member && e.vote === message.to,
          );
          if (vote !== undefined) return vote;
        }
        return requestOf(event, run.find) ?? this.#cause(event);
      case "MsgPreVoteResp":
        return requestOf(event, run.find) ?? this.#cause(event);
      case "MsgAppResp":
        if (message.reject === true) return requestOf(event, run.find) ?? this.#cause(event);
        return this.#appended(member, seq, message.index) ?? this.#cause(event);
      case "MsgApp":
      case "MsgHeartbeat":
        return this.#ofEntry(event) ?? this.#cause(event);
      case "MsgTimeoutNow":
        return (
          lastBefore(
            run,
            seq,
            (e) => e.kind === "transfer" && e.member === member && e.to === message.to,
          ) ?? this.#cause(event)
        );
      default:
        return this.#cause(event);
    }
  }

  /** A leader's message that carries the entry, or says that it is committed. */
  #ofEntry({ message, member, seq }: SendEvent): Found {
    const entry = this.#entry;
    if (entry === null) return undefined;
    if ((message.commit ?? 0) >= entry.index) {
      return this.#committed(member, entry.index, 0, seq);
    }
    return this.#appended(member, seq);
  }

  #vote(event: HardStateEvent): Found {
    if (event.vote === 0 || event.vote === event.member) return undefined;
    return voteRequest(event, this.#run.find) ?? undefined;
  }

  #append(event: AppendEvent): Found {
    const last = event.entries.at(-1);
    if (this.#entry === null && last !== undefined) this.#entry = last;
    const { role } = memberOf(this.#run.frameAt(event.seq), event.member);
    if (role === "leader" && event.entries[0]?.text === "") {
      return lastBefore(this.#run, event.seq, (e) => isLeading(e, event.member));
    }
    return this.#cause(event);
  }

  /** @returns where the entry of the chain, or the one at `index`, came into the member's log */
  #appended(member: number, seq: number, index = this.#entry?.index): Found {
    if (index === undefined) return undefined;
    return lastBefore(
      this.#run,
      seq,
      (e) => e.kind === "append" && e.member === member && holds(e, index),
    );
  }

  #commit(event: CommitEvent): Found {
    const before = memberOf(this.#run.frameAt(event.seq - 1), event.member);
    if (this.#entry === null) {
      // Of several the first: the others were but waiting for it.
      const index = Math.min(before.commit + 1, event.index);
      this.#entry = { index, term: before.log.termAt(index) ?? event.term };
    }
    const cause = this.#cause(event);
    if (before.role !== "leader") return cause;
    return cause?.kind === "deliver" ? cause : this.#appended(event.member, event.seq);
  }

  /** When the member first knew `index` to be committed, after `from` and before `to`. */
  #committed(member: number, index: number, from: number, to: number): Found {
    return firstBetween(
      this.#run,
      from,
      to,
      (e) => e.kind === "commit" && e.member === member && e.index >= index,
    );
  }

  #drop(seq: number, from: number, to: number): Found {
    return blockerOf(this.#run, seq, from, to);
  }

  #complete(event: CompleteEvent): Found {
    const run = this.#run;
    const { op, seq } = event;
    const invoke = lastBefore(run, seq, (e) => e.kind === "invoke" && e.op === op);
    const request = lastBefore(run, seq, (e) => e.kind === "request" && e.op === op);
    const pending = run.frameAt(seq - 1).pending.find((call) => call.op === op);
    if (event.outcome === "ok") {
      const what = invoke?.kind === "invoke" ? invoke.text : "";
      const append = firstBetween(
        run,
        request?.seq ?? seq,
        seq,
        (e) => e.kind === "append" && e.entries.some(({ text }) => text === what),
      );
      const entry =
        append?.kind === "append" ? append.entries.find(({ text }) => text === what) : undefined;
      if (append === undefined || entry === undefined) return request ?? invoke;
      this.#entry = entry;
      const to = pending?.to ?? append.member;
      return this.#committed(to, entry.index, append.seq, seq) ?? append;
    }
    const lost = this.#unanswered(pending?.to ?? 0, invoke?.seq ?? seq, seq, event.client);
    return lost ?? request ?? invoke;
  }

  /** What kept `member` from answering what it was asked at `from`. */
  #unanswered(member: number, from: number, seq: number, client: number): Found {
    if (member === 0) return undefined;
    const run = this.#run;
    const frame = run.frameAt(seq);
    const asked = memberOf(frame, member);
    const own = blockerOf(run, seq, 0, member);
    if (own !== undefined) return own;
    if (asked.role === "leader") {
      const stored = storedOn(asked, asked.log.lastIndex);
      const found = isQuorum(asked.conf, stored)
        ? undefined
        : unreached(run, frame, asked, seq, stored);
      if (found !== undefined) return found;
    } else if (asked.lead !== 0) {
      const found = blockerOf(run, seq, member, asked.lead);
      if (found !== undefined) return found;
    }
    return firstBetween(run, from, seq, (e) => cutsOff(e, member, asked.lead, client));
  }
}

/** A step of a member brings about no more events than this. */
const STEP = 200;

/** Whether what is told of the event is that its leader cannot commit. */
export function isStalled(event: TraceEvent, run: TracedRun): boolean {
  if (event.kind !== "wake" && event.kind !== "deliver") return false;
  return run.lineOf(event.seq)?.topic === "commit";
}

/** What keeps the first voter that lacks the leader's entries from having them. */
function unreached(
  run: TracedRun,
  frame: Frame,
  leader: MemberFrame,
  seq: number,
  stored: readonly number[],
): Found {
  for (const voter of votersOf(leader.conf)) {
    if (stored.includes(voter) || trouble(frame, leader.id, voter) === null) continue;
    const found = blockerOf(run, seq, leader.id, voter);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isLeading(event: TraceEvent, member: number): boolean {
  return event.kind === "role" && event.member === member && event.role === "leader";
}

function holds({ entries }: AppendEvent, index: number): boolean {
  const first = entries[0]?.index ?? 0;
  return index >= first && index < first + entries.length;
}

/** Whether it takes the member, its leader or the way between them and the client away. */
function cutsOff(event: TraceEvent, member: number, lead: number, client: number): boolean {
  switch (event.kind) {
    case "crash":
    case "pause":
      return event.member === member || event.member === lead;
    case "role":
      return event.member === member && event.role !== "leader";
    case "drop":
      return event.member === member && event.message.type === "MsgProp";
    case "fault":
      return event.fault === "client-cut" && event.text.includes(`c${client}`);
    default:
      return false;
  }
}
