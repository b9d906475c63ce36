import { describe, expect, test } from "vitest";
import { benchOptions } from "../../bench/options.ts";

describe("the options of `npm run bench`", () => {
  test("are words, flags and a revision to compare with", () => {
    expect(benchOptions(["raft", "alone"])).toEqual({
      ...{ words: ["raft", "alone"], json: false, check: false, against: null, rounds: 3 },
    });
    expect(benchOptions(["--against", "HEAD~5", "raft", "--rounds", "7", "--json"])).toEqual({
      ...{ words: ["raft"], json: true, check: false, against: "HEAD~5", rounds: 7 },
    });
  });

  test.each([
    [["--agianst", "HEAD"], /^Unknown option '--agianst' \(known: --against REV, --rounds N/],
    [["--against"], /^Option '--against <value>' argument missing \(known/],
    [["--rounds", "3"], /^--rounds goes with --against REV/],
    [["--against", "HEAD", "--rounds", "0"], /whole number from 1 to 999, not "0"$/],
    [["--against", "HEAD", "--rounds", "two"], /whole number from 1 to 999, not "two"$/],
  ])("%j is refused with a remedy", (argv, message) => {
    expect(() => benchOptions(argv)).toThrow(message);
  });
});
