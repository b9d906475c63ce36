import type { KeyChange } from "./data-events.ts";
import type { Base } from "./event-base.ts";

/** What clients ask for, what they are told, and what they believe to hold. */

/** A client begins operation `op` (unique in the run). `member` 0. */
export interface InvokeEvent extends Base {
  readonly kind: "invoke";
  readonly client: number;
  readonly op: number;
  readonly request: ClientOp;
  readonly text: string;
}
/** One attempt goes out to a member. */
export interface AttemptEvent extends Base {
  readonly kind: "attempt";
  readonly client: number;
  readonly op: number;
  readonly to: number;
  readonly attempt: number;
  /** The error that the attempt before it ended with; "" for the first. */
  readonly lastError: string;
}
/**
 * The operation ends for the client. `ok`: it happened; `fail`: it certainly did not, or it is no
 * write, of which that is not asked; `ambiguous`: it may or may not have happened, now or later.
 */
export interface CompleteEvent extends Base {
  readonly kind: "complete";
  readonly client: number;
  readonly op: number;
  readonly outcome: "ok" | "fail" | "ambiguous";
  readonly result: ClientResult | null;
  readonly text: string;
}

/** A client opens a watch, `watch` (unique in the run). `member` 0. */
export interface WatchEvent extends Base {
  readonly kind: "watch";
  readonly client: number;
  readonly watch: number;
  readonly key: string;
  /** As of a range: "" is the key alone, "\0" is open. */
  readonly rangeEnd: string;
  /** 0: from now on. */
  readonly startRevision: number;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly prevKv: boolean;
  readonly text: string;
}

/**
 * What a watch gives the client: events, a progress report, or its end. Across members, if the
 * client's library went on with it elsewhere: rules of delivery hold all the same.
 */
export interface WatchResponseEvent extends Base {
  readonly kind: "watch-response";
  readonly client: number;
  readonly watch: number;
  /** The member that sent it. */
  readonly from: number;
  /** Of the response's header. */
  readonly revision: number;
  readonly what: "created" | "events" | "progress" | "canceled";
  /** More of the same revision follows. */
  readonly fragment: boolean;
  readonly compactRevision: number;
  readonly events: readonly WatchedChange[];
  /** Why it was cancelled. */
  readonly text: string;
}

/** A client asks its stream up to where all watches on it have been told everything. */
export interface ProgressRequestEvent extends Base {
  readonly kind: "progress-request";
  readonly client: number;
}

export interface WatchedChange extends KeyChange {
  readonly modRevision: number;
  /** null if it was not asked for, or there was none. */
  readonly prev: { readonly value: string; readonly modRevision: number } | null;
}

/**
 * A client begins or ends to hold what only one may hold at a time (a lock, a leadership), as far as
 * it knows. `fence` grows from holder to holder. `lost`: it learned that it does not hold it any more.
 */
export interface HoldEvent extends Base {
  readonly kind: "hold";
  readonly client: number;
  readonly name: string;
  readonly action: "acquire" | "release" | "lost";
  readonly fence: number;
}

/** Keys are binary strings (one char a byte); values too here, for the eye and for checkers. */
export type ClientOp =
  | KeyOp
  /** Any other call; `method` is the request's type, as in the API. */
  | { readonly type: "call"; readonly method: string; readonly writes: boolean }
  /** `lease`: hex digits, "" where the server chooses; `ttl`: seconds, asked for by a grant. */
  | {
      readonly type: "lease";
      readonly method: "grant" | "revoke" | "keep-alive" | "time-to-live";
      readonly lease: string;
      readonly ttl: number;
    };

/** What one key is asked for. */
export type KeyOp =
  | { readonly type: "put"; readonly key: string; readonly value: string }
  | { readonly type: "get"; readonly key: string; readonly serializable: boolean }
  | { readonly type: "delete"; readonly key: string };

export interface ClientResult {
  /** The revision of the reply's header. */
  readonly revision: number;
  /** get: the value (null: no such key) and its modification revision. */
  readonly value?: string | null;
  readonly modRevision?: number;
  readonly deleted?: number;
  /** Whether a transaction's guards held. */
  readonly succeeded?: boolean;
  /** Of a lease: its id in hex digits, and the seconds it has. */
  readonly lease?: string;
  readonly ttl?: number;
}
