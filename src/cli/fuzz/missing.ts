import { missing, rangesText, sizeOfRanges } from "../../fuzz/ranges.ts";
import type { CampaignReport } from "../../fuzz/report.ts";
import { counted } from "../text.ts";
import type { ReportFile } from "./report-files.ts";

/**
 * What is not among the reports though it should be: shards, by the names of the files, and cases, where
 * the campaign has so many. A sentence each.
 */
export function missingText(files: readonly ReportFile[], merged: CampaignReport): string[] {
  const texts: string[] = [];
  const counts = new Set(files.flatMap(({ shard }) => (shard === null ? [] : [shard.count])));
  for (const count of counts) {
    const here = files.filter(({ shard }) => shard?.count === count);
    const indexes = here.map(({ shard }) => (shard?.index ?? 1) - 1).sort((a, b) => a - b);
    const gaps = missing(
      [...new Set(indexes)].map((index) => [index, index] as const),
      count,
    );
    if (gaps.length === 0) continue;
    const shards = gaps.map(([from, to]) => [from + 1, to + 1] as const);
    const number = sizeOfRanges(gaps);
    texts.push(
      `${counted(number, "shard")} of ${count}: ${rangesText(shards)} (run ${number === 1 ? "it" : "them"} again)`,
    );
  }
  const { runs } = merged.settings;
  const gaps = runs === undefined ? [] : missing(merged.cases, runs);
  if (gaps.length > 0) {
    texts.push(`${counted(sizeOfRanges(gaps), "case")} of ${runs}: ${rangesText(gaps)}`);
  }
  return texts;
}
