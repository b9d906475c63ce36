import { describe, expect, test } from "vitest";
import { parseRevision, revisionText } from "../../../src/scenario/language/actions/revisions.ts";
import { complaints, smallRun } from "./small-run.ts";

const QUIET = "when: nothing pending";
/** The newest revision is 6, on all members. */
const WRITTEN = ["puts: { count: 5, every: 5ms, key: k }", "when: puts done", "when: all applied"];

describe("a revision", () => {
  test.each([
    ["7", 7],
    ["0", 0],
    ["-1", -1],
    ["newest", { newest: 0 }],
    ["current", { newest: 0 }],
    ["newest - 3", { newest: -3 }],
    ["newest + 2", { newest: 2 }],
    ["newest-3", { newest: -3 }],
  ])("%s", (text, meaning) => {
    expect(parseRevision(text)).toEqual(meaning);
  });

  test.each(["", "latest", "newest -", "newest - x", "newest 3", "3.5", "9".repeat(17)])(
    "%j is refused in words",
    (text) => {
      expect(parseRevision(text)).toBe(
        `"${text}" is no revision; write e.g. 7, newest or newest - 3`,
      );
    },
  );

  test("reads as it is written", () => {
    const texts = ["7", "-1", "newest", "newest - 3", "newest + 2"];
    expect(texts.map((text) => revisionText(parseRevision(text) as number))).toEqual(texts);
  });

  test.each([
    ["get: { key: a, revision: oldest }", '"oldest" is no revision; write e.g. 7, newest'],
    ["watch: { key: a, from: newst - 1, as: W }", '"newst - 1" is no revision; write e.g. 7'],
    ["compact: latest", '"latest" is no revision; write e.g. 7, newest'],
    ["compact: { revision: 1.5 }", "expected a revision such as 7, newest"],
  ])("%s is refused", (step, text) => {
    expect(complaints(step)).toEqual([expect.stringContaining(text)]);
  });
});

test.each([
  ["newest", "v5"],
  ["newest - 2", "v3"],
  ["3", "v2"],
  // etcd takes what is not above 0 for the newest.
  ["0", "v5"],
  ["-1", "v5"],
])("a get at revision %s", (revision, value) => {
  smallRun([...WRITTEN, `get: { key: k, revision: ${revision}, as: g }`, QUIET], {
    expect: [`read: { g: ${value} }`],
  });
});

test.each([
  ["newest + 2", "future revision"],
  ["-1", "compacted"],
])("compact to %s is refused in etcd's words", (revision, error) => {
  smallRun([...WRITTEN, `compact: ${revision}`, QUIET], {
    expect: [`answered with error: { compact: ${error} }`],
  });
});

test("compact is relative to the newest revision, and never below 1", () => {
  smallRun([...WRITTEN, "compact: newest - 2", QUIET, "after: 50ms"], {
    expect: ["compacted to: { all: 4 }"],
  });
  const { named } = smallRun([...WRITTEN, "compact: newest - 99", QUIET]);
  expect(named("compact").text).toBe("compact to revision 1");
});

test("without a leader it is the newest of the member that applied most", () => {
  const stopped = ["crash: m2", "crash: m3", "when: no leader", "compact: newest - 1"];
  const { named } = smallRun([...WRITTEN, ...stopped]);
  expect(named("compact").text).toBe("compact to revision 5");
});

test("a watch begins before the newest revision, or after it", () => {
  const steps = [
    ...WRITTEN,
    "watch: { key: k, from: newest - 1, as: past }",
    "watch: { key: k, from: newest + 2, as: future }",
    "after: 100ms\n    puts: { count: 3, every: 5ms, key: k, value: w%d }",
    "when: puts done",
    "after: 100ms",
  ];
  const past = "past: [put k=v4, put k=v5, put k=w1, put k=w2, put k=w3]";
  smallRun(steps, { expect: [`watched: { ${past}, future: [put k=w2, put k=w3] }`] });
});

test("a watch from a negative revision is etcd's to refuse", () => {
  smallRun([...WRITTEN, "watch: { key: k, from: -1, as: W }", "after: 100ms"], {
    expect: ["watch cancelled: { W: 0 }"],
  });
});
