import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { KNOWN_MISTAKES } from "../../src/museum/catalogue.ts";
import { mistakesOf, NO_MISTAKES } from "../../src/museum/switches.ts";

/** Functions that only V8 itself has. */
function native<T>(source: string): T {
  setFlagsFromString("--allow-natives-syntax");
  return runInThisContext(source);
}

describe("the switches", () => {
  test("are off unless their ids are named", () => {
    expect(Object.values(NO_MISTAKES)).toEqual(KNOWN_MISTAKES.map(() => false));
    expect(mistakesOf([])).toBe(NO_MISTAKES);
    for (const { id, name } of KNOWN_MISTAKES) {
      const on = Object.entries(mistakesOf([id])).filter(([, made]) => made);
      expect(on).toEqual([[name, true]]);
    }
    expect(mistakesOf(new Set(["R4", "M9a"]))).toMatchObject({
      commitsOldTerms: true,
      reportsProgressEarly: true,
    });
  });

  test("can't be moved any more", () => {
    expect(Object.isFrozen(NO_MISTAKES)).toBe(true);
    expect(Object.isFrozen(mistakesOf(["R4"]))).toBe(true);
  });

  test("of an unknown id: an error that names the nearest", () => {
    expect(() => mistakesOf(["R4", "R39"])).toThrow('unknown mistake "R39", did you mean R38?');
  });

  test("are of one hidden class, and no hash table: to look at one is to load a field", () => {
    const isFast = native<(o: object) => boolean>(
      "(function (o) { return %HasFastProperties(o); })",
    );
    const sameClass = native<(a: object, b: object) => boolean>(
      "(function (a, b) { return %HaveSameMap(a, b); })",
    );
    const keyByKey: Record<string, boolean> = {};
    for (const { name } of KNOWN_MISTAKES) keyByKey[`not ${name}`] = false;
    expect(isFast(keyByKey)).toBe(false);
    expect(isFast(NO_MISTAKES)).toBe(true);
    expect(sameClass(NO_MISTAKES, mistakesOf(["R4"]))).toBe(true);
    expect(sameClass(NO_MISTAKES, mistakesOf(["W1", "C7"]))).toBe(true);
  });
});
