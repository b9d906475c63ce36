import type { ConfSummary, RoleName } from "../trace/events.ts";

/**
 * `refused`: the member found its files damaged and did not start.
 *
 * @public
 */
export type MemberStatus = "up" | "down" | "paused" | "refused";
/**
 * What there is to be seen of a member. All zero where no process runs.
 *
 * @public
 */
export interface MemberView {
  readonly id: number;
  readonly status: MemberStatus;
  readonly role: RoleName;
  readonly term: number;
  readonly vote: number;
  readonly lead: number;
  readonly commit: number;
  readonly applied: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** The term of its last entry. */
  readonly lastTerm: number;
  readonly conf: ConfSummary;
  readonly revision: number;
  /** Reads below it fail; -1 before the first compaction. */
  readonly compactRevision: number;
  /** Hash of the key-value state at `applied`. */
  readonly stateHash: string;
  /** Its data is of a cluster that was given up for another one: it is not started again. */
  readonly retired: boolean;
  /** Why it refused to start; empty otherwise. */
  readonly refusal: string;
}
