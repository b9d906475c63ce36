import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";

/** GitHub shows so many annotations of a kind that one step makes. */
export const ANNOTATIONS = 10;

/** A workflow command: one line, whatever stands in it. */
export function command(
  name: "error" | "warning" | "notice" | "group" | "endgroup",
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const pairs = Object.entries(properties).map(
    ([key, value]) => `${key}=${property(String(value))}`,
  );
  return `::${name}${pairs.length === 0 ? "" : ` ${pairs.join(",")}`}::${data(message)}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Lines that are folded away. What looks like a command in them must not be one. */
export function group(title: string, lines: readonly string[]): string {
  const tame = lines.flatMap((line) => line.split(/\r\n|\r|\n/)).map(tamed);
  const text = tame.map((line) => `${line}\n`).join("");
  return `${command("group", {}, title)}${text}${command("endgroup", {}, "")}`;
}

/** The runner looks for `::` at the beginning of a line, and for `##[` in it. */
function tamed(line: string): string {
  return line.replace(/^(\s*)::/, "$1: :").replaceAll("##[", "## [");
}

export function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A cell of a table: a bar would end it, and so would the end of the line. */
export function cell(text: string): string {
  return html(text)
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replace(/[\\`*_[\]|]/g, (mark) => `\\${mark}`);
}

/** Text behind a line that unfolds it. */
export function details(title: string, lines: readonly string[]): string[] {
  return [
    `<details><summary>${html(title)}</summary>`,
    "",
    `<pre>${html(lines.join("\n"))}</pre>`,
    "",
    "</details>",
    "",
  ];
}

/** A step's summary may have a mebibyte; a report with its failures stays far below. */
const SUMMARY_CHARS = 200_000;

/** Adds Markdown to the summary of the job, where the runner wants one. */
export function summarize(lines: readonly string[], io: Io): void {
  const file = io.env["GITHUB_STEP_SUMMARY"] ?? "";
  if (file === "") return;
  try {
    appendFileSync(resolve(io.cwd, file), `${lines.join("\n").slice(0, SUMMARY_CHARS)}\n`);
  } catch (error) {
    io.error(`GITHUB_STEP_SUMMARY: it can't be written: ${reason(error, "folder")}\n`);
  }
}
