import { Coverage, SOMETIMES, type Sometimes } from "../check/coverage.ts";
import type { Case } from "./draw/case.ts";
import { GROUPS } from "./draw/kind.ts";
import { addRange, type CaseRange, joined } from "./ranges.ts";
import type { CaseOptions, Ran } from "./run-case.ts";

/**
 * A case that broke an invariant.
 *
 * @public
 */
export interface FailedCase {
  readonly case: number;
  readonly invariant: string;
  /** One sentence: who, which terms and indexes, since when. */
  readonly text: string;
}

/**
 * What was drawn from what: campaigns can be merged if all of this is the same.
 *
 * @public
 */
export interface CampaignSettings extends CaseOptions {
  readonly profile: string;
  readonly seed: number;
  /** How many cases the whole has, whichever part this is; where it is not set, time was the limit. */
  readonly runs?: number;
}

/**
 * What a campaign, or a part of it, came to. Plain data that depends on the settings and the cases alone,
 * so that the merged reports of parts are the report of the whole, byte for byte.
 *
 * @public
 */
export interface CampaignReport {
  readonly detcd: "fuzz-report";
  readonly version: 1;
  readonly settings: CampaignSettings;
  /** Which cases were run. */
  readonly cases: readonly CaseRange[];
  readonly ran: number;
  readonly events: number;
  readonly virtualUs: number;
  readonly faults: Readonly<Record<string, number>>;
  /** How many cases had steps of each group. */
  readonly groups: Readonly<Record<string, number>>;
  readonly coverage: Readonly<Record<Sometimes, number>>;
  /** By the number of the case. */
  readonly failures: readonly FailedCase[];
}

/** Adds up cases as they come. */
export class Tally {
  private readonly settings: CampaignSettings;
  private readonly coverage = new Coverage();
  private readonly faults = new Map<string, number>();
  private readonly groups = new Map<string, number>();
  private readonly failures: FailedCase[] = [];
  private cases: readonly CaseRange[] = [];
  private ran = 0;
  private events = 0;
  private virtualUs = 0;

  constructor(settings: CampaignSettings) {
    this.settings = settings;
  }

  add({ number, groups }: Case, ran: Ran): void {
    this.cases = addRange(this.cases, number);
    this.ran++;
    this.events += ran.events;
    this.virtualUs += ran.virtualUs;
    for (const [fault, count] of ran.faults) count1(this.faults, fault, count);
    for (const group of groups) count1(this.groups, group, 1);
    this.coverage.merge(ran.coverage);
    if (ran.violation === null) return;
    const { invariant, text } = ran.violation;
    this.failures.push({ case: number, invariant, text });
  }

  report(): CampaignReport {
    const counts = this.coverage.report().map(({ what, count }) => [what, count] as const);
    return {
      detcd: "fuzz-report",
      version: 1,
      settings: this.settings,
      cases: this.cases,
      ran: this.ran,
      events: this.events,
      virtualUs: this.virtualUs,
      faults: sorted(this.faults),
      groups: Object.fromEntries(GROUPS.map((group) => [group, this.groups.get(group) ?? 0])),
      coverage: Object.fromEntries(counts) as Record<Sometimes, number>,
      failures: [...this.failures].sort((a, b) => a.case - b.case),
    };
  }
}

/** The report of the whole, of its parts'; throws MergeError if they are not parts of one campaign. */
export function mergeReports(parts: readonly CampaignReport[]): CampaignReport {
  const [first] = parts;
  if (first === undefined) throw new MergeError("there is no report to merge");
  const settings = JSON.stringify(first.settings);
  for (const part of parts) {
    if (JSON.stringify(part.settings) !== settings) {
      throw new MergeError(
        `reports of different campaigns: ${settings} and ${JSON.stringify(part.settings)}`,
      );
    }
  }
  const cases = joined(parts.flatMap((part) => part.cases));
  if (typeof cases === "number") throw new MergeError(`case ${cases} is in two of the reports`);
  const sum = (of: (part: CampaignReport) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  const sums = (of: (part: CampaignReport) => Readonly<Record<string, number>>) => {
    const counts = new Map<string, number>();
    for (const part of parts) {
      for (const [name, count] of Object.entries(of(part))) count1(counts, name, count);
    }
    return counts;
  };
  const groups = sums((part) => part.groups);
  const coverage = sums((part) => part.coverage);
  return {
    detcd: "fuzz-report",
    version: 1,
    settings: first.settings,
    cases,
    ran: sum(({ ran }) => ran),
    events: sum(({ events }) => events),
    virtualUs: sum(({ virtualUs }) => virtualUs),
    faults: sorted(sums((part) => part.faults)),
    groups: Object.fromEntries(GROUPS.map((group) => [group, groups.get(group) ?? 0])),
    coverage: Object.fromEntries(
      SOMETIMES.map((what) => [what, coverage.get(what) ?? 0]),
    ) as Record<Sometimes, number>,
    failures: parts.flatMap((part) => part.failures).sort((a, b) => a.case - b.case),
  };
}

/** Reports that do not belong together; the message is for people. */
export class MergeError extends Error {
  override name = "MergeError";
}

/** What no case of the campaign came to, in the order of the table. */
export function neverReached({ coverage }: CampaignReport): Sometimes[] {
  return SOMETIMES.filter((what) => coverage[what] === 0);
}

function count1(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
