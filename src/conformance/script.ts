import type { Argument } from "./argument.ts";
import {
  type DirectiveLine,
  type DirectiveLineError,
  parseDirectiveLine,
} from "./directive-line.ts";
import { ScriptError } from "./failures.ts";
import { trimSpace } from "./go-space.ts";

/** One test of a data-driven file: a command, its input, and what it should print. */
export interface Directive {
  readonly command: string;
  readonly args: readonly Argument[];
  /** The lines between the directive line and `----`, trimmed. */
  readonly input: string;
  /** Whole lines, each ending in a newline; empty if nothing stands below `----`. */
  readonly expected: string;
  /** Line numbers, from 1: of the directive, and of the first line of what is expected. */
  readonly line: number;
  readonly expectedLine: number;
}

/** A file taken apart. The texts between the directives are kept, so that it can be rewritten. */
export interface Script {
  readonly directives: readonly Directive[];
  /** `before[i]`: the lines above directive i's `----` and below directive i-1's output. */
  readonly before: readonly (readonly string[])[];
  /** The lines after the last directive. */
  readonly after: readonly string[];
}

const SEPARATOR = "----";

/**
 * Reads the format of cockroachdb/datadriven: `#` comments, directive lines (a `\` at the end
 * continues them), input, `----`, output up to a blank line, or, between two doubled `----`
 * lines, output that may hold blank lines.
 * @throws {ScriptError} where Go's reader would stop the test.
 */
export function parseScript(text: string): Script {
  return new ScriptReader(text).read();
}

/** Whether a text looks like such a file, whatever is in it: it has a line that begins an output. */
export function looksLikeScript(text: string): boolean {
  return /^----\r?$/m.test(text);
}

class ScriptReader {
  private readonly lines: readonly string[];
  private at = 0;
  private passed: string[] = [];
  private readonly directives: Directive[] = [];
  private readonly before: string[][] = [];

  constructor(text: string) {
    const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
    if (lines[lines.length - 1] === "") lines.pop();
    this.lines = lines;
  }

  read(): Script {
    while (this.at < this.lines.length) {
      const number = this.at + 1;
      const parsed = this.directiveLine();
      if (parsed === null) continue;
      // "subtest name" and "subtest end" only name a part of the file.
      if (parsed.command === "subtest") continue;
      this.directive(parsed, number);
    }
    return { directives: this.directives, before: this.before, after: this.passed };
  }

  private take(): string {
    const line = this.lines[this.at] as string;
    this.at++;
    return line;
  }

  private pass(): string {
    const line = this.take();
    this.passed.push(line);
    return line;
  }

  /** The directive on the next line, with its continuation lines; null for a comment or a blank. */
  private directiveLine(): DirectiveLine | null {
    const number = this.at + 1;
    let line = trimSpace(this.pass());
    if (line.startsWith("#")) return null;
    while (line.endsWith("\\") && this.at < this.lines.length) {
      line = `${line.slice(0, -1)} ${trimSpace(this.pass())}`;
    }
    if (trimSpace(line) === "") return null;
    const parsed: DirectiveLine | DirectiveLineError = parseDirectiveLine(line);
    if ("column" in parsed) {
      const remedy = "write: command key key=value key=(value, value)";
      throw new ScriptError(number, parsed.message, remedy);
    }
    return parsed;
  }

  private directive({ command, args }: DirectiveLine, line: number): void {
    let input = "";
    for (;;) {
      if (this.at >= this.lines.length) {
        const remedy = `add a line "${SEPARATOR}" after the command and its input`;
        throw new ScriptError(line, `"${command}" has no "${SEPARATOR}" line`, remedy);
      }
      if (this.lines[this.at] === SEPARATOR) break;
      input += `${this.pass()}\n`;
    }
    this.at++;
    const doubled = this.lines[this.at] === SEPARATOR;
    if (doubled) this.at++;
    const expectedLine = this.at + 1;
    const expected = doubled ? this.untilDoubledSeparator() : this.untilBlank();
    this.before.push(this.passed);
    this.passed = [];
    this.directives.push({ command, args, input: trimSpace(input), expected, line, expectedLine });
  }

  /** The blank line is eaten: rewriting puts it back. */
  private untilBlank(): string {
    let text = "";
    while (this.at < this.lines.length) {
      const line = this.take();
      if (trimSpace(line) === "") break;
      text += `${line}\n`;
    }
    return text;
  }

  private untilDoubledSeparator(): string {
    let text = "";
    while (this.at < this.lines.length) {
      const line = this.take();
      if (line !== SEPARATOR || this.at >= this.lines.length) {
        text += `${line}\n`;
        continue;
      }
      const next = this.take();
      if (next !== SEPARATOR) {
        text += `${line}\n${next}\n`;
        continue;
      }
      if (this.at < this.lines.length && this.take() !== "") {
        const problem = `non-blank line after end of double ${SEPARATOR} separator section`;
        throw new ScriptError(this.at, problem, "leave a blank line there");
      }
      break;
    }
    return text;
  }
}

/**
 * The file again, with `outputs[i]` as what directive i should print; all else stays as it is.
 * Byte for byte what Go's `-rewrite` writes.
 */
export function rewriteScript(script: Script, outputs: readonly string[]): string {
  let text = "";
  for (const [i, output] of outputs.entries()) {
    for (const line of script.before[i] as readonly string[]) text += `${line}\n`;
    text += /(^|\n)[\t ]*\n/.test(output)
      ? `${SEPARATOR}\n${SEPARATOR}\n${output}${SEPARATOR}\n${SEPARATOR}\n\n`
      : `${SEPARATOR}\n${output}\n`;
  }
  for (const line of script.after) text += `${line}\n`;
  return text.endsWith("\n\n") && text.length > 2 ? text.slice(0, -1) : text;
}
