import { sgrOf } from "../../ui/sgr.ts";
import type { Row, Segment } from "../../ui/style.ts";
import { piecesOf } from "./cells.ts";

/** A row with the terminal's escape codes, cut at `columns`. */
export function ansiRow(row: Row, columns: number): string {
  let text = "";
  let before: Segment | undefined;
  for (const piece of piecesOf(row, columns)) {
    if (piece.look !== before) text += `\u001b[${["0", ...sgrOf(piece.look, "256")].join(";")}m`;
    before = piece.look;
    text += piece.text;
  }
  return text;
}
