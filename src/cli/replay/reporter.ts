import type { Verdict } from "../../scenario/run/report.ts";
import type { Ran } from "./planned.ts";

/** What became of many runs. */
export interface Totals {
  readonly runs: number;
  readonly counts: Readonly<Record<Verdict | "differed", number>>;
  /** Real ms; null: not to be told. */
  readonly ms: number | null;
}

/** Tells many runs in somebody's format, as they are made. */
export interface ReplayReporter {
  readonly ran: (ran: Ran) => void;
  readonly ended: (totals: Totals) => void;
}
