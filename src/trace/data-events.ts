import type { Base } from "./event-base.ts";

/** Layer DATA: what applied entries did to keys, leases and alarms. */

/** What one applied entry did to keys: all of it is revision `revision`. Each member tells it. */
export interface ChangesEvent extends Base {
  readonly kind: "changes";
  readonly index: number;
  readonly revision: number;
  readonly changes: readonly KeyChange[];
}

/** Values are binary strings; of a deletion only the key is told. */
export interface KeyChange {
  readonly type: "put" | "delete";
  readonly key: string;
  readonly value: string;
  readonly version: number;
  readonly createRevision: number;
  /** Hex digits; "" for none. */
  readonly lease: string;
}

/** Reads below `revision` fail from now on: the entry at `index` compacted the store. */
export interface CompactEvent extends Base {
  readonly kind: "compact";
  readonly index: number;
  readonly revision: number;
}

/**
 * The rows of a compaction are freed bit by bit. `resume`: a member that starts finds the note that
 * one was scheduled and not finished, and goes on with it; `finish`: its last rows are gone.
 */
export interface CompactionEvent extends Base {
  readonly kind: "compaction";
  readonly action: "resume" | "finish";
  readonly revision: number;
}

/**
 * A member's watcher falls behind, or catches up: the group says how it will be served. `synced`: it
 * is told of each write as it happens, again; `unsynced`: it is behind, and given history round by round;
 * `victim`: there is no room in its stream for what it is to be told next.
 */
export interface WatcherEvent extends Base {
  readonly kind: "watcher";
  /** The seq of the client's `watch`; 0 if it is not known. */
  readonly opened: number;
  readonly group: "synced" | "unsynced" | "victim";
  /** The first revision that its stream has not been given yet. */
  readonly next: number;
}

/**
 * A lease was granted, revoked or checkpointed by an applied entry; or, on the leader alone, it was
 * renewed, or found expired and its revoke is about to be proposed; or the member's lessor became
 * the one that decides (`promote`, of all leases: "") or ceased to be (`demote`).
 */
export interface LeaseEvent extends Base {
  readonly kind: "lease";
  readonly action: LeaseAction;
  /** Hex digits; "" for all. */
  readonly lease: string;
  /** Seconds: granted, left at the checkpoint, or renewed for; else 0. */
  readonly ttl: number;
}

export type LeaseAction =
  | "grant"
  | "revoke"
  | "checkpoint"
  | "renew"
  | "expire"
  | "promote"
  | "demote";

/** An alarm of member `of` was raised or disarmed by an applied entry. */
export interface AlarmEvent extends Base {
  readonly kind: "alarm";
  readonly alarm: "NOSPACE" | "CORRUPT";
  readonly of: number;
  readonly active: boolean;
}
