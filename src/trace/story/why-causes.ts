import type {
  AppendEvent,
  CommitEvent,
  CompleteEvent,
  HardStateEvent,
  LeaseEvent,
  MessageSummary,
  RoleEvent,
  SendEvent,
  TraceEvent,
} from "../events.ts";
import { isQuorum, leaderOf, memberOf } from "../frames/frame.ts";
import { requestOf, storedOn, voteRequest } from "./why.ts";
import { holdCause, keepsAlive, unrenewed, watchedCause } from "./why-holdings.ts";
import { heartbeatOf, type ReadPath, readPath } from "./why-reads.ts";
import { firstBetween, lastBefore, type TracedRun } from "./why-run.ts";
import { blockerOf, silencerOf } from "./why-silence.ts";
import { unanswered, unreached } from "./why-unanswered.ts";

/** What one event came of, where a trace's `cause` is only the step in which it happened. */

/** The entry that a chain is about. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  /** What it does, where that is known. */
  readonly text?: string;
}

type Found = TraceEvent | undefined;

/** Goes back from event to event, and keeps in mind which entry it is about. */
export class Causes {
  readonly #run: TracedRun;
  #entry: Entry | null;
  /** Of a read that was answered: the way that it went. */
  #read: ReadPath | null = null;

  /** @param entry the one that the chain is about, where that is known from the beginning */
  constructor(run: TracedRun, entry: Entry | null = null) {
    this.#run = run;
    this.#entry = entry;
  }

  /** Whether it is about a read, for which heartbeats ask who still follows. */
  get isRead(): boolean {
    return this.#read !== null;
  }

  /** What `event` came of: always an earlier event; undefined where the chain ends. */
  before(event: TraceEvent): Found {
    const found = this.#before(event);
    return found !== undefined && found.seq < event.seq ? found : undefined;
  }

