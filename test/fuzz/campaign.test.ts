import { afterAll, describe, expect, test } from "vitest";
import { Coverage, type Sometimes } from "../../src/check/coverage.ts";
import { drawCase } from "../../src/fuzz/draw/case.ts";
import { profileNamed } from "../../src/fuzz/profiles.ts";
import { runCase } from "../../src/fuzz/run-case.ts";
import { firstDifference } from "../../src/fuzz/verify.ts";
import { scenario } from "../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { sealed } from "../support/sealed.ts";
import { timeLimitMs } from "../support/time-limit.ts";

/** Cases of a campaign; `npm run fuzz:long` asks for more, and DETCD_SEED for others. */
const RUNS = Number(process.env["DETCD_FUZZ_RUNS"] ?? 60);
const SEED = Number(process.env["DETCD_SEED"] ?? 0) + 2026;

describe("nothing is violated", () => {
  const total = new Coverage();

  test.each(["default", "raft"])(
    "by the cases of the %s campaign",
    (name) => {
      const broken: string[] = [];
      let ran = 0;
      for (let number = 0; number < RUNS && broken.length < 3; number++) {
        const drawn = drawCase(profileNamed(name), SEED, number);
        const { violation, coverage } = sealed(() => runCase(drawn.scenario));
        total.merge(coverage);
        ran++;
        if (violation === null) continue;
        const again = `detcd fuzz --profile ${name} --seed ${SEED} --case ${number}`;
        broken.push(`${violation.invariant} at ${violation.at}: ${violation.text} (${again})`);
      }
      expect(broken).toEqual([]);
      // A campaign that ran nothing keeps everything, too.
      expect(ran).toBeGreaterThan(0);
    },
    timeLimitMs(RUNS),
  );

  // And so do cases in which nothing happens.
  afterAll(() => {
    const wanted: readonly Sometimes[] = [
      ...(["elections", "leader changes", "elections without winner"] as const),
      ...(["leaders stepped down alive", "entries committed", "truncations"] as const),
      ...(["snapshots taken", "snapshots installed", "crashes that lost bytes"] as const),
      ...(["restarts", "logs repaired", "configuration changes", "joint configurations"] as const),
      ...(["operations ambiguous", "linearizable reads", "compactions", "leases expired"] as const),
      ...(["watches resumed elsewhere", "locks held"] as const),
    ];
    expect(total.missing(wanted)).toEqual([]);
  });
});

describe("a case", () => {
  const sample = Array.from({ length: 12 }, (_, i) => drawCase(profileNamed("default"), 99, i));

  test("run twice gives the same trace and the same state", () => {
    for (const drawn of sample) expect(sealed(() => firstDifference(drawn, {}))).toBeNull();
  });

  test("is the same whether anybody listens or not", () => {
    for (const { scenario: data } of sample.slice(0, 6)) {
      const read = scenario(data);
      const heard = sealed(() => runScenario(read)).report;
      const quiet = { events: false, digests: false } as const;
      const unheard = sealed(() => runScenario(read, quiet)).report;
      expect({ ...unheard, traceDigest: "", stateDigest: "" }).toEqual({
        ...heard,
        // Whoever takes no digest counts nothing.
        traceEvents: 0,
        traceDigest: "",
        stateDigest: "",
      });
    }
  });

  test("with another seed is another run", () => {
    const read = scenario(sample[0]?.scenario as Parameters<typeof scenario>[0]);
    const digestOf = (seed: number) =>
      sealed(() => runScenario(read, { seed, events: false })).report.stateDigest;
    expect(digestOf(1)).not.toBe(digestOf(2));
  });
});
