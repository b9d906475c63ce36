import { terminalText } from "../../base/terminal-text.ts";
import type { Instant } from "../../base/time.ts";
import type { TraceEvent, TraceHeader } from "../events.ts";
import { GUARDS_DID_NOT_HOLD, timeText } from "../names.ts";
import type { BrokenRule } from "./broken-rules.ts";
import { type Detail, matters } from "./line.ts";
import { type StoryLine, storyText, tellStory } from "./story.ts";

export interface RenderOptions {
  /** Tell nothing that happened later. */
  readonly until?: Instant;
  /** Default `story`. */
  readonly detail?: Detail;
  /** What checkers found in the run. Default: nothing. */
  readonly broken?: readonly BrokenRule[];
}

/** A run of so many routine lines is told by its first ones and a summary. */
const FOLD_FROM = 8;
const KEEP = 4;

/** The replay as text: title, what it teaches, then the story, a line each. */
export function renderStory(
  header: TraceHeader,
  events: readonly TraceEvent[],
  options: RenderOptions = {},
): string[] {
  const { until, detail = "story", broken = [] } = options;
  const told = until === undefined ? events : events.slice(0, countUntil(events, until));
  const story = tellStory(header, told, broken);
  if (detail === "story") return renderLines(header, story.filter(matters));
  return [...renderTitle(header), "", ...story.map(storyText)];
}

/** The same of lines that were told already, those that matter. */
export function renderLines(header: TraceHeader, lines: readonly StoryLine[]): string[] {
  return [...renderTitle(header), "", ...summed(lines)];
}

/** What stands above the story. */
export function renderTitle(header: TraceHeader): string[] {
  const lines = [terminalText(header.title === "" ? header.name : header.title)];
  const teaches = header.teaches.trimEnd();
  if (teaches === "") return lines;
  const taught = teaches
    .split("\n")
    .map((line) => `  ${terminalText(line.replaceAll("\t", "  "))}`.trimEnd());
  return [...lines, "", ...taught];
}

function countUntil(events: readonly TraceEvent[], until: Instant): number {
  let count = 0;
  while (count < events.length && (events[count] as TraceEvent).at <= until) count++;
  return count;
}

/** The lines as text, with long runs of routine told together. */
export function summed(lines: readonly StoryLine[]): string[] {
  const out: string[] = [];
  for (let start = 0; start < lines.length; ) {
    let end = start;
    while (lines[end]?.routine === true) end++;
    if (end - start < FOLD_FROM) {
      if (end === start) end++;
      for (const line of lines.slice(start, end)) out.push(storyText(line));
    } else {
      for (const line of lines.slice(start, start + KEEP)) out.push(storyText(line));
      out.push(summary(lines.slice(start + KEEP, end)));
    }
    start = end;
  }
  return out;
}

function summary(lines: readonly StoryLine[]): string {
  const answers = lines.filter((line) => line.topic === "client");
  const heard = lines.filter((line) => line.topic === "watch");
  const commits = lines.length - answers.length - heard.length;
  const last = lines.at(-1) as StoryLine;
  const counts = [
    ...(commits > 0 ? [`${commits} more commits`] : []),
    ...(answers.length > 0 ? [`${answers.length} more answers to clients${guards(answers)}`] : []),
    ...(heard.length > 0 ? [`${heard.length} more answers to watches`] : []),
  ];
  const final = answers.at(-1);
  const end = final === undefined ? "" : `, the last: ${final.actor} ${final.text}`;
  return `${"".padStart(9)}  … ${counts.join(", ")} until ${timeText(last.at)}${end}`;
}

/** Transactions that wrote nothing are worth a word, however many they are. */
function guards(answers: readonly StoryLine[]): string {
  const count = answers.filter(({ text }) => text.endsWith(GUARDS_DID_NOT_HOLD)).length;
  if (count === 0) return "";
  return ` (${count} of them to transactions whose guards did not hold)`;
}
