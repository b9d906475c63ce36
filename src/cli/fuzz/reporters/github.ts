import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { neverReached } from "../../../fuzz/report.ts";
import type { Io } from "../../io.ts";
import { reason } from "../../library.ts";
import type { Found, Outcome, Reporter } from "../outcome.ts";
import { caseCommand, failureLines, reportLines, unexplainedLines, verdictLine } from "./text.ts";

/** GitHub shows so many annotations of a kind that one step makes. */
const ANNOTATIONS = 10;

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
      const replay = file === null ? "" : `\nreplay: detcd replay ${file}`;
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
      summarize(summaryText(outcome, found), io);
    },
  };
}

/** A workflow command: one line, whatever stands in it. */
export function command(
  name: "error" | "warning" | "notice" | "group" | "endgroup",
  properties: Readonly<Record<string, string>>,
  message: string,
): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`);
  return `::${name}${pairs.length === 0 ? "" : ` ${pairs.join(",")}`}::${data(message)}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Lines that are folded away. What looks like a command in them must not be one. */
function group(title: string, lines: readonly string[]): string {
  const tame = lines.flatMap((line) => line.split(/\r\n|\r|\n/)).map(tamed);
  const text = tame.map((line) => `${line}\n`).join("");
  return `${command("group", {}, title)}${text}${command("endgroup", {}, "")}`;
}

/** The runner looks for `::` at the beginning of a line, and for `##[` in it. */
function tamed(line: string): string {
  return line.replace(/^(\s*)::/, "$1: :").replaceAll("##[", "## [");
}

/** A step's summary may have a mebibyte; a report with its failures stays far below. */
const SUMMARY_CHARS = 200_000;

/** Markdown for the summary of the job. */
export function summaryText(outcome: Outcome, found: readonly Found[]): string {
  const { report, missing } = outcome;
  const [head = "", ...lines] = reportLines(outcome, false);
  const rows = report.failures.slice(0, 100).map(({ case: number, invariant, text }) => {
    const file = found.find((each) => each.case === number)?.file ?? null;
    return `| ${number} | ${cell(invariant)} | ${cell(text)} | ${file === null ? "" : cell(file)} |`;
  });
  const more = report.failures.length - rows.length;
  const sections = [
    `### detcd fuzz: ${html(verdictLine(outcome, false))}`,
    "",
    ...missing.map((text) => `- **missing:** ${html(text)}`),
    ...(missing.length === 0 ? [] : [""]),
    ...(rows.length === 0
      ? []
      : ["| case | invariant | what | file |", "|---:|---|---|---|", ...rows, ""]),
    ...(more > 0 ? [`… and ${more} more.`, ""] : []),
    ...found.flatMap((each) => [
      `<details><summary>case ${each.case}: ${html(each.failure.invariant)}</summary>`,
      "",
      `<pre>${html(failureLines(each, false).join("\n"))}</pre>`,
      "",
      "</details>",
      "",
    ]),
    `<details><summary>what was run</summary>`,
    "",
    `<pre>${html([head, ...lines].join("\n"))}</pre>`,
    "",
    "</details>",
    "",
  ];
  return `${sections.join("\n").slice(0, SUMMARY_CHARS)}\n`;
}

function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A cell of a table: a bar would end it, and so would the end of the line. */
function cell(text: string): string {
  return html(text)
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replace(/[\\`*_[\]|]/g, (mark) => `\\${mark}`);
}

function summarize(text: string, io: Io): void {
  const file = io.env["GITHUB_STEP_SUMMARY"] ?? "";
  if (file === "") return;
  try {
    appendFileSync(resolve(io.cwd, file), text);
  } catch (error) {
    io.error(`GITHUB_STEP_SUMMARY: it can't be written: ${reason(error, "folder")}\n`);
  }
}
