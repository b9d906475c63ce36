import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const PIECE = 1024 * 1024;

/** The file as text, piece by piece, for what is too long for one string. Throws what the system says. */
export function* readPieces(path: string): Generator<string, void> {
  const file = openSync(path, "r");
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    // A letter may be torn in two by the end of a piece.
    const decoder = new StringDecoder("utf8");
    for (;;) {
      const count = readSync(file, piece, 0, PIECE, null);
      if (count === 0) break;
      yield decoder.write(piece.subarray(0, count));
    }
    const rest = decoder.end();
    if (rest !== "") yield rest;
  } finally {
    closeSync(file);
  }
}

/** The first piece alone; empty of an empty file. */
export function firstPiece(path: string): string {
  for (const piece of readPieces(path)) return piece;
  return "";
}
