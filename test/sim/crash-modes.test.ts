import { expect, test } from "vitest";
import { RaftPanic } from "../../src/raft/errors.ts";
import type { CrashMode } from "../../src/sim/fault.ts";
import { FAULT_POINTS, type FaultPoint } from "../../src/sim/fault-points.ts";
import { BUSY, BusyCluster, Unfinished } from "./busy-cluster.ts";

const POINTS = Object.keys(FAULT_POINTS) as FaultPoint[];
const MODES = ["rewind", "forget", "scatter"] as const satisfies CrashMode[];
/** More with `npm run fuzz:long`. */
const ROUNDS = Number(process.env["DETCD_CRASH_ROUNDS"] ?? 1);

/** A member crashes twice, at points of its code, and comes back; the others may do so as well. */
function run(
  mode: CrashMode,
  seed: number,
  bugs: readonly string[] = [],
): { crashes: number; broken: readonly string[] } {
  const busy = new BusyCluster({ ...BUSY, seed, bugs });
  const { cluster } = busy;
  for (const member of [1, 2, 3]) {
    const point = POINTS[(seed * 7 + member * 11) % POINTS.length] as FaultPoint;
    const count = 1 + (seed % 5);
    if (seed % 2 === 0) cluster.inject({ type: "crash-at", member, point, count, disk: mode });
    else {
      const operations = 40 + ((seed * 37 + member * 101) % 400);
      cluster.inject({ type: "crash-at", member, operations, disk: mode });
    }
  }
  busy.work();
  const lives = [1, 2, 3].map((id) => cluster.node(id).lives - 1);
  return { crashes: lives.reduce((a, b) => a + b), broken: busy.broken() };
}

test.each(MODES)(
  "a cluster whose members crash with `%s` loses nothing",
  (mode) => {
    let crashes = 0;
    for (let seed = 1; seed <= 20 * ROUNDS; seed++) {
      let outcome: { crashes: number; broken: readonly string[] };
      try {
        outcome = run(mode, seed);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
      expect(outcome.broken, `seed ${seed}`).toEqual([]);
      crashes += outcome.crashes;
    }
    console.log(`${mode}: ${crashes} crashes`);
    expect(crashes).toBeGreaterThan(20 * ROUNDS);
  },
  600_000,
);

test("W2: that no directory is synced is found out, by either way of losing names", () => {
  for (const mode of ["rewind", "forget"] as const) {
    const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
    const isFound = (seed: number): boolean => {
      try {
        return run(mode, seed, ["W2"]).broken.length > 0;
      } catch (error) {
        // A member that has forgotten what it acknowledged may not survive its leader's next word.
        if (error instanceof Unfinished || error instanceof RaftPanic) return true;
        throw error;
      }
    };
    const found = seeds.some(isFound);
    expect(found, mode).toBe(true);
  }
}, 120_000);
