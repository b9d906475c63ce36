import type { Duration } from "../base/time.ts";
import type * as client from "./client-events.ts";
import type * as data from "./data-events.ts";
import type { Base } from "./event-base.ts";

export type * from "./client-events.ts";
export type * from "./data-events.ts";

/**
 * The trace vocabulary: everything that people, checkers and exports see of a run is one of these
 * events. Each carries its `seq` (1, 2, 3 …), the global virtual time `at` in µs, the member it
 * happened on (1…n; 0 is the world) and `cause`: the seq of the event that made it (0: none).
 *
 * Layers, so that a sink can ask for no more than it needs:
 *  - STEP: what the world hands to a member (a delivery, a wake-up, a request) and faults;
 *  - STATE: what changed on a member (role, vote, log, commit, applied …);
 *  - DETAIL: messages sent, disk work, etcd-raft's own log lines — for people;
 *  - BINDING: of the deliveries, those by which a member binds itself (votes, acknowledgements of
 *    entries that it had not acknowledged yet). With STATE it is what the invariants need, at a
 *    fraction of STEP's cost;
 *  - DATA: what applied entries did to keys, leases and alarms, and what watchers were told;
 *  - CLIENT: what clients asked for and were told, which is part of STEP too.
 */
export const Layer = {
  Step: 1,
  State: 2,
  Detail: 4,
  Binding: 8,
  Data: 16,
  Client: 32,
  All: 63,
} as const;

export type RoleName = "follower" | "pre-candidate" | "candidate" | "leader";

/** What a message says, in words and numbers. Fields that do not apply are absent. */
export interface MessageSummary {
  readonly type: string; // "MsgApp", …
  readonly from: number;
  readonly to: number;
  readonly term: number;
  readonly logTerm?: number;
  readonly index?: number;
  readonly commit?: number;
  /** Terms of the entries carried, first to last; entry i has index `index + 1 + i`. */
  readonly entries?: readonly number[];
  readonly reject?: boolean;
  readonly rejectHint?: number;
  readonly snapshot?: { readonly index: number; readonly term: number };
  readonly context?: string;
}

/** One log entry as shown: `text` is a short description of what it does, e.g. `put a=1`. */
export interface EntrySummary {
  readonly index: number;
  readonly term: number;
  readonly type: "normal" | "conf-change";
  readonly bytes: number;
  readonly text: string;
  /** A 52-bit hash of the entry's data: equal data, equal hash. */
  readonly hash: number;
}

export interface ConfSummary {
  readonly voters: readonly number[];
  /** Non-empty in a joint configuration. */
  readonly votersOutgoing: readonly number[];
  readonly learners: readonly number[];
  readonly learnersNext: readonly number[];
  readonly autoLeave: boolean;
}

/** What a leader knows of one member (etcd-raft's tracker.Progress). */
export interface PeerProgress {
  readonly id: number;
  readonly state: ProgressStateName;
  /** The highest entry known to be stored there. */
  readonly match: number;
  /** The next entry to send. */
  readonly next: number;
  /** The snapshot that was sent, while it is waited for; else 0. */
  readonly pendingSnapshot: number;
  /** No further append until it answers. */
  readonly paused: boolean;
  /** Appends with entries that are not answered yet. */
  readonly inflight: number;
}

export type ProgressStateName = "probe" | "replicate" | "snapshot";

// ---- STEP: the world acts -------------------------------------------------------------------

/** A member process starts; what follows in the same step is what it recovered. */
export interface BootEvent extends Base {
  readonly kind: "boot";
  readonly restart: boolean;
}
/** The member's own timer woke it: `ticks` ticks of its clock went by since it last looked. */
export interface WakeEvent extends Base {
  readonly kind: "wake";
  readonly ticks: number;
}
/** A message arrives; `cause` is its `send`. */
export interface DeliverEvent extends Base {
  readonly kind: "deliver";
  readonly message: MessageSummary;
}
/** A sync is done; `cause` is the `sync` event. */
export interface DiskDoneEvent extends Base {
  readonly kind: "disk-done";
  readonly token: number;
}
/** A client's request reaches the member; `cause` is the `invoke`. */
export interface RequestEvent extends Base {
  readonly kind: "request";
  readonly client: number;
  readonly op: number;
  readonly text: string;
}
/**
 * Something a scenario, a fuzzer or a person did to the world (member 0 if it concerns several).
 * `fault` is the scenario's word for it: crash, restart, pause, resume, partition, cut, heal, clog, unclog,
 * loss, delay, duplicate, reorder, drift, disk-slow, disk-full, bit-rot, transfer, add-learner, …
 */
