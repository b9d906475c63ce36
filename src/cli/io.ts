import { readFileSync } from "node:fs";

/** What a command needs of the process around it, so that tests can run commands in theirs. */
export interface Io {
  /** Writes text as it is; no newline is added. */
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** All of standard input. */
  readonly stdin: () => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly cwd: string;
  /** A person sits at a terminal: both ends are one, and it can place what is written. */
  readonly interactive: boolean;
  /** Output may hold colours. */
  readonly colors: boolean;
  /** Real milliseconds since some moment, for telling how long a command took. */
  readonly clock: () => number;
}

export function processIo(): Io {
  const { env } = process;
  const { NO_COLOR, TERM } = env;
  const dumb = TERM === "dumb";
  const plain = (NO_COLOR ?? "") !== "" || dumb;
  return {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    stdin: () => readFileSync(0, "utf8"),
    env,
    cwd: process.cwd(),
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true && !dumb,
    colors: process.stdout.isTTY === true && !plain,
    clock: () => performance.now(),
  };
}
