import type { Colour, Row, Segment } from "../../ui/style.ts";
import { piecesOf } from "./cells.ts";

const NUMBERS: Readonly<Record<Colour, number>> = {
  black: 30,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  white: 37,
  gray: 90,
};

/** A row with the terminal's escape codes, cut at `columns`. */
export function ansiRow(row: Row, columns: number): string {
  let text = "";
  let before: Segment | undefined;
  for (const piece of piecesOf(row, columns)) {
    if (piece.look !== before) text += `\u001b[${["0", ...codes(piece.look)].join(";")}m`;
    before = piece.look;
    text += piece.text;
  }
  return text;
}

function codes({ color, background, bold, dim, inverse }: Segment): string[] {
  return [
    ...(bold === true ? ["1"] : []),
    ...(dim === true ? ["2"] : []),
    ...(inverse === true ? ["7"] : []),
    ...(color === undefined ? [] : [String(NUMBERS[color])]),
    ...(background === undefined ? [] : [String(NUMBERS[background] + 10)]),
  ];
}
