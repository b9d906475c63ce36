import { describe, expect, test } from "vitest";
import { compare, comparisonLines, speedRatio } from "../../bench/compare.ts";
import type { Result } from "../../bench/measure.ts";

function figure(name: string, median: number, measure: Result["measure"] = "per second"): Result {
  return {
    ...{ name, unit: "puts", measure, median, best: median, worst: median, runs: 5, target: null },
  };
}

const rounds = (here: number[], there: number[], measure?: Result["measure"]) =>
  here.map((n, i) => ({
    here: [figure("x", n, measure)],
    there: [figure("x", there[i] as number, measure)],
  }));

describe("two revisions' figures", () => {
  test("how many times as fast is the same question whatever the measure", () => {
    expect(speedRatio("per second", 300, 200)).toBe(1.5);
    expect(speedRatio("ms", 20, 30)).toBe(1.5);
    // 20 % on top against 80 % on top; and a cost that noise has made negative.
    expect(speedRatio("%", 20, 80)).toBe(1.5);
    expect(speedRatio("%", -10, 80)).toBe(2);
  });

  test("each is held against that of its own round: a machine that slows down is nobody's fault", () => {
    const [x] = compare(rounds([100, 50, 10], [110, 44, 10])).figures;
    expect(x).toMatchObject({ here: 50, there: 44, ratio: 1, slower: false });
    expect(x?.ratioMin).toBeCloseTo(100 / 110);
    expect(x?.ratioMax).toBeCloseTo(50 / 44);
  });

  test("an even number of rounds has its median in the middle of two", () => {
    const [x] = compare(rounds([100, 200], [100, 100])).figures;
    expect(x).toMatchObject({ here: 150, there: 100, ratio: 1.5, ratioMin: 1, ratioMax: 2 });
  });

  test("is clearly slower: in every round, and by more than a twentieth", () => {
    const slower = (here: number[], there: number[], measure?: Result["measure"]) =>
      compare(rounds(here, there, measure)).figures[0]?.slower;
    expect(slower([90, 50, 94], [100, 100, 100])).toBe(true);
    expect(slower([90, 50, 96], [100, 100, 100])).toBe(false);
    expect(slower([110, 110], [100, 100], "ms")).toBe(true);
    expect(slower([90, 90], [100, 100], "ms")).toBe(false);
  });

  test("what one side alone has, or measures otherwise, is named", () => {
    const { figures, onlyHere, onlyThere } = compare([
      {
        here: [figure("both", 1), figure("new", 1), figure("other", 1, "ms")],
        there: [figure("old", 1), figure("other", 1), figure("both", 1)],
      },
    ]);
    expect(figures.map(({ name }) => name)).toEqual(["both"]);
    expect(onlyHere).toEqual(["new", "other"]);
    expect(onlyThere).toEqual(["old", "other"]);
  });

  test("are printed a line each", () => {
    const lines = comparisonLines({
      figures: [
        { ...compare(rounds([90, 90], [100, 120])).figures[0], name: "slow" },
        { ...compare(rounds([20.26, 20.26], [30.39, 30.39], "ms")).figures[0], name: "fast" },
      ] as ReturnType<typeof compare>["figures"],
      onlyHere: ["new"],
      onlyThere: ["old"],
    });
    expect(lines.map((line) => line.replace(/ {2,}/g, "  ").trim())).toEqual([
      "here  there  times as fast",
      "slow  90  110 puts/s  0.82 (0.75 … 0.90)  SLOWER",
      "fast  20.3  30.4 ms  1.50 (1.50 … 1.50)",
      "only here: new",
      "only there: old",
    ]);
  });
});
