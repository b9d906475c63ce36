import { SOMETIMES } from "../../../check/coverage.ts";
import { type CampaignReport, neverReached } from "../../../fuzz/report.ts";
import type { Io } from "../../io.ts";
import { count, counted, GREEN, paint, RED, shellWord, YELLOW } from "../../text.ts";
import { caseCommand } from "../case-command.ts";
import type { Found, Outcome, Reporter } from "../outcome.ts";
import { hours, perSecond } from "../progress-line.ts";
import { shardText } from "../shard.ts";

const WIDTH = 100;

/** For people: what it came to, and then each failure as soon as it is explained. */
export function textReporter(io: Io): Reporter {
  return {
    ran: (outcome) => io.out(`${reportLines(outcome, io.colors).join("\n")}\n`),
    explained: (found) => io.out(`\n${failureLines(found, io.colors).join("\n")}\n`),
    ended: ({ report }, found) => {
      const lines = unexplainedLines(report, found, io.colors);
      if (lines.length > 0) io.out(`\n${lines.join("\n")}\n`);
    },
  };
}

/** What a campaign came to, without its failures. */
export function reportLines(outcome: Outcome, colors: boolean): string[] {
  const { report, ran: how, file, missing } = outcome;
  const { ran, events, virtualUs } = report;
  return [
    verdictLine(outcome, colors),
    [
      `${counted(ran, "case")}${outcome.merged === 0 ? "" : ` of ${counted(outcome.merged, "report")}`}`,
      ...(how === null
        ? []
        : [
            ` in ${(how.ms / 1000).toFixed(1)} s by ${counted(how.workers, "worker")}, ${perSecond(ran, how.ms)} a second`,
          ]),
      `; ${counted(events, "event")}, ${hours(virtualUs)} simulated`,
      ...(how === null
        ? []
        : [`, ${count(Math.round(virtualUs / 1000 / Math.max(1, how.ms)))} times real time`]),
    ].join(""),
    ...(outcome.verified ? ["verified: each case was run twice, and was the same"] : []),
    ...missing.map((text) => `${paint(colors, YELLOW, "missing")}: ${text}`),
    // Who has a failure to look at has it on the same screen.
    ...(report.failures.length > 0 ? [] : contentLines(report, colors)),
    ...(file === null ? [] : [`report: ${file}`]),
  ];
}

/** What the cases were made of, and what they came to see. */
function contentLines(report: CampaignReport, colors: boolean): string[] {
  const { faults, groups, coverage } = report;
  const injected = Object.values(faults).reduce((a, b) => a + b, 0);
  const never = neverReached(report);
  const listed = (counts: readonly (readonly [string, number])[]) =>
    counts.map(([name, times]) => `${name} ${count(times)}`);
  const most = (counts: Readonly<Record<string, number>>) =>
    listed(Object.entries(counts).sort(([, a], [, b]) => b - a));
  return [
    ...wrapped("cases with: ", most(groups)),
    ...wrapped(`${counted(injected, "fault")}: `, most(faults)),
    ...wrapped(
      "seen: ",
      listed(SOMETIMES.filter((what) => coverage[what] > 0).map((what) => [what, coverage[what]])),
    ),
    ...(never.length === 0
      ? []
      : wrapped(
          `${paint(colors, YELLOW, "never reached")} (no news of these is no good news): `,
          never,
        )),
  ];
}

/** `2 FAILED · profile default · seed 1 · shard 3/16 (SLURM_ARRAY_TASK_ID)`. */
export function verdictLine(outcome: Outcome, colors: boolean): string {
  const { report, sharding, interrupted, merged } = outcome;
  const { profile, seed, bugs = [] } = report.settings;
  return [
    verdict(outcome, colors),
    `profile ${profile}`,
    `seed ${seed}`,
    ...(bugs.length === 0 ? [] : [`with ${bugs.join(", ")}`]),
    ...(sharding === null ? [] : [`shard ${shardText(sharding.shard)} (${sharding.rule})`]),
    ...(merged === 0 ? [] : ["merged"]),
    ...(interrupted ? ["interrupted"] : []),
  ].join(" · ");
}

function verdict({ report, missing }: Outcome, colors: boolean): string {
  const failed = report.failures.length;
  if (failed > 0) return paint(colors, RED, `${failed} FAILED`);
  if (report.ran === 0) return paint(colors, YELLOW, "no case was run");
  const held = "nothing is violated";
  return missing.length === 0
    ? paint(colors, GREEN, held)
    : paint(colors, YELLOW, `${held} in what is there`);
}

/** A failure: what, how small, how it came about, and how to see it again. */
export function failureLines(
  { failure, from, size, runs, outOfBudget, file, case: number }: Found,
  colors: boolean,
): string[] {
  const shrunk =
    `shrunk from ${from.steps} steps to ${size.steps} (${counted(size.faults, "fault")}, ` +
    `${counted(size.operations, "operation")}) in ${counted(runs, "run")}${outOfBudget ? ", and time was up" : ""}`;
  const again =
    file === null
      ? []
      : [
          `replay: detcd replay ${shellWord(file)}`,
          `when was it inevitable: detcd when ${shellWord(file)}`,
        ];
  const doubt = failure.confirmed ? [] : ["the file does not fail again: this is a bug of detcd"];
  return [
    `${paint(colors, RED, "✗")} case ${number}: ${failure.text}`,
    `  ${shrunk}`,
    "",
    ...failure.story,
    "",
    ...doubt,
    `trace ${failure.traceDigest}`,
    ...again,
  ];
}

/** How many failures one more is only counted with. */
const LISTED = 20;

/** The failures that were not explained: a line each, and how to have one explained. */
export function unexplainedLines(
  report: CampaignReport,
  found: readonly Found[],
  colors: boolean,
): string[] {
  const known = new Set(found.map((each) => each.case));
  const others = report.failures.filter((failed) => !known.has(failed.case));
  const [first] = others;
  if (first === undefined) return [];
  const more = others.length - LISTED;
  return [
    ...others
      .slice(0, LISTED)
      .map(
        ({ case: number, invariant, text }) =>
          `${paint(colors, RED, "✗")} case ${number}: ${invariant}: ${text}`,
      ),
    ...(more > 0 ? [`… and ${count(more)} more`] : []),
    `one of them, made small: ${caseCommand(report, first.case)}`,
  ];
}

/** A list on lines of bearable width. */
function wrapped(head: string, items: readonly string[]): string[] {
  if (items.length === 0) return [`${head}–`];
  const lines: string[] = [];
  let line = head;
  for (const [i, item] of items.entries()) {
    const piece = `${item}${i === items.length - 1 ? "" : ", "}`;
    if (line.length + piece.length > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = "  ";
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}
