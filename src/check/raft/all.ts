import { commitBounds } from "./commit-bounds.ts";
import { configChanges } from "./config-changes.ts";
import { durablePromises } from "./durable-promises.ts";
import { electionSafety } from "./election-safety.ts";
import type { InvariantMaker } from "./invariant.ts";
import { leaderAppendOnly } from "./leader-append-only.ts";
import { leaderCompleteness } from "./leader-completeness.ts";
import { logMatching } from "./log-matching.ts";
import { progressSane } from "./progress-sane.ts";
import { commitQuorum, electionQuorum } from "./quorum-rules.ts";
import { stateMachineSafety } from "./state-machine-safety.ts";
import { termMonotonic } from "./term-monotonic.ts";
import { voteOnce } from "./vote-once.ts";

/** Every invariant, in the order in which an event is shown to them. */
export const INVARIANTS: readonly InvariantMaker[] = [
  electionSafety,
  electionQuorum,
  voteOnce,
  termMonotonic,
  leaderAppendOnly,
  logMatching,
  commitBounds,
  commitQuorum,
  progressSane,
  stateMachineSafety,
  leaderCompleteness,
  configChanges,
  durablePromises,
];