export interface FaultEvent extends Base {
  readonly kind: "fault";
  readonly fault: string;
  readonly text: string;
  readonly members: readonly number[];
}
/** The process is gone; `text` says what its disk kept of unsynced bytes. */
export interface CrashEvent extends Base {
  readonly kind: "crash";
  readonly text: string;
  readonly lostBytes: number;
}
export interface PauseEvent extends Base {
  readonly kind: "pause";
}
export interface ResumeEvent extends Base {
  readonly kind: "resume";
}
/** The member will not start, and says why (corrupt WAL, …). It stays down. */
export interface RefuseEvent extends Base {
  readonly kind: "refuse";
  readonly text: string;
}
/** Which links are cut now: pairs [from, to] that do not deliver. Emitted after each change. */
export interface LinksEvent extends Base {
  readonly kind: "links";
  readonly cut: readonly (readonly [number, number])[];
  readonly clogged: readonly (readonly [number, number])[];
}

// ---- STATE: what changed on a member --------------------------------------------------------

/** Role, term or known leader changed. `reason` is a RoleReason of raft, in words. */
export interface RoleEvent extends Base {
  readonly kind: "role";
  readonly role: RoleName;
  readonly term: number;
  readonly lead: number;
  readonly reason: string;
}
/** Term, vote and commit as they are about to be made durable (raft's HardState). */
export interface HardStateEvent extends Base {
  readonly kind: "hard-state";
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
}
/** Entries enter the member's log at `entries[0].index`; whatever stood from there on is gone. */
export interface AppendEvent extends Base {
  readonly kind: "append";
  readonly entries: readonly EntrySummary[];
  readonly truncated: number;
}
export interface CommitEvent extends Base {
  readonly kind: "commit";
  readonly index: number;
  readonly term: number;
}
/**
 * Entries were applied one after the other, the first of them `index`. By columns, since nothing
 * happens more often: each entry's term, the state machine's rolling hash and the revision after
 * it, and what it does (`texts` is empty where nobody reads words).
 */
export interface ApplyEvent extends Base {
  readonly kind: "apply";
  readonly index: number;
  readonly terms: readonly number[];
  readonly hashes: readonly number[];
  readonly revisions: readonly number[];
  readonly texts: readonly string[];
}
/**
 * What a leader knows of each member of its configuration, itself included, as it takes a Ready
 * from raft, if any of it changed since the last time. `commit` and `last` (the last entry of its
 * log, durable or not) are as of the same moment. Ascending by id.
 */
export interface ProgressEvent extends Base {
  readonly kind: "progress";
  readonly term: number;
  readonly commit: number;
  readonly last: number;
  readonly peers: readonly PeerProgress[];
}
export interface ConfEvent extends Base {
  readonly kind: "conf";
  readonly index: number;
  readonly conf: ConfSummary;
}
/** The log and state machine now start from a snapshot: at boot, or received from the leader. */
export interface RestoreEvent extends Base {
  readonly kind: "restore";
  readonly index: number;
  readonly term: number;
  readonly hash: number;
  readonly revision: number;
  readonly conf: ConfSummary;
}
/** The member wrote a snapshot of its own, and dropped its log up to `compacted`. */
export interface SnapshotEvent extends Base {
  readonly kind: "snapshot";
  readonly index: number;
  readonly term: number;
  readonly compacted: number;
}
/** What the boot found on disk: the whole recovered raft state. */
export interface RecoverEvent extends Base {
  readonly kind: "recover";
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  readonly applied: number;
  /** Log entries after the snapshot. */
  readonly entries: readonly EntrySummary[];
  readonly snapshot: { readonly index: number; readonly term: number };
  readonly conf: ConfSummary;
  /** e.g. `torn tail of 37 bytes cut off`; empty if nothing was mended. */
  readonly repaired: string;
}

