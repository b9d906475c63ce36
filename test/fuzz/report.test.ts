import { describe, expect, test } from "vitest";
import { runChunk } from "../../src/fuzz/chunk.ts";
import { type CampaignReport, mergeReports, neverReached, Tally } from "../../src/fuzz/report.ts";
import { runCampaign } from "../../src/fuzz/workers/campaign.ts";
import type { WorkerPool } from "../../src/fuzz/workers/pool.ts";
import type { TaskInput } from "../../src/fuzz/workers/tasks.ts";

const SETTINGS = { profile: "quick", seed: 5, runs: 6 };

/** What each case comes to: it depends on its number alone, so that it is run once. */
const singles = new Map<number, CampaignReport>();
function single(number: number): CampaignReport {
  const known =
    singles.get(number) ??
    runChunk({ settings: SETTINGS, numbers: [number], verify: false }).report;
  singles.set(number, known);
  return known;
}
const chunk = (numbers: readonly number[]): CampaignReport =>
  mergeReports([new Tally(SETTINGS).report(), ...numbers.map(single)]);
const text = (value: unknown) => JSON.stringify(value);

describe("reports", () => {
  const { report: whole } = runChunk({
    settings: SETTINGS,
    numbers: [0, 1, 2, 3, 4, 5],
    verify: false,
  });

  test("of parts are that of the whole, whatever the parts and their order", () => {
    const cuts = [
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [[5, 3], [0, 2, 4], [1]],
      [[], [0, 1, 2, 3, 4, 5]],
    ];
    for (const cut of cuts) expect(text(mergeReports(cut.map(chunk)))).toBe(text(whole));
  });

  test("merged twice are merged once", () => {
    const [a, b, c] = [chunk([0, 1]), chunk([2, 3]), chunk([4, 5])];
    expect(text(mergeReports([mergeReports([c, a]), b]))).toBe(text(whole));
  });

  test("are not merged with a case twice, with others, or with none", () => {
    expect(() => mergeReports([chunk([1]), chunk([0, 1])])).toThrow("case 1 is in two");
    const other = new Tally({ ...SETTINGS, seed: 6 }).report();
    expect(() => mergeReports([chunk([1]), other])).toThrow("reports of different campaigns");
    expect(() => mergeReports([])).toThrow("there is no report to merge");
  });

  test("say what was never reached, which is all of it at first", () => {
    const none = new Tally(SETTINGS).report();
    expect(neverReached(none)).toEqual(Object.keys(none.coverage));
    expect(neverReached(whole)).not.toContain("elections");
  });
});

describe("a campaign", () => {
  const poolOf = (workers: number): WorkerPool => ({
    workers,
    run: (_, input) => {
      const { numbers } = input as TaskInput<"cases">;
      return Promise.resolve({ report: chunk(numbers), difference: null }) as never;
    },
    close: () => Promise.resolve(),
  });
  const plan = () => ({
    settings: SETTINGS,
    numbers: [0, 1, 2, 3, 4, 5][Symbol.iterator](),
    verify: false,
    maxFailures: 10,
  });

  test("comes to the same by any number of workers, at any speed", async () => {
    for (const [workers, speed] of [
      [1, 0],
      [3, 1000],
    ] as const) {
      let now = 0;
      const elapsed = () => {
        now += speed;
        return now;
      };
      const hooks = { stopped: () => false, elapsed, progress: () => {} };
      const { report } = await runCampaign(plan(), poolOf(workers), hooks);
      expect(text(report)).toBe(text(chunk([0, 1, 2, 3, 4, 5])));
    }
  });

  test("begins no more once it is stopped, and reports what it ran", async () => {
    let ran = 0;
    let now = 0;
    const hooks = {
      stopped: () => ran >= 2,
      // Each chunk takes long, so that it is one case.
      elapsed: () => {
        now += 1000;
        return now;
      },
      progress: (progress: { ran: number }) => {
        ran = progress.ran;
      },
    };
    const { report } = await runCampaign(plan(), poolOf(1), hooks);
    expect(report.cases).toEqual([[0, 1]]);
    expect(text(report)).toBe(text(chunk([0, 1])));
  });

  test("that breaks by a bug of detcd names the case", () => {
    const settings = { ...SETTINGS, bugs: ["no such mistake"] };
    expect(() => runChunk({ settings, numbers: [3], verify: false })).toThrow(
      /^case 3 of profile quick, seed 5: /,
    );
  });
});
