import { ACKNOWLEDGED_WRITES, ClientMonitor, LINEARIZABLE } from "../check/durability.ts";
import { InvariantMonitor } from "../check/monitor.ts";
import type { Violation } from "../check/violation.ts";
import type { MemberView } from "../sim/types.ts";
import type { TraceSink } from "../trace/trace.ts";
import { formatDuration } from "./duration.ts";

/** What a run is held against, by name. */
export const INVARIANT_NAMES: readonly string[] = [
  ...new InvariantMonitor().invariants.map(({ name }) => name),
  LINEARIZABLE,
  ACKNOWLEDGED_WRITES,
];

/** The independent checkers that watch every run: Raft's invariants, and what clients were told. */
export class Judge {
  readonly #invariants = new InvariantMonitor();
  readonly #clients = new ClientMonitor();

  get sinks(): readonly TraceSink[] {
    return [this.#invariants, this.#clients];
  }

  /** All that was violated so far, one sentence each. */
  violations(): string[] {
    return [...this.#invariants.violations, ...this.#clients.violations].map(violationText);
  }

  /** Acknowledged writes that are gone. */
  lostWrites(): string[] {
    return this.#clients.violations
      .filter(({ invariant }) => invariant === ACKNOWLEDGED_WRITES)
      .map(violationText);
  }

  /**
   * The run is over: acknowledged writes must be on every member that follows `leader`. A member
   * that is cut off at the end can't know better, and is not blamed.
   */
  finish(views: readonly MemberView[], leader: number, seq: number, at: number): void {
    const lead = views.find(({ id }) => id === leader);
    if (lead === undefined) return;
    const followers = views.filter((view) => view.lead === leader && view.term === lead.term);
    this.#clients.finish(followers, seq, at);
  }
}

function violationText({ invariant, at, seq, text }: Violation): string {
  return `${invariant}: ${text} (at ${formatDuration(at)}, event ${seq})`;
}
