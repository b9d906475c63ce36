import { terminalText } from "../../base/terminal-text.ts";
import { formatDuration } from "../../scenario/read/duration.ts";
import { type ScenarioReport, unexpected, untold } from "../../scenario/run/report.ts";
import { plural } from "../../trace/names.ts";
import { counted, GREEN, paint, RED } from "../text.ts";
import type { Ran } from "./planned.ts";

/** How much of a verdict is told. */
export interface Telling {
  readonly colors: boolean;
  /** Only what did not hold. */
  readonly brief: boolean;
  readonly verify: boolean;
}

/** What was expected and found, by which numbers the run is known, and how to get it again. */
export function verdictLines(ran: Ran, telling: Telling): string[] {
  const { report } = ran.run;
  const told = toldLines(ran, telling);
  const replay = `replay: ${terminalText(ran.command)}`;
  const line = verdictLine(report, telling);
  if (telling.brief) {
    const name = `${ran.planned.source.library ?? ran.planned.source.label}: `;
    return [`${terminalText(name)}${line}`, ...told, ...(report.ok ? [] : [`  ${replay}`])];
  }
  const head = report.expectations.length > 0 ? ["Expected"] : [];
  return ["", ...head, ...told, "", line, replay];
}

function toldLines({ run: { report }, planned, difference }: Ran, telling: Telling): string[] {
  const yes = paint(telling.colors, GREEN, "✓");
  const no = paint(telling.colors, RED, "✗");
  const lines: string[] = [];
  for (const { text, ok, found, step } of report.expectations) {
    const when = step === null ? "" : ` (step ${step})`;
    if (!ok || !telling.brief)
      lines.push(`  ${ok ? yes : no} ${terminalText(text)}${when} — ${terminalText(found)}`);
  }
  if (report.failure !== null) {
    const { step, line, text } = report.failure;
    lines.push(
      `  ${no} ${terminalText(planned.source.label)}:${line} step ${step}: ${terminalText(text)}`,
    );
  }
  lines.push(...violationLines(report, no));
  lines.push(...report.unreached.map((text) => `  · ${text}`));
  if (report.stopped) lines.push("  … stopped before the end, which was not judged");
  if (difference !== null) lines.push(`  ${no} not deterministic: ${difference}`);
  else if (telling.verify && !telling.brief) lines.push(`  ${yes} ${VERIFIED}`);
  return lines;
}

const VERIFIED = "verified: a second run was the same, event by event";

/** The first violations tell the story: one broken invariant breaks others in its wake. */
const SHOWN = 5;

function violationLines(report: ScenarioReport, mark: string): string[] {
  const violations = untold(report);
  const lines = violations
    .slice(0, SHOWN)
    .map((violation) => `  ${mark} violated ${terminalText(violation)}`);
  const more = violations.length - SHOWN;
  return more > 0
    ? [...lines, `    … and ${counted(more, "more violation")} in their wake`]
    : lines;
}

/** `held · seed 1 · 1087 events in 5s · trace … · state …`. */
function verdictLine(report: ScenarioReport, { colors, brief, verify }: Telling): string {
  const words = {
    held: paint(colors, GREEN, "held"),
    failed: paint(colors, RED, "FAILED"),
    stopped: "stopped",
  };
  const time = formatDuration(Math.round(report.virtualMs * 1000));
  return [
    `${words[report.verdict]} · seed ${report.seed}`,
    `${report.events} ${plural(report.events, "event")} in ${time}`,
    `trace ${report.traceDigest}`,
    `state ${report.stateDigest}`,
    ...(brief && verify ? ["verified"] : []),
  ].join(" · ");
}

/** What is wrong with a run, in one sentence; null: nothing. */
export function firstProblem({ run: { report }, difference }: Ran): string | null {
  if (difference !== null) return `not deterministic: ${difference}`;
  if (report.failure !== null) return `step ${report.failure.step}: ${report.failure.text}`;
  const [violation] = unexpected(report.expectations, report.violations);
  if (violation !== undefined) return `violated ${violation}`;
  const broken = report.expectations.find(({ ok }) => !ok);
  if (broken !== undefined) return `${broken.text} — ${broken.found}`;
  return report.stopped ? "stopped before the end, which was not judged" : null;
}
