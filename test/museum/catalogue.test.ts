import { describe, expect, test } from "vitest";
import {
  CATALOGUE,
  KNOWN_MISTAKES,
  mistakeById,
  unknownMistake,
} from "../../src/museum/catalogue.ts";

describe("the catalogue of known mistakes", () => {
  test("has each id and each name once, so that one record can hold the switches of all rooms", () => {
    expect(new Set(KNOWN_MISTAKES.map(({ id }) => id)).size).toBe(KNOWN_MISTAKES.length);
    expect(new Set(KNOWN_MISTAKES.map(({ name }) => name)).size).toBe(KNOWN_MISTAKES.length);
    expect(KNOWN_MISTAKES.length).toBeGreaterThan(100);
  });

  test("names them as scenarios, and as the code does", () => {
    for (const { id, name, title, story } of KNOWN_MISTAKES) {
      expect(id).toMatch(/^[A-Z]\d+[a-z]?$/);
      expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
      expect(title).toMatch(/^[^.|]+$/);
      expect(story).toMatch(/^[A-Z"][^|]*\.$|^[a-z]\w+ [^|]*\.$/);
    }
  });

  test("lists no area twice, and none that is empty", () => {
    const areas = CATALOGUE.map(({ area }) => area);
    expect(new Set(areas).size).toBe(areas.length);
    for (const { mistakes } of CATALOGUE) expect(mistakes.length).toBeGreaterThan(0);
  });
});

describe("an id that nobody knows", () => {
  test.each([
    ["R39", "R38"],
    ["r4", "R4"],
    ["M9", "M9a"],
    ["L-11", "L11"],
    ["W1b", "W1"],
    ["countsprevotes", "R21"],
  ])("%s: did you mean %s?", (word, near) => {
    expect(mistakeById(word)).toBeNull();
    expect(unknownMistake(word)).toBe(`unknown mistake "${word}", did you mean ${near}?`);
  });

  test("and is far from all of its letter", () => {
    const ofRaft = KNOWN_MISTAKES.filter(({ id }) => id.startsWith("R"));
    const last = Math.max(...ofRaft.map(({ id }) => Number.parseInt(id.slice(1), 10)));
    expect(unknownMistake("R999")).toBe(
      `unknown mistake "R999" (R1 to R${last} are known; docs/museum.md lists them)`,
    );
  });

  test("and is like no other", () => {
    for (const word of ["", "X1", "everything"]) {
      expect(unknownMistake(word)).toBe(`unknown mistake "${word}" (docs/museum.md lists them)`);
    }
  });
});
