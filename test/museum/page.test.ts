import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { KNOWN_MISTAKES, mistakeById } from "../../src/museum/catalogue.ts";
import { RAFT } from "../../src/museum/raft.ts";
import { catches, museumPage, PAGE, REMARKS } from "./page.ts";

const ROOT = resolve(import.meta.dirname, "../..");

describe("docs/museum.md", () => {
  test("is what the catalogue and the tests say: `npm run museum` writes it", () => {
    expect(readFileSync(PAGE, "utf8")).toBe(museumPage());
  });

  test("says of each mistake what catches it; of Raft's the tests of raft alone may", () => {
    const ofRaft = new Set<string>(RAFT.map(({ id }) => id));
    const silent = KNOWN_MISTAKES.filter(({ id }) => catches(id).length === 0);
    expect(silent.filter(({ id }) => !ofRaft.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test.each(Object.entries(REMARKS))("names a test of %s that speaks of it", (id, remark) => {
    expect(mistakeById(id)).not.toBeNull();
    for (const [, path] of remark.matchAll(/`(test\/[^`]+)`/g)) {
      expect(readFileSync(resolve(ROOT, path as string), "utf8")).toMatch(
        new RegExp(`\\b${id}\\b`),
      );
    }
  });
});
