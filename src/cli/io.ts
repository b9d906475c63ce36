import { readSync } from "node:fs";

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
    stdin: readStandardInput,
    env,
    cwd: process.cwd(),
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true && !dumb,
    colors: process.stdout.isTTY === true && !plain,
    clock: () => performance.now(),
  };
}

const PIECE = 65_536;
/** How long it is waited for whoever writes into the pipe, before it is looked at again. */
const PAUSE_MS = 10;

/** A pipe may be one that does not block: then nothing is there to be read yet, which is no end. */
function readStandardInput(): string {
  const pieces: Buffer[] = [];
  const piece = Buffer.alloc(PIECE);
  for (;;) {
    const count = readNow(piece);
    if (count === 0) return Buffer.concat(pieces).toString("utf8");
    if (count > 0) pieces.push(Buffer.from(piece.subarray(0, count)));
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

/** How much was read; 0: it has ended; -1: nothing is there yet. */
function readNow(piece: Buffer): number {
  try {
    return readSync(0, piece, 0, piece.length, null);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "EAGAIN") return -1;
    if (code === "EOF") return 0;
    throw error;
  }
}
