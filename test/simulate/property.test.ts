import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { plan, type Sim, SimulationError, simulate } from "../../src/index.ts";

/** Takes a counter one further, whatever it takes. */
async function increment(sim: Sim, id: number): Promise<void> {
  const client = sim.client(id);
  for (;;) {
    try {
      const { value, entry } = await client.get("n", { timeout: 2000 });
      const next = { put: "n", value: String(Number(value ?? 0) + 1) };
      const same = client.txn({ timeout: 2000 }).if("n", "modified", "==", entry?.modRevision ?? 0);
      if ((await same.then(next).commit()).succeeded) return;
    } catch {
      await sim.sleep(500);
    }
  }
}

describe("a workload as a property of fault schedules", () => {
  // Not drawn anew each time: in some schedules nobody starts again, and this workload would never end.
  test.prop([plan(), fc.nat(1000)], { numRuns: 10, seed: 12 })(
    "holds, whatever is drawn",
    async (drawn, seed) => {
      const report = await simulate({ ...drawn, seed }, async (sim) => {
        for (let i = 0; i < 5; i++) {
          await Promise.all([increment(sim, 1), increment(sim, 2)]);
          await sim.sleep(300);
        }
        expect(Number((await sim.client(3).get("n")).value)).toBeGreaterThanOrEqual(10);
      });
      expect(report.ok).toBe(true);
    },
  );

  test("that does not hold is shrunk to a small one, and says how to run it again", async () => {
    // Whoever puts without looking whether it was done believes that no put fails.
    const naive = fc.asyncProperty(plan(), async (drawn) => {
      await simulate({ ...drawn, seed: 1, settle: false }, async (sim) => {
        for (let i = 0; i < 8; i++) {
          await sim.client(1).put("n", String(i), { timeout: 1000 });
          await sim.sleep(300);
        }
      });
    });
    const { failed, counterexample, errorInstance } = await fc.check(naive, {
      seed: 5,
      numRuns: 30,
    });
    expect(failed).toBe(true);
    expect(counterexample?.[0].steps).toHaveLength(1);
    expect(errorInstance).toBeInstanceOf(SimulationError);
    const { replay } = (errorInstance as SimulationError).report;
    expect(replay).toMatchObject({ seed: 1, steps: counterexample?.[0].steps });
    expect((errorInstance as SimulationError).message).toContain(JSON.stringify(replay.steps));
  });
});
