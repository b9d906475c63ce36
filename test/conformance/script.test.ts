import { describe, expect, test } from "vitest";
import { parseDirectiveLine } from "../../src/conformance/directive-line.ts";
import { ScriptError } from "../../src/conformance/failures.ts";
import { parseScript, rewriteScript } from "../../src/conformance/script.ts";

/** The only argument of a directive line. */
function argument(text: string): { key: string; values: readonly string[] } {
  const parsed = parseDirectiveLine(`cmd ${text}`);
  if ("column" in parsed) throw new Error(parsed.message);
  expect(parsed.args).toHaveLength(1);
  return parsed.args[0] as { key: string; values: readonly string[] };
}

function failure(text: string): ScriptError {
  try {
    parseScript(text);
  } catch (error) {
    if (error instanceof ScriptError) return error;
  }
  throw new Error("the script was accepted");
}

describe("a directive line", () => {
  test.each([
    ["1", "1", []],
    ["key=", "key", [""]],
    ["key=value", "key", ["value"]],
    ["key=a,b", "key", ["a,b"]],
    ["key=a=b", "key", ["a=b"]],
    ["key=(1)", "key", ["1"]],
    ["key=(1,2, 3)", "key", ["1", "2", "3"]],
    ["key=()", "key", [""]],
    ["key=(f(a, b), c)", "key", ["f(a, b)", "c"]],
    ["key=( 1, 2 )", "key", [" 1", "2 "]],
    ['"foo"', '"foo"', []],
  ])("reads %s", (text, key, values) => {
    expect(argument(text)).toEqual({ key, values });
  });

  test("is cut at spaces, not at tabs", () => {
    expect(parseDirectiveLine("  cmd  a   b=1 c\td ")).toEqual({
      command: "cmd",
      args: [
        { key: "a", values: [] },
        { key: "b", values: ["1"] },
        { key: "c\td", values: [] },
      ],
    });
  });

  test("is trimmed of what Go calls white space, and of nothing else", () => {
    expect(parseDirectiveLine("\u0085cmd \ufeffa \u2028 b\u0085 \u00a0")).toEqual({
      command: "cmd",
      args: [
        { key: "\ufeffa", values: [] },
        { key: "b", values: [] },
      ],
    });
  });

  test.each([
    ["cmd key=(1,2", 9, "an open parenthesis"],
    ["cmd é=x key=(1, (2)", 14, "an open parenthesis, counted in bytes"],
    ["cmd =1", 5, "a value without a key"],
  ])("%s is refused with its column", (line, column) => {
    const message = `cannot parse directive at column ${column}: ${line}`;
    expect(parseDirectiveLine(line)).toEqual({ column, message });
  });
});

describe("a script", () => {
  test("is a list of commands with input and expected output, with their lines", () => {
    const text = "# says\n\ncmd a\nin 1\n\nin 2\n----\nout 1\nout 2\n\nnext\n----\nok\n";
    const { directives } = parseScript(text);
    expect(directives).toEqual([
      {
        command: "cmd",
        args: [{ key: "a", values: [] }],
        input: "in 1\n\nin 2",
        expected: "out 1\nout 2\n",
        line: 3,
        expectedLine: 8,
      },
      { command: "next", args: [], input: "", expected: "ok\n", line: 11, expectedLine: 13 },
    ]);
  });

  test("may hold blank lines in outputs between doubled separators", () => {
    const { directives } = parseScript(
      "a\n----\n----\none\n\n----\nstill\n----\n----\n\nb\n----\nok\n",
    );
    expect(directives.map(({ expected }) => expected)).toEqual(["one\n\n----\nstill\n", "ok\n"]);
  });

  test("continues a line that ends in a backslash", () => {
    const { directives } = parseScript("cmd a=1 \\\n  b=2\n----\nok\n");
    expect(directives[0]?.args.map(({ key }) => key)).toEqual(["a", "b"]);
  });

  test("may have Windows line ends", () => {
    expect(parseScript("a\r\n----\r\nok\r\n\r\nb\r\n----\r\n").directives).toHaveLength(2);
  });

  test("passes over subtest lines", () => {
    const text = "subtest x\n\na\n----\nok\n\nsubtest end\n";
    expect(parseScript(text).directives.map(({ command }) => command)).toEqual(["a"]);
  });

  test.each([
    ["a\ninput\n", 1, '"a" has no "----" line'],
    ["# x\ncmd =\n----\n", 2, "cannot parse directive at column 5: cmd ="],
    ["a\n----\n----\nx\n----\n----\ny\n", 7, "non-blank line after end of double ----"],
  ])("%j is refused with its line and a remedy", (text, line, message) => {
    const error = failure(text);
    expect(error.line).toBe(line);
    expect(error.message).toContain(message);
    expect(error.remedy).not.toBe("");
  });
});

describe("rewriting a script", () => {
  test("keeps comments, inputs and blank lines", () => {
    const text = "# says\n\ncmd a\nin\n----\nold\n\n\n# more\nnext\n----\n\n# end\n";
    expect(rewriteScript(parseScript(text), ["new\n", "ok\n"])).toBe(
      "# says\n\ncmd a\nin\n----\nnew\n\n\n# more\nnext\n----\nok\n\n# end\n",
    );
  });

  test("doubles the separators of an output with a blank line", () => {
    const text = "a\n----\n\nb\n----\nok\n";
    const rewritten = rewriteScript(parseScript(text), ["x\n\ny\n", "ok\n"]);
    expect(rewritten).toBe("a\n----\n----\nx\n\ny\n----\n----\n\nb\n----\nok\n");
    expect(parseScript(rewritten).directives[0]?.expected).toBe("x\n\ny\n");
  });

  test("with the outputs that are expected anyway gives the same text", () => {
    const text = "# c\na\n----\n----\nx\n\n----\n----\n\nb k=1 \\\n c\nin\n----\nok\n";
    const script = parseScript(text);
    expect(
      rewriteScript(
        script,
        script.directives.map(({ expected }) => expected),
      ),
    ).toBe(text);
  });
});
