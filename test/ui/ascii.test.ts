import { expect, test } from "vitest";
import { asciiText, wantsAscii } from "../../src/ui/ascii.ts";

test.each([
  [{ LANG: "C", TERM: "xterm" }, true],
  [{ LANG: "en_US.UTF-8", TERM: "xterm" }, false],
  [{ LANG: "en_US.UTF-8", LC_ALL: "POSIX" }, true],
  [{ LC_CTYPE: "C.utf8", LANG: "C" }, false],
  [{ LC_ALL: "", LANG: "de_DE.utf8" }, false],
  [{ LANG: "en_US.UTF-8", TERM: "linux" }, true],
  [{}, false],
])("%o: ASCII %s", (env, wanted) => {
  expect(wantsAscii(env)).toBe(wanted);
});

test("each sign becomes one character, and control codes stay", () => {
  expect(asciiText("\u001B[31m★ m1 ─▶ ✗\u001B[0m")).toBe("\u001B[31m* m1 -> x\u001B[0m");
  expect(asciiText("中")).toBe("?");
});
