import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { mistakeById } from "../../src/museum/catalogue.ts";
import { BEHAVIOURS } from "../../src/profile/catalogue.ts";
import { INHERITED } from "../../src/profile/inherited.ts";
import { CURRENT_LINE, LINES, lineOf, RELEASES } from "../../src/profile/lines.ts";
import { CURRENT_PROFILE, inheritedBy, profileOf } from "../../src/profile/profile.ts";
import { PAGE, profilesPage } from "./page.ts";

const SRC = resolve(import.meta.dirname, "../../src");

function sourceFiles(): string[] {
  return readdirSync(SRC, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

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

  test("differ in what somebody reads: a row of which nothing depends says nothing", () => {
    const readers = sourceFiles().filter((path) => !path.includes("/profile/"));
    const text = readers.map((path) => readFileSync(path, "utf8")).join("\n");
    for (const { behaviours } of BEHAVIOURS) {
      const unread = Object.keys(behaviours).filter(
        (name) => !new RegExp(`\\b${name}\\b`).test(text),
      );
      expect(unread).toEqual([]);
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
