import type { Row, Segment } from "../../ui/style.ts";

/** A piece of a row of the terminal: text of one look that begins at a column of the grid. */
export interface Piece {
  readonly column: number;
  /** Columns. */
  readonly width: number;
  readonly text: string;
  readonly look: Segment;
}

// What a font for programmers draws in one cell without doubt. Other signs may come from another
// font with another width, so each of them is placed by itself.
const PLAIN = /^[\x20-\x7e\u2500-\u259f·…–—]$/;
const ZERO = /^(?:\p{M}|\p{Cf}|\p{Emoji_Modifier})$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
const CONTROL = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** The row on the grid, cut at `columns` as a terminal does. Control characters become `\ufffd`. */
export function piecesOf(row: Row, columns: number): Piece[] {
  const out: Piece[] = [];
  let column = 0;
  for (const look of row) {
    let start = column;
    let text = "";
    const close = () => {
      if (text !== "") out.push({ column: start, width: column - start, text, look });
      text = "";
      start = column;
    };
    for (const char of look.text.replace(CONTROL, "\ufffd")) {
      if (ZERO.test(char)) {
        if (text !== "") text += char;
        continue;
      }
      const width = WIDE.test(char) ? 2 : 1;
      if (column + width > columns) {
        close();
        return out;
      }
      const alone = !PLAIN.test(char);
      if (alone) close();
      text += char;
      column += width;
      if (alone) close();
    }
    close();
  }
  return out;
}
