import { utf8Encode } from "../base/utf8.ts";
import type { Argument } from "./argument.ts";
import { isSpace, trimSpace } from "./go-space.ts";

/** A directive line taken apart. */
export interface DirectiveLine {
  readonly command: string;
  readonly args: readonly Argument[];
}

/** Where a directive line stops making sense. */
export interface DirectiveLineError {
  /** In bytes, from 1, in the trimmed line. */
  readonly column: number;
  readonly message: string;
}

/**
 * Takes `cmd key key=value key=(a, b(c, d))` apart as cockroachdb/datadriven v1.0.2 does: only
 * spaces separate, values in parentheses may nest them, and what follows a comma loses its
 * leading spaces.
 */
export function parseDirectiveLine(source: string): DirectiveLine | DirectiveLineError {
  const line = trimSpace(source);
  const parser = new LineParser(line);
  const command = parser.word(" ");
  const args: Argument[] = [];
  if (command === "") return parser.error();
  for (parser.skipSpace(); !parser.atEnd; parser.skipSpace()) {
    const key = parser.word(" =");
    if (key === "") return parser.error();
    const values = parser.values();
    if (values === null) return parser.error();
    args.push({ key, values });
  }
  return { command, args };
}

class LineParser {
  private readonly line: string;
  private at = 0;

  constructor(line: string) {
    this.line = line;
  }

  get atEnd(): boolean {
    return this.at >= this.line.length;
  }

  error(): DirectiveLineError {
    const column = utf8Encode(this.line.slice(0, this.at)).length + 1;
    return { column, message: `cannot parse directive at column ${column}: ${this.line}` };
  }

  skipSpace(): void {
    while (!this.atEnd && isSpace(this.line.charAt(this.at))) this.at++;
  }

  /** Everything up to the next of `stops` or the end. */
  word(stops: string): string {
    const from = this.at;
    while (!this.atEnd && !stops.includes(this.line.charAt(this.at))) this.at++;
    return this.line.slice(from, this.at);
  }

  /** What follows a key: nothing, `=value` or `=(value, ...)`; null if a parenthesis stays open. */
  values(): string[] | null {
    if (this.line.charAt(this.at) !== "=") return [];
    this.at++;
    if (this.line.charAt(this.at) !== "(") return [this.word(" ")];
    const open = this.at;
    this.at++;
    const values: string[] = [];
    for (;;) {
      const value = this.valueInParentheses();
      if (value === null) {
        this.at = open;
        return null;
      }
      values.push(value);
      const last = this.line.charAt(this.at) === ")";
      this.at++;
      this.skipSpace();
      if (last) return values;
    }
  }

  /** Stops at the `,` or `)` of the same depth; null, without moving, if there is none. */
  private valueInParentheses(): string | null {
    let depth = 0;
    for (let end = this.at; end < this.line.length; end++) {
      const char = this.line.charAt(end);
      if (char === "(") depth++;
      else if (depth === 0 && (char === ")" || char === ",")) {
        const value = this.line.slice(this.at, end);
        this.at = end;
        return value;
      } else if (char === ")") depth--;
    }
    return null;
  }
}
