import { kind, Layer } from "./kind.ts";
import { CONF, ENTRY, PEER_PROGRESS, POSITION, ROLE_NAME } from "./raft-shapes.ts";
import { column, columnOrEmpty, integer, list, text } from "./shape.ts";

const { State } = Layer;

/** What changed on a member. */
export const STATE_KINDS = {
  /** Role, term or known leader changed. `reason` is a RoleReason of raft, in words. */
  role: kind(State, { role: ROLE_NAME, term: integer, lead: integer, reason: text }),

  /** A leader begins to hand over to member `to`; 0: it gave up, and leads on. */
  transfer: kind(State, { to: integer }),

  /** Term, vote and commit as they are about to be made durable (raft's HardState). */
  "hard-state": kind(State, { term: integer, vote: integer, commit: integer }),

  /** Entries enter the member's log at `entries[0].index`; whatever stood from there on is gone. */
  append: kind(State, { entries: list(ENTRY), truncated: integer }),

  commit: kind(State, { index: integer, term: integer }),

  /**
   * Entries were applied one after the other, the first of them `index`. By columns, since nothing
   * happens more often: a row is an entry.
   */
  apply: kind(State, {
    index: integer,
    terms: column(integer),
    /** The state machine's rolling hash after the entry. */
    hashes: column(integer),
    /** The store's revision after the entry. */
    revisions: column(integer),
    /** What the entry does; empty where nobody reads words. */
    texts: columnOrEmpty(text),
  }),

  /**
   * What a leader knows of each member of its configuration, itself included, as it takes a Ready
   * from raft, if any of it changed since the last time. `commit` and `last` (the last entry of its
   * log, durable or not) are as of the same moment. Ascending by id.
   */
  progress: kind(State, {
    term: integer,
    commit: integer,
    last: integer,
    peers: list(PEER_PROGRESS),
  }),

  conf: kind(State, { index: integer, conf: CONF }),

  /** The log and state machine now start from a snapshot: at boot, or received from the leader. */
  restore: kind(State, {
    index: integer,
    term: integer,
    hash: integer,
    revision: integer,
    conf: CONF,
  }),

  /** The member wrote a snapshot of its own, and dropped its log up to `compacted`. */
  snapshot: kind(State, { index: integer, term: integer, compacted: integer }),

  /**
   * The member discarded its log in memory up to `compacted`, behind no snapshot on its disk, which has
   * these entries still: they come back with a restart.
   */
  discard: kind(State, { compacted: integer }),

  /** What the boot found on disk: the whole recovered raft state. */
  recover: kind(State, {
    term: integer,
    vote: integer,
    commit: integer,
    applied: integer,
    /** Log entries after the snapshot. */
    entries: list(ENTRY),
    snapshot: POSITION,
    conf: CONF,
    /** e.g. `torn tail of 37 bytes cut off`; empty if nothing was mended. */
    repaired: text,
  }),
} as const;
