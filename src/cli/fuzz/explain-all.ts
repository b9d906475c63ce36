import { explain, FailsNoMore, firstOfEach } from "../../fuzz/explain.ts";
import type { CampaignReport } from "../../fuzz/report.ts";
import { keepScenario } from "../files/keep.ts";
import type { Io } from "../io.ts";
import { asRecorded } from "../sources/recorded-mark.ts";
import type { Found, Reporter } from "./outcome.ts";

/** At most so many smaller ones are tried for one failure. */
const SHRINK_RUNS = 2_000;

export interface Explaining {
  /** Real ms for making one failure smaller; 0: not at all. */
  readonly shrinkTime: number;
  /** Where the scenario files go. */
  readonly folder: string;
}

export interface AllExplained {
  readonly found: readonly Found[];
  /** Cases that failed and do not again. */
  readonly lost: readonly number[];
}

/** Makes the first failure of each invariant small, writes it down, and tells the reporter. */
export function explainAll(
  report: CampaignReport,
  { shrinkTime, folder }: Explaining,
  { explained }: Reporter,
  io: Io,
): AllExplained {
  const found: Found[] = [];
  const lost: number[] = [];
  for (const failed of firstOfEach(report)) {
    const from = io.clock();
    const stop = () => io.clock() - from >= shrinkTime;
    try {
      const why = explain(failed, report.settings, { runs: SHRINK_RUNS, stop });
      const { name, yaml } = why.failure;
      // The scenario's name is its file's.
      const textOf = (own: string) => asRecorded(yaml.replace(`name: ${name}\n`, `name: ${own}\n`));
      const each = { ...why, file: keepScenario(folder, name, textOf, io) };
      found.push(each);
      explained(each);
    } catch (error) {
      if (!(error instanceof FailsNoMore)) throw error;
      lost.push(error.case);
    }
  }
  return { found, lost };
}
