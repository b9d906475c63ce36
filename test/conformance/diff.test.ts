import { describe, expect, test } from "vitest";
import { firstDifference, renderDiff } from "../../src/conformance/diff.ts";

describe("the first difference", () => {
  test("is none between equal texts", () => {
    expect(firstDifference("a\nb\n", "a\nb\n")).toBeNull();
    expect(renderDiff("a\n", "a\n")).toBe("");
  });

  test("is the first line that is not the same", () => {
    expect(firstDifference("a\nb\nc\n", "a\nx\ny\n")).toEqual({
      line: 1,
      expected: "b",
      actual: "x",
    });
  });

  test("may be a line that is missing on either side", () => {
    expect(firstDifference("a\nb\n", "a\n")).toEqual({ line: 1, expected: "b", actual: null });
    expect(firstDifference("a\n", "a\nb\n")).toEqual({ line: 1, expected: null, actual: "b" });
  });
});

describe("a diff", () => {
  test("shows both sides, the lines around them, and the column", () => {
    const before = "1\n2\n3\n4\nTerm:1 Vote:1\n6\n7\n8\n9\n";
    const after = before.replace("Vote:1", "Vote:2");
    expect(renderDiff(before, after)).toBe(
      [
        "    ... 1 equal line",
        "    2",
        "    3",
        "    4",
        "  - Term:1 Vote:1",
        "  + Term:1 Vote:2",
        `${" ".repeat(16)}^ column 13`,
        "    6",
        "    7",
        "    8",
        "    ... 1 equal line",
        "",
      ].join("\n"),
    );
  });

  test("points into the first of several lines, not below the last", () => {
    expect(renderDiff("ab\nx\n", "ac\ny\nz\n")).toBe(
      ["  - ab", "  - x", "  + ac", `${" ".repeat(5)}^ column 2`, "  + y", "  + z", ""].join("\n"),
    );
  });

  test("says so where one side has nothing more", () => {
    expect(renderDiff("ok\n", "ok\nmore\n")).toBe("    ok\n  - (nothing)\n  + more\n");
    expect(renderDiff("", "ok\n")).toBe("  - (nothing)\n  + ok\n");
  });

  test("cuts what is long", () => {
    const long = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join("");
    const text = renderDiff("x\n", long);
    expect(text).toContain("  + line 7\n");
    expect(text).not.toContain("line 8");
    expect(text).toContain("  + ... 12 more lines\n");
  });
});
