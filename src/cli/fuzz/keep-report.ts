import type { CampaignReport } from "../../fuzz/report.ts";
import { keep } from "../files/keep.ts";
import type { Io } from "../io.ts";
import { type Shard, suffixOf } from "./shard.ts";

/** Writes `report.json`, or that of a shard, into `folder`; its path, or null. */
export function keepReport(
  folder: string,
  report: CampaignReport,
  shard: Shard | null,
  io: Io,
): string | null {
  return keep(folder, `report${suffixOf(shard)}.json`, reportText(report), io);
}

export function reportText(report: CampaignReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
