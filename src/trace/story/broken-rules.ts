import { terminalText } from "../../base/terminal-text.ts";
import type { Instant } from "../../base/time.ts";
import type { StoryLine } from "./line.ts";

/** Something that must not happen, and did: what a checker found in a run. */
export interface BrokenRule {
  readonly invariant: string;
  readonly at: Instant;
  /** The event that broke it; 0: none, it was found by looking at the members. */
  readonly seq: number;
  readonly text: string;
}

type Moment = Pick<StoryLine, "seq" | "at">;

/**
 * A line each, in the order of the run; only the first of a rule matters, for it is broken in its wake again.
 * `moments` are events or lines of the run, in order: what no event broke stands behind the last one by then.
 */
export function tellBroken(
  broken: readonly BrokenRule[],
  moments: readonly Moment[],
): readonly StoryLine[] {
  const told = new Set<string>();
  return [...broken]
    .sort((a, b) => a.at - b.at || order(a) - order(b))
    .map((rule) => ({ ...rule, seq: rule.seq === 0 ? lastBy(rule.at, moments) : rule.seq }))
    .map(({ invariant, at, seq, text }): StoryLine => {
      const isFirst = !told.has(invariant);
      told.add(invariant);
      return {
        ...{ seq, at, actor: "!!", text: `violated ${invariant}`, because: terminalText(text) },
        ...{ detail: isFirst ? "story" : "all", topic: "fault", routine: false },
      };
    });
}

/** Behind all events of its moment, if it is none's. */
function order({ seq }: BrokenRule): number {
  return seq === 0 ? Number.MAX_SAFE_INTEGER : seq;
}

/** The last one up to a moment. */
function lastBy(at: Instant, moments: readonly Moment[]): number {
  return moments.findLast((moment) => moment.at <= at)?.seq ?? 0;
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
