import { describe, expect, test } from "vitest";
import { SimpleTokens } from "../../src/auth/simple-tokens.ts";
import { rootRandom } from "../../src/base/random.ts";
import { SECOND } from "../../src/base/time.ts";

function enabled(): SimpleTokens {
  const tokens = new SimpleTokens(rootRandom(1));
  tokens.enable();
  return tokens;
}

const INVALID = { kind: "invalid" };
const eve = (revision: number): unknown => ({
  kind: "known",
  info: { username: "eve", revision },
});

describe("simple tokens", () => {
  test("are 16 letters, a dot, and the index of their entry", () => {
    const tokens = enabled();
    const prefix = tokens.prefix();
    expect(prefix).toMatch(/^[a-zA-Z]{16}$/);
    expect(tokens.prefix()).not.toBe(prefix);
    expect(tokens.assign(0, "eve", 3, prefix, 42)).toBe(`${prefix}.42`);
    expect(new SimpleTokens(rootRandom(1)).prefix()).toBe(prefix);
  });

  test("know their user, at the auth revision of today", () => {
    const tokens = enabled();
    const token = tokens.assign(0, "eve", 3, "p", 42);
    expect(tokens.lookup(0, token, 7, 42)).toEqual(eve(7));
  });

  test("live 300 s, and again so long with each use", () => {
    const tokens = enabled();
    const token = tokens.assign(0, "eve", 3, "p", 42);
    expect(tokens.lookup(300 * SECOND, token, 3, 42)).toEqual(eve(3));
    expect(tokens.lookup(600 * SECOND, token, 3, 42)).toEqual(eve(3));
    expect(tokens.lookup(900 * SECOND + 1, token, 3, 42)).toEqual(INVALID);
    expect(tokens.size).toBe(0);
  });

  test("that nobody uses are forgotten, and only those", () => {
    const tokens = enabled();
    tokens.assign(0, "eve", 3, "old", 1);
    const used = tokens.assign(SECOND, "eve", 3, "used", 2);
    tokens.lookup(200 * SECOND, used, 3, 2);
    tokens.assign(302 * SECOND, "eve", 3, "new", 3);
    expect(tokens.size).toBe(2);
    expect(tokens.lookup(302 * SECOND, used, 3, 3)).toEqual(eve(3));
  });

  test("of an entry that is not applied here yet must wait for it", () => {
    const tokens = enabled();
    expect(tokens.lookup(0, "prefix.43", 3, 42)).toEqual({ kind: "wait", index: 43 });
    expect(tokens.lookup(0, "prefix.42", 3, 42)).toEqual(INVALID);
  });

  test.each(["", "x", "x.", "x.y", "x.1.2", "x.-1", "x.1e3", `x.${"9".repeat(16)}`])(
    "%j is none",
    (token) => {
      expect(enabled().lookup(0, token, 3, 1e9)).toEqual(INVALID);
    },
  );

  test("end with their user", () => {
    const tokens = enabled();
    const gone = tokens.assign(0, "eve", 3, "a", 1);
    const kept = tokens.assign(0, "bob", 3, "b", 2);
    tokens.invalidateUser("eve");
    expect(tokens.lookup(0, gone, 3, 2)).toEqual(INVALID);
    expect(tokens.lookup(0, kept, 3, 2)).toMatchObject({ kind: "known" });
  });

  test("are not kept while auth is off", () => {
    const tokens = enabled();
    const before = tokens.assign(0, "eve", 3, "a", 1);
    tokens.disable();
    const during = tokens.assign(0, "eve", 3, "b", 2);
    tokens.enable();
    expect(tokens.lookup(0, before, 3, 2)).toEqual(INVALID);
    expect(tokens.lookup(0, during, 3, 2)).toEqual(INVALID);
  });
});
