import type { Duration, Instant } from "../../base/time.ts";
import {
  type AlarmEvent,
  type ClientOp,
  type ConfSummary,
  type MessageSummary,
  NO_CONF,
  type RoleName,
  type TraceHeader,
} from "../events.ts";
import { type DataFrame, NO_DATA } from "./data-frame.ts";
import { LogView } from "./log-view.ts";

/** `absent`: not started yet, or the trace has not shown it. */
export type MemberStatus = "absent" | "up" | "down" | "paused" | "refused";

/** What a leader learnt of one peer from its answers. */
export interface PeerFrame {
  readonly id: number;
  /** The last index the peer is known to hold as the leader does. */
  readonly match: number;
  /** When the leader last heard from it; -1: not since it leads. */
  readonly heard: Instant;
}

export interface MemberFrame {
  readonly id: number;
  readonly status: MemberStatus;
  readonly role: RoleName;
  /** Why it has this role, in raft's words (`RoleReason`). */
  readonly reason: string;
  /** When it took the role in this term. */
  readonly since: Instant;
  readonly term: number;
  /** Whom it voted for in `term`; 0: nobody. */
  readonly vote: number;
  /** Who leads in `term`, as far as it knows; 0: nobody. */
  readonly lead: number;
  readonly commit: number;
  readonly applied: number;
  readonly revision: number;
  readonly conf: ConfSummary;
  readonly log: LogView;
  /** When it last heard from a leader of its term, or since when it waits to. */
  readonly heard: Instant;
  /** Since when its election timer runs: also a vote that it gives and a new term set it anew. */
  readonly timerSince: Instant;
  /** Campaigning: who granted and who refused it its vote. */
  readonly granted: readonly number[];
  readonly refused: readonly number[];
  /** Leading: its peers. */
  readonly peers: readonly PeerFrame[];
  /** The revision up to which it frees what a compaction left over; 0: nothing is left. */
  readonly compacting: number;
  /** Syncs its disk has not finished. */
  readonly syncing: number;
  /** Why it will not start; empty otherwise. */
  readonly refusal: string;
  /** The alarms that it knows of, of any member. */
  readonly alarms: readonly AlarmFrame[];
}

export interface AlarmFrame {
  readonly alarm: AlarmEvent["alarm"];
  /** The member that it is about. */
  readonly of: number;
}

/** A message on its way. */
export interface Flight {
  /** The seq of its `send`. */
  readonly seq: number;
  readonly sent: Instant;
  readonly message: MessageSummary;
  /** More than 1 if the network duplicated it. */
  readonly copies: number;
}

export interface PendingOperation {
  readonly op: number;
  readonly client: number;
  readonly request: ClientOp;
  readonly text: string;
  readonly since: Instant;
  /** Where the last attempt went; 0: nowhere yet. */
  readonly to: number;
  readonly attempt: number;
}

export interface Outcomes {
  readonly ok: number;
  readonly fail: number;
  readonly ambiguous: number;
}

export type Link = readonly [from: number, to: number];

/**
 * Everything visible at one moment of a run. A value: folding an event into a frame gives a new
 * one, which shares what did not change, so any number of moments can be kept.
 */
export interface Frame {
  /** The last event folded in; 0 at the start. */
  readonly seq: number;
  readonly now: Instant;
  /** Sorted by id. */
  readonly members: readonly MemberFrame[];
  readonly flights: readonly Flight[];
  readonly cut: readonly Link[];
  readonly clogged: readonly Link[];
  readonly pending: readonly PendingOperation[];
  readonly outcomes: Outcomes;
  readonly data: DataFrame;
  /** The highest index any member knew to be committed. */
  readonly committed: number;
  /** Some member has led: what was before is the making of the cluster. */
  readonly elected: boolean;
  /** The election timeout of the run at its shortest. */
  readonly election: Duration;
}

/** A member of which nothing is known yet. */
export function blankMember(id: number): MemberFrame {
  return {
    id,
    status: "absent",
    role: "follower",
    reason: "",
    since: 0,
    term: 0,
    vote: 0,
    lead: 0,
    commit: 0,
    applied: 0,
    revision: 0,
    conf: NO_CONF,
    log: LogView.after(0, 0),
    heard: 0,
    timerSince: 0,
    granted: [],
    refused: [],
    peers: [],
    compacting: 0,
    syncing: 0,
    refusal: "",
    alarms: [],
  };
}

/** The moment before the first event. */
export function firstFrame(header: TraceHeader): Frame {
  return {
    seq: 0,
    now: 0,
    members: [...header.members].sort((a, b) => a - b).map(blankMember),
    flights: [],
    cut: [],
    clogged: [],
    pending: [],
    outcomes: { ok: 0, fail: 0, ambiguous: 0 },
    data: NO_DATA,
    committed: 0,
    elected: false,
    election: header.tickUs * header.electionTicks,
  };
}

/** The member `id` of the frame; a blank one if the frame does not know it. */
export function memberOf(frame: Frame, id: number): MemberFrame {
  for (const member of frame.members) if (member.id === id) return member;
  return blankMember(id);
}

/** The leader that is up and has the highest term, if there is one. */
export function leaderOf(frame: Frame): MemberFrame | undefined {
  let leader: MemberFrame | undefined;
  for (const member of frame.members) {
    if (member.status !== "up" || member.role !== "leader") continue;
    if (leader === undefined || member.term > leader.term) leader = member;
  }
  return leader;
}

/** The alarms of the cluster: as the member knows them that has applied most. */
export function alarmsOf(frame: Frame): readonly AlarmFrame[] {
  let most: MemberFrame | undefined;
  for (const member of frame.members) {
    if (most === undefined || member.applied > most.applied) most = member;
  }
  return most?.alarms ?? [];
}

export function isCut(frame: Pick<Frame, "cut">, from: number, to: number): boolean {
  return frame.cut.some((link) => link[0] === from && link[1] === to);
}

export function isClogged(frame: Pick<Frame, "clogged">, from: number, to: number): boolean {
  return frame.clogged.some((link) => link[0] === from && link[1] === to);
}

/** All voters, of the outgoing half of a joint configuration too; sorted, without doubles. */
export function votersOf(conf: ConfSummary): number[] {
  return [...new Set([...conf.voters, ...conf.votersOutgoing])].sort((a, b) => a - b);
}

/** Whether `ids` hold a majority of each half of the configuration. */
export function isQuorum(conf: ConfSummary, ids: readonly number[]): boolean {
  return isMajority(conf.voters, ids) && isMajority(conf.votersOutgoing, ids);
}

function isMajority(voters: readonly number[], ids: readonly number[]): boolean {
  if (voters.length === 0) return true;
  let count = 0;
  for (const voter of voters) if (ids.includes(voter)) count++;
  return count * 2 > voters.length;
}
