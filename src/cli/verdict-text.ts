import { formatDuration } from "../scenario/read/duration.ts";
import { type ScenarioReport, unexpected } from "../scenario/run/report.ts";

/** Ends the text replay: what was expected and found, and by which numbers the run is known. */
export function renderVerdict(
  report: ScenarioReport,
  options: { readonly label: string; readonly command: string; readonly colors: boolean },
): string[] {
  const paint = (code: number, text: string): string =>
    options.colors ? `\u001B[${code}m${text}\u001B[0m` : text;
  const yes = paint(32, "✓");
  const no = paint(31, "✗");
  const lines: string[] = [""];
  if (report.expectations.length > 0) lines.push("Expected");
  for (const { text, ok, found, step } of report.expectations) {
    const when = step === null ? "" : ` (step ${step})`;
    lines.push(`  ${ok ? yes : no} ${text}${when} — ${found}`);
  }
  if (report.failure !== null) {
    const { step, line, text } = report.failure;
    lines.push(`  ${no} ${options.label}:${line} step ${step}: ${text}`);
  }
  lines.push(...violationLines(report, no));
  if (report.stopped) lines.push("  … stopped before the end, which was not judged");
  lines.push("", verdictLine(report, paint), `replay: ${options.command}`);
  return lines;
}

/** The first violations tell the story: one broken invariant breaks others in its wake. */
const SHOWN = 5;

function violationLines(report: ScenarioReport, mark: string): string[] {
  const violations = unexpected(report.expectations, report.violations);
  const lines = violations.slice(0, SHOWN).map((violation) => `  ${mark} violated ${violation}`);
  const more = violations.length - SHOWN;
  return more > 0 ? [...lines, `    … and ${more} more violations in their wake`] : lines;
}

function verdictLine(
  report: ScenarioReport,
  paint: (code: number, text: string) => string,
): string {
  const good = report.stopped ? "stopped" : paint(32, "held");
  const word = report.ok ? good : paint(31, "FAILED");
  const time = formatDuration(Math.round(report.virtualMs * 1000));
  return [
    `${word} · seed ${report.seed}`,
    `${report.events} events in ${time}`,
    `trace ${report.traceDigest}`,
    `state ${report.stateDigest}`,
  ].join(" · ");
}
