import { KEY_CHANGE_FIELDS } from "./data-kinds.ts";
import { kind, Layer } from "./kind.ts";
import {
  flag,
  integer,
  list,
  nullable,
  optional,
  type RecordOf,
  record,
  type Shape,
  type TypeOf,
  text,
  variants,
  word,
} from "./shape.ts";

const { Step, Detail, Data, Client } = Layer;

/** Keys are binary strings (one char a byte); values too here, for the eye and for checkers. */
const CLIENT_OP = variants({
  put: { key: text, value: text },
  get: { key: text, serializable: flag },
  delete: { key: text },
  /** Any other call; `method` is the request's type, as in the API; `puts`: what it may write, if anything. */
  call: {
    method: text,
    writes: flag,
    puts: optional(list(record({ key: text, value: text }))),
  },
  lease: {
    method: word("grant", "revoke", "keep-alive", "time-to-live"),
    /** Hex digits, "" where the server chooses. */
    lease: text,
    /** Seconds, asked for by a grant. */
    ttl: integer,
  },
});
export type ClientOp = TypeOf<typeof CLIENT_OP>;

/** What one key is asked for. */
export type KeyOp = Extract<ClientOp, { readonly key: string }>;

const CLIENT_RESULT_FIELDS = {
  /** The revision of the response's header. */
  revision: integer,
  /** get: the value (null: no such key) and its modification revision. */
  value: optional(nullable(text)),
  modRevision: optional(integer),
  deleted: optional(integer),
  /** Whether a transaction's guards held. */
  succeeded: optional(flag),
  /** Of a lease: its id in hex digits, and the seconds it has. */
  lease: optional(text),
  ttl: optional(integer),
  /** get: the client answered itself, from what it keeps; `revision` is then of when it was asked for. */
  cached: optional(flag),
};
export interface ClientResult extends RecordOf<typeof CLIENT_RESULT_FIELDS> {}
const CLIENT_RESULT: Shape<ClientResult> = record(CLIENT_RESULT_FIELDS);

const WATCHED_CHANGE_FIELDS = {
  ...KEY_CHANGE_FIELDS,
  modRevision: integer,
  /** null if it was not asked for, or there was none. */
  prev: nullable(record({ value: text, modRevision: integer })),
};
export interface WatchedChange extends RecordOf<typeof WATCHED_CHANGE_FIELDS> {}
const WATCHED_CHANGE: Shape<WatchedChange> = record(WATCHED_CHANGE_FIELDS);

const NEED_FIELDS = {
  /**
   * To read or to write the keys of a range; to decide about whatever is attached to lease `key` (hex
   * digits); to be some user or other; to be an administrator, or else to have the role `key`.
   */
  what: word("read", "write", "lease", "user", "admin", "role"),
  key: text,
  /** As of a range: "" is the key alone, "\0" is open. */
  rangeEnd: text,
};
export interface AccessNeed extends RecordOf<typeof NEED_FIELDS> {}
const NEED: Shape<AccessNeed> = record(NEED_FIELDS);

/** What clients ask for, what they get, and what they believe to hold. `member` is 0. */
export const CLIENT_KINDS = {
  /** A client begins operation `op` (unique in the run). */
  invoke: kind(Step | Client, { client: integer, op: integer, request: CLIENT_OP, text }),

  /**
   * Who asks, and what for, of an operation or a watch that a client with a name begins, and of one that
   * gives a user a password. Passwords are fingerprints of a name and a password together; 0: none.
   */
  access: kind(Data, {
    client: integer,
    /** The operation's, or 0. */
    op: integer,
    /** The watch's, or 0. */
    watch: integer,
    /** "": nobody in particular. */
    user: text,
    password: integer,
    /** Decided by what the member that is asked has applied, however far behind it is. */
    local: flag,
    needs: list(NEED),
    /** The user who gets a password, and that password; null: nobody does. */
    sets: nullable(record({ user: text, password: integer })),
  }),

  /** One attempt goes out to a member. */
  attempt: kind(Detail, {
    client: integer,
    op: integer,
    to: integer,
    attempt: integer,
    /** The error that the attempt before it ended with; "" for the first. */
    lastError: text,
  }),

  /**
   * The operation ends for the client. `ok`: it happened; `fail`: it certainly did not, or it is no
   * write, of which that is not asked; `ambiguous`: it may or may not have happened, now or later.
   */
  complete: kind(Step | Client, {
    client: integer,
    op: integer,
    outcome: word("ok", "fail", "ambiguous"),
    result: nullable(CLIENT_RESULT),
    text,
  }),

  /** A client opens a watch, `watch` (unique in the run). */
  watch: kind(Data, {
    client: integer,
    watch: integer,
    key: text,
    /** As of a range: "" is the key alone, "\0" is open. */
    rangeEnd: text,
    /** 0: from now on. */
    startRevision: integer,
    noPut: flag,
    noDelete: flag,
    prevKv: flag,
    /** To be told from time to time how far it has come. */
    progressNotify: flag,
    /** Watches of a client that differ in this are on different streams. */
    requireLeader: flag,
    text,
  }),

  /**
   * What a watch gives the client: events, a progress report, or its end. Across members, if the
   * client's library went on with it elsewhere: rules of delivery hold all the same.
   */
  "watch-response": kind(Data, {
    client: integer,
    watch: integer,
    /** The member that sent it. */
    from: integer,
    /** Of the response's header. */
    revision: integer,
    what: word("created", "events", "progress", "canceled"),
    /** More of the same revision follows. */
    fragment: flag,
    compactRevision: integer,
    events: list(WATCHED_CHANGE),
    /** Why it was cancelled. */
    text,
  }),

  /** A client asks its stream for the revision up to which all watches on it have been given everything. */
  "progress-request": kind(Data, { client: integer, requireLeader: flag }),

  /**
   * A client begins or ends to hold what only one may hold at a time (a lock, a leadership), as far as
   * it knows. `fence` grows from holder to holder. `lost`: it learned that it does not hold it any more.
   */
  hold: kind(Data, {
    client: integer,
    name: text,
    action: word("acquire", "release", "lost"),
    fence: integer,
  }),
} as const;
