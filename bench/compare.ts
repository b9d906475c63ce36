import type { Result } from "./measure.ts";
import { numberText, unitText } from "./print.ts";

/** One figure on both sides, over all rounds. */
export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly measure: Result["measure"];
  /** Medians over the rounds, in the measure's own unit. */
  readonly here: number;
  readonly there: number;
  /** How many times as fast as there it is here, whatever the measure: the median over the rounds. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  /** In every round by more than a twentieth. */
  readonly slower: boolean;
}

export interface Comparisons {
  readonly figures: readonly Comparison[];
  /** Names of figures that one side does not have, or has in another measure. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
}

/** What both sides measured in one round. */
export interface Round {
  readonly here: readonly Result[];
  readonly there: readonly Result[];
}

const CLEARLY_SLOWER = 0.95;

/**
 * How many times as fast as `there` `here` is. Costs in per cent (`%`) may be near nothing, or below
 * it by noise: what is compared is the whole, of which they are a part.
 */
export function speedRatio(measure: Result["measure"], here: number, there: number): number {
  switch (measure) {
    case "per second":
      return here / there;
    case "ms":
      return there / here;
    case "%":
      return (100 + there) / (100 + here);
  }
}

/** Pairs the figures by their names, and each with its partner of the same round. */
export function compare(rounds: readonly Round[]): Comparisons {
  const here = figuresOf(rounds.map((round) => round.here));
  const there = figuresOf(rounds.map((round) => round.there));
  const figures: Comparison[] = [];
  const onlyHere: string[] = [];
  const paired = new Set<string>();
  for (const [key, ours] of here) {
    const theirs = there.get(key);
    const { name, unit, measure } = ours[0] as Result;
    if (theirs === undefined) {
      onlyHere.push(name);
      continue;
    }
    paired.add(key);
    const ratios = ours.map((result, i) =>
      speedRatio(measure, result.median, (theirs[i] as Result).median),
    );
    figures.push({
      ...{ name, unit, measure },
      here: median(ours.map((result) => result.median)),
      there: median(theirs.map((result) => result.median)),
      ratio: median(ratios),
      ratioMin: Math.min(...ratios),
      ratioMax: Math.max(...ratios),
      slower: Math.max(...ratios) < CLEARLY_SLOWER,
    });
  }
  const onlyThere = [...there].flatMap(([key, [first]]) =>
    paired.has(key) ? [] : [(first as Result).name],
  );
  return { figures, onlyHere, onlyThere };
}

/** Each figure that every round has, by name and measure, with its results in the rounds' order. */
function figuresOf(rounds: readonly (readonly Result[])[]): Map<string, Result[]> {
  const all = new Map<string, Result[]>();
  for (const result of rounds.flat()) {
    const key = `${result.name}\n${result.measure}`;
    all.set(key, [...(all.get(key) ?? []), result]);
  }
  return new Map([...all].filter(([, results]) => results.length === rounds.length));
}

/** The middle one; of an even number, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

export function comparisonLines({ figures, onlyHere, onlyThere }: Comparisons): string[] {
  const header = row("", "here", "there", "", "times as fast");
  return [
    ...(figures.length === 0 ? [] : [header]),
    ...figures.map((figure) => {
      const [ratio, min, max] = [figure.ratio, figure.ratioMin, figure.ratioMax].map((n) =>
        n.toFixed(2),
      );
      const spread = `${ratio} (${min} … ${max})`;
      const mark = figure.slower ? "  SLOWER" : "";
      const [here, there] = [numberText(figure.here), numberText(figure.there)];
      return row(figure.name, here, there, unitText(figure), spread) + mark;
    }),
    ...onlyHere.map((name) => `only here: ${name}`),
    ...onlyThere.map((name) => `only there: ${name}`),
  ];
}

function row(name: string, here: string, there: string, unit: string, ratio: string): string {
  return `${name.padEnd(54)} ${here.padStart(12)} ${there.padStart(12)} ${unit.padEnd(14)} ${ratio}`;
}
