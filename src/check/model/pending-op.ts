import type { Instant } from "../../base/time.ts";
import type { ClientOp } from "../../trace/events.ts";

/** An operation of a client that is under way. */
export interface PendingOp {
  readonly request: ClientOp;
  readonly text: string;
  readonly seq: number;
  readonly at: Instant;
  /** The highest revision that any client knew of when the operation began. */
  readonly floor: number;
}

/** What shows a violation: the member it was seen on, and the event. */
export interface Where {
  readonly member: number;
  readonly seq: number;
  readonly at: Instant;
}
