import type { Instant } from "../../base/time.ts";
import type { Jump, WhenResult, WhenSettings } from "../../fuzz/when/when.ts";
import { formatDuration } from "../../scenario/read/duration.ts";
import { counted } from "../text.ts";
import { plot } from "./plot.ts";

/** What `detcd when` found out, and how. */
export interface Found {
  readonly label: string;
  /** What is broken, in words. */
  readonly text: string;
  readonly end: Instant;
  readonly result: WhenResult;
  /** What happened where it became likely at once. */
  readonly story: readonly string[];
  readonly settings: WhenSettings;
  /** How it was worked out; null: that is not to be told. */
  readonly ran: { readonly ms: number; readonly workers: number } | null;
}

/** The rest of the screen is the plot's. */
const STORY_LINES = 10;

/** For people, on one screen. */
export function whenLines(found: Found, colors: boolean): string[] {
  const { label, text, end, result, story, settings, ran } = found;
  const how =
    ran === null ? "" : ` in ${(ran.ms / 1000).toFixed(1)} s by ${counted(ran.workers, "worker")}`;
  const more = story.length - STORY_LINES;
  return [
    `${label}: ${text}`,
    "",
    ...plot(result.moments, end),
    "",
    ...sentences(result).map((line, i) => (i === 0 && colors ? `\u001B[1m${line}\u001B[0m` : line)),
    ...(story.length === 0 ? [] : [""]),
    ...story.slice(0, STORY_LINES),
    ...(more > 0 ? [`${"".padStart(9)}  … and ${more} more`] : []),
    "",
    `${counted(result.moments.length, "moment")}, ${counted(settings.runs, "continuation")} each · seed ${settings.seed}` +
      ` · ${counted(result.ran, "run")}${how}` +
      `${result.stopped ? " · time was up, see --time" : ""}`,
  ];
}

function sentences({ moments, jump, inevitable, stopped }: WhenResult): string[] {
  if (moments.length < 2) return ["time was up before anything was known, see --time"];
  if (inevitable === null) {
    return [
      moments.every(({ probability }) => probability === 1)
        ? "inevitable from the beginning (p 1.00): it takes no chance of this seed"
        : "never inevitable: with other chance it may not even fail after its last moment",
    ];
  }
  const lines = [`inevitable at ${jumpText(inevitable)}`];
  if (jump !== null && jump.to.at !== inevitable.to.at) {
    lines.push(`likely at ${jumpText(jump)}, the largest jump:`);
  }
  return stopped && !inevitable.pinned
    ? [...lines, "(time was up before it was looked as closely as could be)"]
    : lines;
}

/** `3.412s (p 0.05 -> 1.00 within 3.41s…3.412s)` */
function jumpText({ from, to }: Jump): string {
  const [begin, end] = [formatDuration(from.at), formatDuration(to.at)];
  const [low, high] = [from, to].map(({ probability }) => probability.toFixed(2));
  return `${end} (p ${low} -> ${high} within ${begin}…${end})`;
}
