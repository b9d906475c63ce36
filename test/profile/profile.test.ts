import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { mistakeById } from "../../src/museum/catalogue.ts";
import { BEHAVIOURS } from "../../src/profile/catalogue.ts";
import { INHERITED } from "../../src/profile/inherited.ts";
import { CURRENT_LINE, LINES, lineOf, RELEASES } from "../../src/profile/lines.ts";
import { CURRENT_PROFILE, inheritedBy, profileOf } from "../../src/profile/profile.ts";
import { PAGE, profilesPage } from "./page.ts";

describe("the lines of etcd", () => {
  test.each([
    ["3.4.23", "3.4"],
    ["3.5.0", "3.5"],
    ["3.6.16", "3.6"],
    ["3.7.3", "3.7"],
    ["3.3.9", "3.4"],
    ["2.3.8", "3.4"],
    ["3.8.0", "3.7"],
    ["3.10.1", "3.7"],
    ["4.0.0", "3.7"],
  ] as const)("%s is of %s", (release, line) => {
    expect(lineOf(release)).toBe(line);
  });

  test("each have a judge of their own", () => {
    for (const line of LINES) expect(lineOf(RELEASES[line])).toBe(line);
    expect(CURRENT_PROFILE).toBe(profileOf(RELEASES[CURRENT_LINE]));
  });

  test("differ in every behaviour, or it would be none", () => {
    for (const { behaviours } of BEHAVIOURS) {
      for (const [name, { values }] of Object.entries(behaviours)) {
        expect(new Set(Object.values(values)).size, name).toBeGreaterThan(1);
        for (const line of LINES) {
          expect(profileOf(RELEASES[line])).toHaveProperty(name, values[line]);
        }
      }
    }
  });

  test("inherit mistakes that are in the museum, and the current line none", () => {
    for (const { mistake } of INHERITED) expect(mistakeById(mistake)).not.toBeNull();
    expect(inheritedBy("3.7.3")).toEqual([]);
    expect(inheritedBy("3.6.16")).toEqual(["W16"]);
    expect(inheritedBy("3.4.23")).toEqual(INHERITED.map(({ mistake }) => mistake));
  });
});

describe("docs/profiles.md", () => {
  test("is what the tables say: `npm run profiles` writes it", () => {
    expect(readFileSync(PAGE, "utf8")).toBe(profilesPage());
  });
});
