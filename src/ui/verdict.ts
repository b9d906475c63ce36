import { type ScenarioReport, unexpected } from "../scenario/run/report.ts";
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
  for (const violation of unexpected(report.expectations, report.violations)) {
    rows.push([mark(false), plain(`violated ${violation}`)]);
  }
  // What failed is read first, if there is no room for all.
  rows.sort((a, b) => (a[0] === b[0] ? 0 : a[0] === BAD ? -1 : b[0] === BAD ? 1 : 0));
  const word = report.ok
    ? ({ text: " held", color: "green", bold: true } as const)
    : ({ text: " FAILED", color: "red", bold: true } as const);
  const count = `${report.expectations.filter(({ ok }) => ok).length} of ${report.expectations.length} expectations`;
  return [[word, dim(` · seed ${report.seed} · ${count}`)], ...rows];
}

const GOOD = { text: "  ✓ ", color: "green" } as const;
const BAD = { text: "  ✗ ", color: "red" } as const;

function mark(ok: boolean) {
  return ok ? GOOD : BAD;
}
