import type {
  ConfChange,
  ConfChangeV2,
  ConfState,
  Index,
  Message,
  NodeId,
  StateType,
  Term,
} from "./types.ts";

export const LogLevel = { Debug: 0, Info: 1, Warn: 2, Error: 3, Fatal: 4, None: 5 } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** Why a member's role, term or leader changed: the word the narration uses. */
export type RoleReason =
  | "start" // (re)started from its storage
  | "election timeout" // it heard nothing from a leader in time and campaigns
  | "campaign" // told to campaign (MsgHup from outside)
  | "leadership transfer" // the leader told it to campaign now (MsgTimeoutNow)
  | "pre-vote won" // a quorum would vote for it: the real election begins
  | "election won"
  | "election lost" // a quorum rejected it
  | "higher term" // it saw a message of a later term
  | "leader found" // a candidate heard from the leader of its term
  | "quorum lost" // CheckQuorum: the leader did not hear from a quorum
  | "removed" // StepDownOnRemoval
  | "leader forgotten"; // ForgetLeader

/**
 * Hears what raft does. All methods are called synchronously from inside `step`, `tick`,
 * `advance` or `applyConfChange`; they must not call back. Absent observers cost one null check.
 */
export interface RaftObserver {
  /** Lines below this level are not built. */
  readonly level: LogLevel;
  /** A line with etcd-raft's own wording, e.g. `1 became candidate at term 2`. */
  log(level: LogLevel, text: string): void;
  /** Called after each change of role, term or known leader. */
  role(state: StateType, term: Term, lead: NodeId, reason: RoleReason): void;
  /** A leader begins to hand over to `to`; NONE: it gave up, and leads on. Absent: nobody asks. */
  transfer?(to: NodeId): void;
  /** Absent or null: nobody wants to know every step. Asked for once, when the node starts. */
  readonly probe?: RaftProbe | null;
}

/** The state of a node as a probe reads it: as it is at the point of the call. */
export interface ProbedState {
  readonly id: NodeId;
  readonly term: Term;
  readonly vote: NodeId;
  readonly state: StateType;
  readonly log: { readonly committed: Index; lastIndex(): Index };
}

/** The points without further data. */
export type RaftPoint =
  | "init" // the node exists; its storage was not looked at yet
  | "follower"
  | "candidate"
  | "pre-candidate"
  | "leader" // before its first entry
  | "commit" // the leader counted acks; the index may have stayed
  | "replicate" // the leader is about to append one normal entry
  | "ready"; // a Ready was taken

/**
 * Hears each step of a node, at the points where etcd-io/raft traces its own for validation against
 * its TLA+ specification (state_trace.go, build tag with_tla), in their order.
 */
export interface RaftProbe {
  at(state: ProbedState, point: RaftPoint): void;
  /** A message enters the outbox: to others, or to ourselves (an ack of our own append or vote). */
  sent(state: ProbedState, message: Message): void;
  /** A message is about to be handled; the state is the one before. */
  received(state: ProbedState, message: Message): void;
  /** The leader is about to append a conf change. */
  proposed(state: ProbedState, change: ConfChange | ConfChangeV2): void;
  /** The configuration is about to become `next`. */
  switching(state: ProbedState, next: ConfState): void;
}
