import { type ScenarioReport, untold } from "../scenario/run/report.ts";
import { plural } from "../trace/names.ts";
import { dim, plain, type Row } from "./style.ts";

/** Whether the run held, and what was expected of it: what stands at the end of the story. */
export function verdictRows(report: ScenarioReport): Row[] {
  const rows: Row[] = [];
  for (const { ok, text, found } of report.expectations) {
    rows.push([mark(ok), plain(text), dim(` — ${found}`)]);
  }
  if (report.failure !== null) {
    rows.push([mark(false), plain(`step ${report.failure.step}: ${report.failure.text}`)]);
  }
  for (const violation of untold(report)) {
    rows.push([mark(false), plain(`violated ${violation}`)]);
  }
  if (report.stopped) {
    // What was not judged has neither held nor failed.
    const word = { text: " stopped", color: "yellow", bold: true } as const;
    const why = ` before the end, which was not judged · seed ${report.seed}`;
    return [[word, dim(why)], ...rows.filter((row) => row[0] === BAD)];
  }
  // What failed is read first, if there is no room for all.
  rows.sort((a, b) => (a[0] === b[0] ? 0 : a[0] === BAD ? -1 : b[0] === BAD ? 1 : 0));
  const word = report.ok
    ? ({ text: " held", color: "green", bold: true } as const)
    : ({ text: " FAILED", color: "red", bold: true } as const);
  const rules = new Set(report.violations.map((text) => text.slice(0, text.indexOf(":"))));
  const violated =
    report.ok || rules.size === 0
      ? ""
      : ` · ${rules.size} ${plural(rules.size, "invariant")} violated (${report.violations.length} times)`;
  const count = `${report.expectations.filter(({ ok }) => ok).length} of ${report.expectations.length} expectations`;
  return [[word, plain(violated), dim(` · seed ${report.seed} · ${count}`)], ...rows];
}

const GOOD = { text: "  ✓ ", color: "green" } as const;
const BAD = { text: "  ✗ ", color: "red" } as const;

function mark(ok: boolean) {
  return ok ? GOOD : BAD;
}
