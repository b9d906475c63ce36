import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EPOCH, LocalClock } from "../../../src/sim/machine/local-clock.ts";

const ppm = fc.oneof(
  fc.integer({ min: -500_000, max: 1_000_000 }),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(0, -990_000, 1_000_000),
);
const duration = fc.oneof(fc.nat(5), fc.nat(10_000_000), fc.nat(10 ** 13));
const changes = fc.array(fc.record({ after: duration, ppm }), { maxLength: 5 });

/** A clock with a history of drifts, and the moment of the last change. */
function clockWith(history: readonly { after: number; ppm: number }[]): [LocalClock, number] {
  const clock = new LocalClock();
  let now = 0;
  for (const change of history) {
    now += change.after;
    clock.setDrift(now, change.ppm);
  }
  return [clock, now];
}

describe("a member's own clock", () => {
  test("agrees with the world's until it is made to drift", () => {
    const clock = new LocalClock();
    for (const t of [0, 1, 999_999, 1_000_000, 10 ** 15]) {
      expect(clock.local(t)).toBe(t);
      expect(clock.globalFor(t)).toBe(t);
      expect(clock.wall(t)).toBe(EPOCH + t);
    }
    expect(clock.drift).toBe(0);
  });

  test("its rate is exact: floor(elapsed * rate / 10^6), as big integers have it", () => {
    fc.assert(
      fc.property(ppm, duration, (drift, elapsed) => {
        const clock = new LocalClock();
        clock.setDrift(0, drift);
        const exact = (BigInt(elapsed) * BigInt(1_000_000 + drift)) / 1_000_000n;
        expect(clock.local(elapsed)).toBe(Number(exact));
        expect(clock.drift).toBe(drift);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  test("globalFor is the first moment at which local time is reached", () => {
    fc.assert(
      fc.property(changes, duration, (history, ahead) => {
        const [clock, changedAt] = clockWith(history);
        const local = clock.local(changedAt) + ahead;
        const global = clock.globalFor(local);
        expect(Number.isSafeInteger(global)).toBe(true);
        expect(clock.local(global)).toBeGreaterThanOrEqual(local);
        if (global > changedAt) expect(clock.local(global - 1)).toBeLessThan(local);
        else expect(ahead).toBe(0);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  test("there and back: the first moment that shows the same time is not later", () => {
    fc.assert(
      fc.property(changes, duration, (history, ahead) => {
        const [clock, changedAt] = clockWith(history);
        const global = changedAt + ahead;
        const back = clock.globalFor(clock.local(global));
        expect(back).toBeLessThanOrEqual(global);
        expect(clock.local(back)).toBe(clock.local(global));
        if (clock.drift >= 0) expect(back).toBe(global);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });

  test("local time never goes back, over changes of drift either", () => {
    fc.assert(
      fc.property(changes, fc.array(fc.nat(100), { minLength: 1 }), (history, steps) => {
        const clock = new LocalClock();
        let now = 0;
        let last = 0;
        for (const change of history) {
          for (const step of steps) {
            now += step;
            const local = clock.local(now);
            expect(local).toBeGreaterThanOrEqual(last);
            last = local;
          }
          clock.setDrift(now, change.ppm);
          expect(clock.local(now)).toBe(last);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("only the wall clock jumps", () => {
    const clock = new LocalClock();
    clock.jump(-5_000);
    clock.jump(2_000);
    expect(clock.wall(10_000)).toBe(EPOCH + 7_000);
    expect(clock.local(10_000)).toBe(10_000);
    expect(clock.skew).toBe(-3_000);
  });

  test("drift shows in the wall clock, too", () => {
    const clock = new LocalClock();
    clock.setDrift(0, 500_000);
    expect(clock.wall(10_000)).toBe(EPOCH + 15_000);
    expect(new Date(EPOCH / 1000).toISOString()).toBe("2026-01-01T00:00:00.000Z");
  });

  test("a clock that stands still or is read backwards is refused", () => {
    const clock = new LocalClock();
    expect(() => clock.setDrift(0, -1_000_000)).toThrow("drift");
    clock.setDrift(100, 50);
    expect(() => clock.local(99)).toThrow("forwards");
  });
});
