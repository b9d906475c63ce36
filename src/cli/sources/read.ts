import type { CampaignReport } from "../../fuzz/report.ts";
import type { Edit } from "../../scenario/read/edit.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { parseEdited } from "../../scenario/read/parse.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { caseCommand } from "../fuzz/case-command.ts";
import type { Source } from "./source.ts";

/** Reads a scenario, changed as it is told. What detcd wrote and is none is refused by name. */
export function readScenario(source: Source, edits: readonly Edit[] = []): Scenario {
  const other = otherThing(source.text);
  if (other !== null) throw InputError.plain(`${source.label}: ${other}`);
  return parseEdited(source.text, source.label, edits);
}

/** Which report this is, and what to do with it; null: none. */
function otherThing(text: string): string | null {
  const report = reportIn(text);
  if (report === null) return null;
  if (report["detcd"] === "fuzz-report") {
    const next = caseOf(report as Partial<CampaignReport>);
    return `this is a report of \`detcd fuzz\`, not a scenario: ${next}`;
  }
  if (report["detcd"] === "when-report") {
    return "this is a report of `detcd when`, not a scenario: give the scenario that it is about";
  }
  if (typeof report["traceDigest"] !== "string") return null;
  const { replay } = report;
  const again = typeof replay === "string" ? `: run it again with \`${replay}\`` : "";
  return `this is a report of \`detcd replay --json\`, not a scenario${again}`;
}

function caseOf({ failures, settings }: Partial<CampaignReport>): string {
  const first = Array.isArray(failures) ? failures[0] : undefined;
  if (first === undefined || typeof settings?.profile !== "string") return "nothing failed in it";
  return `\`${caseCommand({ settings }, first.case)}\` shows a failure of it`;
}

function reportIn(text: string): Record<string, unknown> | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
