import { expect, test } from "vitest";
import { columnsOf } from "../../src/learn/text/columns.ts";
import { glossary } from "../../src/learn/text/glossary.ts";

const SHOWN = [
  "★ m3  leader        term 2   commit 5",
  "   1.281s  m3  becomes candidate in term 2: m1, m3 would vote",
  "               for it, and a lease-holder waits",
];

test("says what the words on the screen mean, and no others", () => {
  const words = glossary(SHOWN, "zh", 200);
  expect(words).toBe(
    "becomes candidate 成为候选人 · leader 领导者 · candidate 候选人 · term 任期 · vote 投票 · commit 提交位置",
  );
  expect(glossary(["becomes", "candidate"], "zh", 200)).toContain("成为候选人");
});

test("is never wider than there is room, and empty where nothing needs it", () => {
  for (const columns of [0, 10, 30, 77]) {
    expect(columnsOf(glossary(SHOWN, "zh", columns))).toBeLessThanOrEqual(columns);
  }
  expect(glossary(SHOWN, "en", 200)).toBe("");
  expect(glossary(["m1"], "zh", 200)).toBe("");
});
