import { neverReached } from "../../../fuzz/report.ts";
import type { Io } from "../../io.ts";
import {
  ANNOTATIONS,
  cell,
  command,
  details,
  group,
  html,
  summarize,
} from "../../reporters/github.ts";
import { shellWord } from "../../text.ts";
import { caseCommand } from "../case-command.ts";
import type { Found, Outcome, Reporter } from "../outcome.ts";
import { failureLines, reportLines, unexplainedLines, verdictLine } from "./text.ts";

/**
 * For GitHub's workflows: the text in groups of the log, an annotation for each broken invariant, and a
 * summary of the job where the runner wants one.
 */
export function githubReporter(io: Io): Reporter {
  let errors = 0;
  const error = (title: string, text: string): void => {
    errors++;
    if (errors <= ANNOTATIONS) io.out(command("error", { title }, text));
  };
  return {
    ran: (outcome) => {
      const lines = reportLines(outcome, false);
      io.out(group(lines[0] ?? "", lines.slice(1)));
    },
    explained: (found) => {
      const { failure, file, case: number } = found;
      const lines = failureLines(found, false);
      io.out(group(`case ${number}: ${failure.invariant}`, lines));
      const replay = file === null ? "" : `\nreplay: detcd replay ${shellWord(file)}`;
      error(`detcd: ${failure.invariant}, case ${number}`, `${failure.text}${replay}`);
    },
    ended: (outcome, found) => {
      const { report, difference, missing } = outcome;
      const others = unexplainedLines(report, found, false);
      if (others.length > 0) io.out(group("other failures", others));
      if (found.length === 0) {
        for (const failed of report.failures) {
          error(
            `detcd: ${failed.invariant}, case ${failed.case}`,
            `${failed.text}\n${caseCommand(report, failed.case)}`,
          );
        }
      }
      if (difference !== null) {
        error(`detcd: not deterministic, case ${difference.case}`, difference.text);
      }
      for (const text of missing.slice(0, ANNOTATIONS - 1)) {
        io.out(command("warning", { title: "detcd: missing" }, text));
      }
      const never = neverReached(report);
      if (never.length > 0) {
        io.out(command("warning", { title: "detcd: never reached" }, never.join(", ")));
      }
      io.out(
        command(
          "notice",
          { title: "detcd fuzz" },
          reportLines(outcome, false).slice(0, 2).join("\n"),
        ),
      );
      summarize(summaryLines(outcome, found), io);
    },
  };
}

/** Markdown for the summary of the job. */
export function summaryLines(outcome: Outcome, found: readonly Found[]): string[] {
  const { report, missing } = outcome;
  const rows = report.failures.slice(0, 100).map(({ case: number, invariant, text }) => {
    const file = found.find((each) => each.case === number)?.file ?? null;
    return `| ${number} | ${cell(invariant)} | ${cell(text)} | ${file === null ? "" : cell(file)} |`;
  });
  const more = report.failures.length - rows.length;
  return [
    `### detcd fuzz: ${html(verdictLine(outcome, false))}`,
    "",
    ...missing.map((text) => `- **missing:** ${html(text)}`),
    ...(missing.length === 0 ? [] : [""]),
    ...(rows.length === 0
      ? []
      : ["| case | invariant | what | file |", "|---:|---|---|---|", ...rows, ""]),
    ...(more > 0 ? [`… and ${more} more.`, ""] : []),
    ...found.flatMap((each) =>
      details(`case ${each.case}: ${each.failure.invariant}`, failureLines(each, false)),
    ),
    ...details("what was run", reportLines(outcome, false)),
  ];
}
