import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mistakesOf } from "../../src/museum/switches.ts";
import { runSchedule } from "./support/schedule.ts";

const config = fc.record({
  asyncStorageWrites: fc.boolean(),
  preVote: fc.boolean(),
  checkQuorum: fc.boolean(),
  stepDownOnRemoval: fc.boolean(),
  maxSizePerMsg: fc.constantFrom(0, 40, 1 << 20),
  maxCommittedSizePerReady: fc.constantFrom(0, 1, 60),
  maxInflightMsgs: fc.constantFrom(1, 3, 256),
});

describe("random schedules of crashes, partitions, lost and doubled messages", () => {
  it("keep election safety, leader completeness and state machine safety", () => {
    let committed = 0;
    let reads = 0;
    fc.assert(
      fc.property(fc.nat(), config, (seed, chosen) => {
        const outcome = runSchedule({ seed, steps: 3000, config: chosen });
        committed += outcome.committed;
        reads += outcome.reads;
      }),
      { seed: 20, numRuns: 200 },
    );
    expect(committed / 200).toBeGreaterThan(40);
    expect(reads).toBeGreaterThan(1000);
  });

  it("are the same run for the same seed", () => {
    const options = { seed: 77, steps: 2000, config: { preVote: true } };
    expect(runSchedule(options)).toEqual(runSchedule(options));
  });

  // Were the monitor blind, the test above would prove nothing.
  it.each([
    ["R10", "two leaders in term"],
    ["R10", "lacks committed entry"],
    ["R7", "two different entries are committed"],
    ["R30", "two state machines differ"],
    ["R24", "a read saw index"],
    ["R25", "a read saw index"],
  ])("find the planted mistake %s: %s", (bug, property) => {
    const found: string[] = [];
    for (let seed = 0; seed < 100 && !found.some((text) => text.includes(property)); seed++) {
      try {
        runSchedule({ seed, steps: 2500, config: { mistakes: mistakesOf([bug]) } });
      } catch (error) {
        found.push(String(error));
      }
    }
    expect(found.at(-1)).toContain(property);
  });
});
