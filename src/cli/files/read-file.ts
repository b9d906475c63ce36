import { closeSync, openSync, readSync } from "node:fs";

const MIB = 1024 * 1024;
/** Longer than any scenario, history or report; traces, which may be, are read in pieces (`read-pieces.ts`). */
const LENGTH_MAX = 256 * MIB;

/** The whole file, or pipe. Throws what the system says, and where it does not end. */
export function readBytes(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const piece = Buffer.allocUnsafe(MIB);
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const count = readSync(file, piece, 0, MIB, null);
      if (count === 0) return Buffer.concat(pieces, length);
      length += count;
      if (length > LENGTH_MAX) throw new Error(`it is longer than ${LENGTH_MAX / MIB} MiB`);
      pieces.push(Buffer.from(piece.subarray(0, count)));
    }
  } finally {
    closeSync(file);
  }
}

/** The same, as text. */
export function readText(path: string): string {
  return readBytes(path).toString("utf8");
}
