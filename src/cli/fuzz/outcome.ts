import type { Explained } from "../../fuzz/explain.ts";
import type { CampaignReport } from "../../fuzz/report.ts";
import type { Difference } from "../../fuzz/verify.ts";
import type { Sharding } from "./shard.ts";

/** A campaign that is over, or the merged reports of its shards: what reporters tell. */
export interface Outcome {
  readonly report: CampaignReport;
  /** Where the report was written. */
  readonly file: string | null;
  /** How it was run; null: that is not to be told, or it was elsewhere, by those who wrote the reports. */
  readonly ran: { readonly ms: number; readonly workers: number } | null;
  /** Of how many reports it is made; 0: it was run here. */
  readonly merged: number;
  readonly sharding: Sharding | null;
  readonly interrupted: boolean;
  /** Two runs of a case that were not the same. */
  readonly difference: Difference | null;
  /** All cases were run twice, and none was another. */
  readonly verified: boolean;
  /** What should be there and is not, a sentence each. */
  readonly missing: readonly string[];
}

/** A failure that was explained. */
export interface Found extends Explained {
  /** Where it was written; null: it could not be. */
  readonly file: string | null;
}

/** Tells an outcome in somebody's format, as it becomes known. */
export interface Reporter {
  /** All cases were run. */
  readonly ran: (outcome: Outcome) => void;
  /** One of its failures was explained, which may take long. */
  readonly explained: (found: Found) => void;
  readonly ended: (outcome: Outcome, found: readonly Found[]) => void;
}
