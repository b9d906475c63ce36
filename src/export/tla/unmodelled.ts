import type { Instant } from "../../base/time.ts";
import { memberName, timeText } from "../../trace/names.ts";
import { ExportError } from "../export-error.ts";

/** Where in a run: member and virtual time. */
export interface Place {
  readonly at: Instant;
  readonly member: number;
}

/**
 * The run does something that the specification has no step for. The message is one line: when and
 * where, what, and how to make a run without it.
 */
export class UnmodelledError extends ExportError {
  override name = "UnmodelledError";
  readonly at: Instant;
  readonly member: number;

  constructor(place: Place, what: string, remedy: string) {
    const where = `at ${timeText(place.at)} on ${memberName(place.member)}`;
    super(`${where}: ${what}; etcdraft.tla has no step for that — ${remedy}`);
    this.at = place.at;
    this.member = place.member;
  }
}
