import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OrderedMap } from "../../src/base/ordered-map.ts";

/** Binary strings with many shared prefixes. */
const key = fc.string({
  unit: fc.constantFrom("\x00", "a", "b", "\x7f", "\x80", "\xff"),
  maxLength: 4,
});

type Step = { readonly do: "set" | "delete"; readonly key: string };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ do: fc.constantFrom("set" as const, "set" as const, "delete" as const), key }),
  { maxLength: 200, size: "max" },
);

function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"));
}

function fill(list: readonly Step[]): { map: OrderedMap<number>; model: Map<string, number> } {
  const map = new OrderedMap<number>();
  const model = new Map<string, number>();
  list.forEach((step, i) => {
    if (step.do === "set") {
      expect(map.set(step.key, i)).toBe(!model.has(step.key));
      model.set(step.key, i);
    } else expect(map.delete(step.key)).toBe(model.delete(step.key));
  });
  return { map, model };
}

describe("the ordered map", () => {
  test("agrees with a Map sorted by bytes: points, neighbours and ranges", () => {
    fc.assert(
      fc.property(steps, key, fc.option(key), (list, low, high) => {
        const { map, model } = fill(list);
        const sorted = [...model.keys()].sort(byteOrder);
        expect([...map.keys()]).toEqual(sorted);
        expect([...map.values()]).toEqual(sorted.map((each) => model.get(each)));
        expect(map.size).toBe(model.size);
        expect(map.first()).toBe(sorted[0]);
        expect(map.last()).toBe(sorted.at(-1));
        expect(map.get(low)).toBe(model.get(low));
        expect(map.has(low)).toBe(model.has(low));
        expect(map.after(low)).toBe(sorted.find((each) => byteOrder(each, low) > 0));
        expect(map.before(low)).toBe(sorted.findLast((each) => byteOrder(each, low) < 0));

        const within = sorted.filter(
          (each) => byteOrder(each, low) >= 0 && (high === null || byteOrder(each, high) < 0),
        );
        const visited: [string, number][] = [];
        map.forRange(low, high, (k, v) => {
          visited.push([k, v]);
          return true;
        });
        expect(visited).toEqual(within.map((each) => [each, model.get(each)]));
        expect(map.countRange(low, high)).toBe(within.length);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("a visit that answers false is the last", () => {
    const map = new OrderedMap<number>();
    for (let i = 0; i < 1000; i++) map.set(String(i).padStart(4, "0"), i);
    for (const limit of [1, 31, 32, 33, 500, 1000]) {
      const visited: number[] = [];
      map.forRange("", null, (_, value) => {
        visited.push(value);
        return visited.length < limit;
      });
      expect(visited).toEqual(Array.from({ length: limit }, (_, i) => i));
    }
  });

  test("a clone and its original do not see each other's changes", () => {
    fc.assert(
      fc.property(steps, steps, steps, (before, here, there) => {
        const { map, model } = fill(before);
        const copy = map.clone();
        const apply = (to: OrderedMap<number>, mirror: Map<string, number>, list: Step[]) => {
          for (const step of list) {
            if (step.do === "set") to.set(step.key, -1);
            else to.delete(step.key);
            if (step.do === "set") mirror.set(step.key, -1);
            else mirror.delete(step.key);
          }
          return mirror;
        };
        const copied = apply(copy, new Map(model), there);
        const original = apply(map, new Map(model), here);
        for (const [each, mirror] of [
          [map, original],
          [copy, copied],
        ] as const) {
          expect([...each.keys()]).toEqual([...mirror.keys()].sort(byteOrder));
          for (const [k, v] of mirror) expect(each.get(k)).toBe(v);
        }
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test("entries start at the given key", () => {
    const map = new OrderedMap<number>();
    for (const [i, k] of ["a", "b", "c"].entries()) map.set(k, i);
    const pairs: string[] = [];
    for (const [k, v] of map.entries("b")) pairs.push(`${k}=${v}`);
    expect(pairs).toEqual(["b=1", "c=2"]);
    map.clear();
    expect(map.size).toBe(0);
    expect(map.first()).toBe(undefined);
  });
});
