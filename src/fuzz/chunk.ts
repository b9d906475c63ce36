import { drawCase } from "./draw/case.ts";
import { profileNamed } from "./profiles.ts";
import { type CampaignReport, type CampaignSettings, Tally } from "./report.ts";
import { runCase } from "./run-case.ts";
import { type Difference, firstDifference } from "./verify.ts";

/** Some cases of a campaign, to be run one after the other. */
export interface Chunk {
  readonly settings: CampaignSettings;
  readonly numbers: readonly number[];
  /** Run each twice, and compare every event. */
  readonly verify: boolean;
}

/** What they came to. */
export interface ChunkResult {
  readonly report: CampaignReport;
  /** The first case whose two runs differ; null: none does, or nobody asked. */
  readonly difference: Difference | null;
}

/** Runs a chunk. It depends on what the chunk says and on nothing else. */
export function runChunk({ settings, numbers, verify }: Chunk): ChunkResult {
  const profile = profileNamed(settings.profile);
  const tally = new Tally(settings);
  let difference: Difference | null = null;
  for (const number of numbers) {
    const drawn = drawCase(profile, settings.seed, number);
    tally.add(drawn, runCase(drawn.scenario, settings));
    if (verify) difference ??= firstDifference(drawn, settings);
  }
  return { report: tally.report(), difference };
}
