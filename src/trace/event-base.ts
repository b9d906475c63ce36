import type { Instant } from "../base/time.ts";

/** What all events of the trace have (see events.ts). */
export interface Base {
  seq: number;
  readonly at: Instant;
  readonly member: number;
  readonly cause: number;
}
