import { utf8Encode } from "../base/utf8.ts";
import { LogLevel, type RaftObserver, type RoleReason } from "../raft/observer.ts";
import type { StateType } from "../raft/types.ts";
import { GoPanic } from "./failures.ts";

/** As the `log-level` command takes them and log lines begin, ordered as {@link LogLevel}. */
export const LEVEL_NAMES = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE"] as const;

/** Go's bufio.Scanner gives up at a line of this many bytes, and what follows it is lost. */
const SCANNER_LINE_MAX = 64 * 1024;

/**
 * What one command prints: the harness's own lines and the log lines of all nodes, in the order in
 * which they come about (rafttest's RedirectLogger).
 */
export class Output implements RaftObserver {
  /** Log lines below it are dropped; at NONE the harness's own lines are dropped as well. */
  level: LogLevel = LogLevel.Debug;
  private text = "";

  get isQuiet(): boolean {
    return this.level === LogLevel.None;
  }

  get isEmpty(): boolean {
    return this.text === "";
  }

  /** The text since the last {@link take}, which is forgotten. */
  take(): string {
    const text = this.text;
    this.text = "";
    return text;
  }

  write(text: string): void {
    if (!this.isQuiet) this.text += text;
  }

  writeLine(text: string): void {
    this.write(`${text}\n`);
  }

  log(level: LogLevel, text: string): void {
    if (this.level <= level) this.writeLine(`${LEVEL_NAMES[level]} ${text}`);
  }

  role(_state: StateType, _term: number, _lead: number, _reason: RoleReason): void {
    // The harness prints roles only where a command asks for them.
  }

  /** Indents by two spaces what `body` prints, and ends its last line. */
  indented<T>(body: () => T): T {
    const outer = this.text;
    this.text = "";
    try {
      return body();
    } finally {
      this.text = outer + indent(this.text);
    }
  }
}

/**
 * The level of a name in upper or lower case.
 * @returns the text of the harness's error for any other name.
 */
export function parseLevel(name: string): LogLevel | string {
  const index = (LEVEL_NAMES as readonly string[]).indexOf(name.toUpperCase());
  if (index < 0) return `log levels must be either of [${LEVEL_NAMES.join(" ")}]`;
  return index as LogLevel;
}

function indent(text: string): string {
  if (text === "") return "";
  let result = "";
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  for (const line of lines) {
    if (isTooLong(line)) break;
    result += `  ${line}\n`;
  }
  return result;
}

function isTooLong(line: string): boolean {
  if (line.length >= SCANNER_LINE_MAX) return true;
  // No UTF-16 unit takes more than three bytes.
  return line.length * 3 >= SCANNER_LINE_MAX && utf8Encode(line).length >= SCANNER_LINE_MAX;
}

/** Far more than any group needs that comes to rest at all. */
const MAX_ROUNDS = 10_000;

/** Guards a loop of the harness that a broken raft could keep busy for ever. */
export function assertProgress(rounds: number, what: string): void {
  if (rounds > MAX_ROUNDS)
    throw new GoPanic(`${what} does not come to rest after ${rounds} rounds`);
}
