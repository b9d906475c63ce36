import { terminalText } from "../../base/terminal-text.ts";
import type { Instant } from "../../base/time.ts";
import type { TraceEvent } from "../events.ts";
import type { StoryLine } from "./line.ts";

/** Something that must not happen, and did: what a checker found in a run. */
export interface BrokenRule {
  readonly invariant: string;
  readonly at: Instant;
  /** The event that broke it; 0: none, it was found by looking at the members. */
  readonly seq: number;
  readonly text: string;
}

/** A line each, in the order of the run; only the first of a rule matters, for it is broken in its wake again. */
export function tellBroken(
  broken: readonly BrokenRule[],
  events: readonly TraceEvent[],
): readonly StoryLine[] {
  const told = new Set<string>();
  return broken
    .map((rule) => ({ ...rule, seq: rule.seq === 0 ? lastBy(rule.at, events) : rule.seq }))
    .sort((a, b) => a.seq - b.seq)
    .map(({ invariant, at, seq, text }): StoryLine => {
      const isFirst = !told.has(invariant);
      told.add(invariant);
      return {
        ...{ seq, at, actor: "!!", text: `violated ${invariant}`, because: terminalText(text) },
        ...{ detail: isFirst ? "story" : "all", topic: "fault", routine: false },
      };
    });
}

/** The last event up to a moment. */
function lastBy(at: Instant, events: readonly TraceEvent[]): number {
  return events.findLast((event) => event.at <= at)?.seq ?? 0;
}

/** Each after the line of its event. */
export function withBroken(lines: readonly StoryLine[], broken: readonly StoryLine[]): StoryLine[] {
  const seqs = lines.map(({ seq }) => seq);
  const all: StoryLine[] = [];
  let next = 0;
  for (const [i, line] of lines.entries()) {
    for (; (broken[next]?.seq ?? Number.POSITIVE_INFINITY) < (seqs[i] as number); next++) {
      all.push(broken[next] as StoryLine);
    }
    all.push(line);
  }
  return [...all, ...broken.slice(next)];
}
