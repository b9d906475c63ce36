import type { Instant } from "../../base/time.ts";
import { type ConfSummary, NO_CONF, type RoleName } from "../../trace/events.ts";
import { LogModel } from "./log.ts";

/** One member as the trace told it so far: what an onlooker knows, not what the member says. */
export class MemberModel {
  readonly id: number;
  up = false;
  /** Between `boot` and `recover`. */
  booting = false;
  role: RoleName = "follower";
  roleSeq = 0;
  roleAt: Instant = 0;
  term = 0;
  /** The hard state last written, whether it was durable yet or not. */
  hardTerm = 0;
  hardVote = 0;
  hardCommit = 0;
  commit = 0;
  applied = 0;
  conf: ConfSummary = NO_CONF;
  /** The configuration before `conf`: a commit may have been counted under it. */
  confBefore: ConfSummary = NO_CONF;
  confIndex = 0;
  readonly log = new LogModel();

  constructor(id: number) {
    this.id = id;
  }
}
