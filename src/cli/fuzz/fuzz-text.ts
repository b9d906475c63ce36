import { SOMETIMES } from "../../check/coverage.ts";
import type { Explained } from "../../fuzz/explain.ts";
import { type CampaignReport, neverReached } from "../../fuzz/report.ts";

import { count, hours, perSecond } from "./progress-line.ts";

/** A campaign that is over, and how it was run. */
export interface Ended {
  readonly report: CampaignReport;
  readonly ms: number;
  readonly workers: number;
  /** Where the report was written. */
  readonly file: string | null;
  readonly interrupted: boolean;
}

const WIDTH = 100;

/** What a campaign came to, without its failures. */
export function reportLines(
  { report, ms, workers, file, interrupted }: Ended,
  colors: boolean,
): string[] {
  const { settings, ran, events, virtualUs, faults, coverage } = report;
  const { profile, seed, bugs = [] } = settings;
  const injected = Object.values(faults).reduce((a, b) => a + b, 0);
  const times = Math.round(virtualUs / 1000 / Math.max(1, ms));
  const failed = report.failures.length;
  const verdict =
    failed === 0 ? paint(colors, 32, "nothing is violated") : paint(colors, 31, `${failed} FAILED`);
  const threads = workers === 1 ? "1 worker" : `${workers} workers`;
  const never = neverReached(report);
  const top = Object.entries(faults).sort(([, a], [, b]) => b - a);
  return [
    `${verdict} · profile ${profile} · seed ${seed}${bugs.length === 0 ? "" : ` · with ${bugs.join(", ")}`}${interrupted ? " · interrupted" : ""}`,
    `${count(ran)} cases in ${(ms / 1000).toFixed(1)} s by ${threads}, ${perSecond(ran, ms)} a second; ` +
      `${count(events)} events, ${hours(virtualUs)} simulated, ${count(times)} times real time`,
    ...wrapped(
      `${count(injected)} faults: `,
      top.map(([name, times]) => `${name} ${count(times)}`),
    ),
    ...wrapped(
      "seen: ",
      SOMETIMES.filter((what) => coverage[what] > 0).map(
        (what) => `${what} ${count(coverage[what])}`,
      ),
    ),
    ...(never.length === 0
      ? []
      : wrapped(
          `${paint(colors, 33, "never reached")} (no news of these is no good news): `,
          never,
        )),
    ...(file === null ? [] : [`report: ${file}`]),
  ];
}

/** A failure: what, how small, how it came about, and how to see it again. */
export function failureLines(
  {
    failure,
    from,
    size,
    runs,
    outOfBudget,
    file,
    case: number,
  }: Explained & { readonly file: string | null },
  colors: boolean,
): string[] {
  const shrunk =
    `shrunk from ${from.steps} steps to ${size.steps} (${plural(size.faults, "fault")}, ` +
    `${plural(size.operations, "operation")}) in ${plural(runs, "run")}${outOfBudget ? ", and time was up" : ""}`;
  const again =
    file === null
      ? []
      : [`replay: detcd replay ${file}`, `when was it inevitable: detcd when ${file}`];
  const doubt = failure.confirmed ? [] : ["the file does not fail again: this is a bug of detcd"];
  return [
    `${paint(colors, 31, "✗")} case ${number}: ${failure.text}`,
    `  ${shrunk}`,
    "",
    ...failure.story,
    "",
    ...doubt,
    `trace ${failure.traceDigest}`,
    ...again,
  ];
}

/** A list on lines of bearable width. */
function wrapped(head: string, items: readonly string[]): string[] {
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

function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

function paint(colors: boolean, code: number, text: string): string {
  return colors ? `\u001B[${code}m${text}\u001B[0m` : text;
}