// ---- DETAIL: for people ---------------------------------------------------------------------

export interface SendEvent extends Base {
  readonly kind: "send";
  readonly message: MessageSummary;
}
/** The network did not deliver; `cause` is the `send`. `member` is the sender. */
export interface DropEvent extends Base {
  readonly kind: "drop";
  readonly message: MessageSummary;
  readonly reason: "loss" | "partition" | "down" | "paused" | "clogged" | "misdelivered";
}
/** The network made a second copy; `cause` is the `send`. */
export interface DuplicateEvent extends Base {
  readonly kind: "duplicate";
  readonly message: MessageSummary;
}
/** The member asked its disk to make bytes durable. */
export interface SyncEvent extends Base {
  readonly kind: "sync";
  readonly file: string;
  readonly token: number;
  readonly took: Duration;
}
/** A line with etcd-raft's wording. */
export interface LogEvent extends Base {
  readonly kind: "log";
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";
  readonly text: string;
}

/**
 * The member took a Ready from raft: every step that raft made since the one before, in its order.
 * `token` is the sync after which the Ready is durable; 0: there is nothing to wait for; -1: the
 * disk did not take it, and the process ends.
 */
export interface ReadyEvent extends Base {
  readonly kind: "ready";
  readonly token: number;
  readonly steps: readonly RaftStep[];
}

export type RaftStepName =
  | "init" // the node exists; it has not looked at its storage yet
  | "follower"
  | "candidate"
  | "pre-candidate"
  | "leader"
  | "commit" // the leader counted acks; the commit index may have stayed
  | "replicate" // the leader is about to append a normal entry
  | "propose-change" // the leader is about to append the change of `changes`
  | "switch" // the configuration is about to become `conf`
  | "ready"
  | "send" // `message` enters the outbox; it leaves with the Ready
  | "receive"; // `message` is about to be handled

/**
 * A step of raft, with the node's state: for `replicate`, `propose-change`, `switch` and `receive`
 * the one before the step, for all others the one after it.
 */
export interface RaftStep {
  readonly step: RaftStepName;
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  readonly role: RoleName;
  /** Index of the log's last entry. */
  readonly last: number;
  readonly message?: MessageSummary;
  readonly changes?: readonly ChangeSummary[];
  readonly conf?: ConfSummary;
  /** `switch`: the entry that is being applied; 0 at the start, and when a snapshot says so. */
  readonly index?: number;
}

export interface ChangeSummary {
  readonly node: number;
  readonly change: "add-voter" | "add-learner" | "remove" | "update";
}

export type TraceEvent =
  | BootEvent
  | WakeEvent
  | DeliverEvent
  | DiskDoneEvent
  | RequestEvent
  | FaultEvent
  | CrashEvent
  | PauseEvent
  | ResumeEvent
  | RefuseEvent
  | LinksEvent
  | RoleEvent
  | HardStateEvent
  | AppendEvent
  | CommitEvent
  | ApplyEvent
  | ProgressEvent
  | ConfEvent
  | RestoreEvent
  | SnapshotEvent
  | RecoverEvent
  | SendEvent
  | DropEvent
  | DuplicateEvent
  | SyncEvent
  | LogEvent
  | ReadyEvent
  | data.ChangesEvent
  | data.CompactEvent
  | data.CompactionEvent
  | data.WatcherEvent
  | data.LeaseEvent
  | data.AlarmEvent
  | client.WatchEvent
  | client.WatchResponseEvent
  | client.ProgressRequestEvent
  | client.HoldEvent
  | client.InvokeEvent
  | client.AttemptEvent
  | client.CompleteEvent;

export type TraceKind = TraceEvent["kind"];

/** The first line of a trace file. */
export interface TraceHeader {
  readonly detcd: "trace";
  readonly version: 1;
  readonly name: string;
  readonly title: string;
  readonly teaches: string;
  readonly seed: number;
  readonly members: readonly number[];
  readonly tickUs: Duration;
  readonly electionTicks: number;
}
