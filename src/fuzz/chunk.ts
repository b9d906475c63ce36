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
    try {
      const drawn = drawCase(profile, settings.seed, number);
      tally.add(drawn, runCase(drawn.scenario, settings));
      if (verify) difference ??= firstDifference(drawn, settings);
    } catch (error) {
      // Whatever is thrown here is a bug of detcd, bad input of a drawn case, too; and in which case it
      // stands is what one needs to know. Only plain errors come out of a worker whole.
      const { profile: name, seed } = settings;
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`case ${number} of profile ${name}, seed ${seed}: ${what}`);
    }
  }
  return { report: tally.report(), difference };
}
