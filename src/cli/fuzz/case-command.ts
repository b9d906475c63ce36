import type { CampaignReport } from "../../fuzz/report.ts";

/** The command that runs one case of a campaign. */
export function caseCommand(
  { settings }: Pick<CampaignReport, "settings">,
  number: number,
): string {
  const { profile, seed, bugs = [] } = settings;
  const with_ = bugs.map((bug) => ` --bug ${bug}`).join("");
  return `detcd fuzz --profile ${profile} --seed ${seed}${with_} --case ${number}`;
}