  #before(event: TraceEvent): Found {
    const run = this.#run;
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
        if (event === this.#read?.applied) return this.#read.released;
        return this.#committed(event.member, event.index, 0, event.seq) ?? this.#cause(event);
      case "changes":
      case "compact":
      case "conf":
      case "auth":
        return this.#applied(event.member, event.index, event.seq) ?? this.#cause(event);
      case "lease":
        return this.#lease(event) ?? this.#cause(event);
      case "hold":
        return holdCause(run, event) ?? this.#cause(event);
      case "watch-response":
        return watchedCause(run, event) ?? this.#cause(event);
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
    const frame = this.#run.frameAt(seq - 1);
    const was = memberOf(frame, member);
    // It may have a leader that it has never heard.
    const lead = was.lead !== 0 ? was.lead : (leaderOf(frame)?.id ?? 0);
    if (was.role === "follower" && lead !== 0) {
      const silencer = silencerOf(this.#run, seq, lead, member, true);
      if (silencer !== undefined || was.lead !== 0) return silencer;
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
    const leader = memberOf(this.#run.frameAt(event.seq), event.member);
    return this.uncommitted(event.member, leader.commit + 1, event.seq);
  }

  /** Why the entry at `index` of this leader's log is not committed at `seq`. */
  uncommitted(member: number, index: number, seq: number): Found {
    const frame = this.#run.frameAt(seq);
    const leader = memberOf(frame, member);
    const entry = leader.log.at(index) ?? { index, term: 0 };
    const stored = storedOn(leader, index);
    if (isQuorum(leader.conf, stored) && entry.term < leader.term) {
      // On a majority, but of an older term: that it leads a newer one is what is in the way.
      return lastBefore(this.#run, seq + 1, (e) => isLeading(e, leader.id));
    }
    this.#entry = entry;
    return unreached(this.#run, leader, seq, stored) ?? this.#appended(leader.id, seq + 1);
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
      case "MsgHeartbeatResp":
        return heartbeatOf(event, run) ?? this.#cause(event);
      case "MsgApp":
      case "MsgHeartbeat":
        return this.#ofRead(event) ?? this.#ofEntry(event) ?? this.#ofLeader(event);
      case "MsgReadIndex":
        return this.#read?.request ?? this.#cause(event);
      case "MsgProp":
        return this.#asked(event) ?? this.#cause(event);
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

  /** A heartbeat that asks, for a read, who still follows: what asked for it, if its disk or clock did not. */
  #ofRead(event: SendEvent): Found {
    if (this.#read === null || event.message.type !== "MsgHeartbeat") return undefined;
    const cause = this.#cause(event);
    if (cause?.kind === "deliver" || cause?.kind === "request") return cause;
    const { request } = this.#read;
    if (request.member === event.member) return request;
    return lastBefore(
      this.#run,
      event.seq,
      (e) => e.kind === "deliver" && e.member === event.member && isReadOf(e, request.member),
    );
  }

  /** The request for what is appended, or forwarded: it may have waited for a leader, or for the disk. */
  #asked(event: AppendEvent | SendEvent): Found {
    const cause = this.#cause(event);
    if (cause?.kind === "request") return cause;
    if (cause?.kind === "deliver" && cause.message.type === "MsgProp") return cause;
    const what = this.#entry?.text;
    return lastBefore(
      this.#run,
      event.seq,
      (e) =>
        e.kind === "request" &&
        e.member === event.member &&
        (what === undefined || e.text === what),
    );
  }

  /** Any other message of a leader is sent because it leads. */
  #ofLeader(event: SendEvent): Found {
    return (
      lastBefore(this.#run, event.seq, (e) => isLeading(e, event.member)) ?? this.#cause(event)
    );
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
    if (role === "leader") return this.#asked(event) ?? this.#cause(event);
    const index = this.#entry?.index ?? 0;
    if (!holds(event, index)) return this.#cause(event);
    // One step may store what came with several messages.
    return (
      lastBefore(
        this.#run,
        event.seq,
        (e) => e.kind === "deliver" && e.member === event.member && carries(e.message, index),
      ) ?? this.#cause(event)
    );
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
      this.#entry = before.log.at(index) ?? { index, term: event.term };
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

  /** When the member first knew the entry to be committed that it applied at `seq`. */
  #applied(member: number, index: number, seq: number): Found {
    if (this.#entry === null) {
      const { log } = memberOf(this.#run.frameAt(seq), member);
      this.#entry = log.at(index) ?? { index, term: 0 };
    }
    return this.#committed(member, index, 0, seq);
  }

  #lease(event: LeaseEvent): Found {
    const { action, lease, member, seq } = event;
    const run = this.#run;
    switch (action) {
      case "grant":
      case "revoke":
      case "checkpoint":
        return this.#applied(member, memberOf(run.frameAt(seq - 1), member).applied + 1, seq);
      case "promote":
        return lastBefore(run, seq, (e) => isLeading(e, member));
      case "expire":
        return unrenewed(run, event);
      case "renew":
        return lastBefore(run, seq, (e) => e.kind === "invoke" && keepsAlive(e.request, lease));
      case "demote":
        return undefined;
    }
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
    if (event.outcome === "ok" && pending?.request.type === "get") {
      if (request === undefined || pending.request.serializable) return request ?? invoke;
      const path = readPath(run, request, seq);
      if (path === undefined) return request;
      this.#read = path;
      return path.applied ?? path.released;
    }
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
    const lost = unanswered(run, pending?.to ?? 0, invoke?.seq ?? seq, seq, event.client);
    return lost ?? request ?? invoke;
  }
}

/** A step of a member brings about no more events than this. */
const STEP = 200;

/** Whether what is told of the event is that its leader cannot commit. */
export function isStalled(event: TraceEvent, run: TracedRun): boolean {
  if (event.kind !== "wake" && event.kind !== "deliver") return false;
  return run.lineOf(event.seq)?.topic === "commit";
}

function isLeading(event: TraceEvent, member: number): boolean {
  return event.kind === "role" && event.member === member && event.role === "leader";
}

function carries(message: MessageSummary, index: number): boolean {
  if (message.type !== "MsgApp") return false;
  const before = message.index ?? 0;
  return index > before && index <= before + (message.entries?.length ?? 0);
}

function holds({ entries }: AppendEvent, index: number): boolean {
  const first = entries[0]?.index ?? 0;
  return index >= first && index < first + entries.length;
}

function isReadOf(event: TraceEvent, member: number): boolean {
  if (event.kind !== "deliver") return false;
  return event.message.type === "MsgReadIndex" && event.message.from === member;
}
