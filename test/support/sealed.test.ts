import { describe, expect, test } from "vitest";
import { sealed } from "./sealed.ts";

describe("a sealed body", () => {
  const FORBIDDEN: readonly [string, () => unknown][] = [
    ["now", () => Date.now()],
    ["Date", () => new Date()],
    ["Date", () => Date()],
    ["random", () => Math.random()],
    ["random", () => (({ random }) => random())(Math)],
    ["setTimeout", () => setTimeout(() => {}, 1)],
    ["setInterval", () => setInterval(() => {}, 1)],
    ["setImmediate", () => setImmediate(() => {})],
    ["queueMicrotask", () => queueMicrotask(() => {})],
    ["now", () => performance.now()],
    ["hrtime", () => process.hrtime()],
    ["nextTick", () => process.nextTick(() => {})],
    ["randomUUID", () => crypto.randomUUID()],
    ["getRandomValues", () => crypto.getRandomValues(new Uint8Array(1))],
    ["localeCompare", () => "a".localeCompare("b")],
    ["fetch", () => fetch("http://127.0.0.1/")],
  ];
  for (const [name, body] of FORBIDDEN) {
    test(`can't use ${String(body).replace("() => ", "")}`, () => {
      expect(() => sealed(body)).toThrow(
        name === "Date" ? /ambient (Date|now)/ : `ambient ${name}`,
      );
    });
  }

  test("returns what it computes, and leaves all as it was", () => {
    expect(sealed(() => 1 + 1)).toBe(2);
    expect(typeof Date.now()).toBe("number");
    expect(new Date(0).getTime()).toBe(0);
    expect(typeof crypto.randomUUID()).toBe("string");
    expect("a".localeCompare("b")).toBe(-1);
  });

  test("lets its errors out, and leaves all as it was", () => {
    expect(() =>
      sealed(() => {
        throw new RangeError("its own");
      }),
    ).toThrow(RangeError);
    expect(typeof Math.random()).toBe("number");
  });

  test("may be sealed inside of a sealed body", () => {
    expect(sealed(() => sealed(() => 3))).toBe(3);
    expect(() => sealed(() => sealed(() => Date.now()))).toThrow("ambient now");
    expect(typeof Date.now()).toBe("number");
  });

  test("is synchronous", () => {
    expect(() => sealed(async () => 1)).toThrow("a sealed body is synchronous");
  });
});
