import { kind, Layer } from "./kind.ts";
import {
  flag,
  integer,
  list,
  type RecordOf,
  record,
  type Shape,
  type TypeOf,
  text,
  variants,
  word,
} from "./shape.ts";

const { State, Data } = Layer;

/** Values are binary strings; of a deletion only the key is given. */
export const KEY_CHANGE_FIELDS = {
  type: word("put", "delete"),
  key: text,
  value: text,
  version: integer,
  createRevision: integer,
  /** Hex digits; "" for none. */
  lease: text,
};
export interface KeyChange extends RecordOf<typeof KEY_CHANGE_FIELDS> {}
const KEY_CHANGE: Shape<KeyChange> = record(KEY_CHANGE_FIELDS);

const PERMISSION = word("READ", "WRITE", "READWRITE");

const LEASE_ACTION = word("grant", "revoke", "checkpoint", "renew", "expire", "promote", "demote");
export type LeaseAction = TypeOf<typeof LEASE_ACTION>;

/** Of users only their names are told: a hash of a password says nothing to a model. */
const AUTH_CHANGE = variants({
  enable: {},
  disable: {},
  "user-add": { user: text, noPassword: flag },
  "user-delete": { user: text },
  /** The user has another password, or the same again. */
  "user-password": { user: text },
  "user-grant": { user: text, role: text },
  "user-revoke": { user: text, role: text },
  "role-add": { role: text },
  "role-delete": { role: text },
  "role-grant": { role: text, access: PERMISSION, key: text, rangeEnd: text },
  "role-revoke": { role: text, key: text, rangeEnd: text },
});
export type AuthChange = TypeOf<typeof AUTH_CHANGE>;

/** What applied entries did to keys, leases and alarms, and to users and roles. */
export const DATA_KINDS = {
  /** What one applied entry did to keys: all of it is revision `revision`. Each member emits it. */
  changes: kind(Data, { index: integer, revision: integer, changes: list(KEY_CHANGE) }),

  /** Reads below `revision` fail from now on: the entry at `index` compacted the store. */
  compact: kind(Data, { index: integer, revision: integer }),

  /**
   * The rows of a compaction are freed bit by bit. `resume`: a member that starts finds the note that
   * one was scheduled and not finished, and goes on with it; `finish`: its last rows are gone.
   */
  compaction: kind(Data, { action: word("resume", "finish"), revision: integer }),

  /**
   * A member's watcher falls behind, or catches up: the group says how it will be served. `synced`: it
   * is given each write as it happens, again; `unsynced`: it is behind, and given history round by
   * round; `victim`: there is no room in its stream for what it is to be given next.
   */
  watcher: kind(Data, {
    /** The seq of the client's `watch`; 0 if it is not known. */
    opened: integer,
    group: word("synced", "unsynced", "victim"),
    /** The first revision that its stream has not been given yet. */
    next: integer,
  }),

  /**
   * A lease was granted, revoked or checkpointed by an applied entry; or, on the leader alone, it was
   * renewed, or found expired and its revoke is about to be proposed; or the member's lessor became
   * the one that decides (`promote`, of all leases: "") or ceased to be (`demote`).
   */
  lease: kind(Data, {
    action: LEASE_ACTION,
    /** Hex digits; "" for all. */
    lease: text,
    /** Seconds: granted, left at the checkpoint, or renewed for; else 0. */
    ttl: integer,
  }),

  /** An alarm of member `of` was raised or disarmed by an applied entry. */
  alarm: kind(State | Data, { alarm: word("NOSPACE", "CORRUPT"), of: integer, active: flag }),

  /** The entry at `index` changed who may what. Each member emits it. */
  auth: kind(Data, { index: integer, change: AUTH_CHANGE }),
} as const;
