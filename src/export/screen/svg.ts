import { screenRows } from "../../ui/screen.ts";
import { type Row, type Segment, textOf } from "../../ui/style.ts";
import { escaped } from "../markup.ts";
import type { Write } from "../options.ts";
import { type Piece, piecesOf } from "./cells.ts";
import { momentText, recordingFor, SIZE, stateAt } from "./moment.ts";
import { PALETTES, type Palette } from "./palette.ts";

// A cell of the grid: a font for programmers is 0.6 em wide.
const FONT = 14;
const CELL = 8.4;
const LINE = 19;
/** Where the letters stand in their line. */
const BASE = 14;
const PADDING = 16;
const BAR = 34;
const FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

/** One moment of the run as the terminal draws it: a picture whose text can be selected. */
export const writeSvg: Write = function* (run, options) {
  const size = options.size ?? SIZE;
  const palette = PALETTES[options.theme ?? "dark"];
  const recording = recordingFor(run, size);
  const state = stateAt(recording, options.at);
  // The last row tells the keys, which a picture does not have.
  const rows = screenRows(recording, state, size, []).slice(0, -1);
  while (rows.length > 0 && textOf(rows.at(-1) as Row).trim() === "") rows.pop();
  const title = run.header.title === "" ? run.header.name : run.header.title;
  yield* svgOf(rows, { title, moment: momentText(run, state.now), columns: size.columns, palette });
};

/** What a picture is of. */
export interface Picture {
  readonly title: string;
  /** Said in the window's bar. */
  readonly moment: string;
  readonly columns: number;
  readonly palette: Palette;
}

/** Rows of a terminal as a picture, in a window. */
export function* svgOf(rows: readonly Row[], { title, moment, columns, palette }: Picture) {
  const width = Number(pixels(2 * PADDING + columns * CELL));
  const height = BAR + PADDING + rows.length * LINE + PADDING;
  yield `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" xml:space="preserve" role="img" aria-labelledby="title moment">\n`;
  yield `<title id="title">${escaped(title)}</title>\n<desc id="moment">${escaped(`detcd: ${moment}`)}</desc>\n`;
  yield `<style>text{font:${FONT}px ${FONTS};fill:${palette.ink};white-space:pre}.b{font-weight:700}.d{opacity:.62}</style>\n`;
  yield* frame(width, height, moment, palette);
  for (const [i, row] of rows.entries()) {
    yield* rowMarkup(piecesOf(row, columns), BAR + PADDING + i * LINE, palette);
  }
  yield "</svg>\n";
}

/** A window with a bar that says which moment this is. */
function* frame(width: number, height: number, moment: string, palette: Palette) {
  const { paper, bar, edge, colours } = palette;
  yield `<rect x=".5" y=".5" width="${pixels(width - 1)}" height="${height - 1}" rx="10" fill="${paper}" stroke="${edge}"/>\n`;
  yield `<path d="M1 ${BAR}V10.5A9.5 9.5 0 0 1 10.5 1H${pixels(width - 10.5)}A9.5 9.5 0 0 1 ${pixels(width - 1)} 10.5V${BAR}Z" fill="${bar}"/>\n`;
  yield `<path d="M1 ${BAR}.5H${pixels(width - 1)}" stroke="${edge}"/>\n`;
  for (const [i, colour] of [colours.red, colours.yellow, colours.green].entries()) {
    yield `<circle cx="${20 + i * 18}" cy="${BAR / 2}" r="5.5" fill="${colour}"/>\n`;
  }
  yield `<text x="${pixels(width / 2)}" y="${BAR / 2 + 4.5}" text-anchor="middle" style="font-size:12.5px;fill:${colours.gray}">${escaped(moment)}</text>\n`;
}

function* rowMarkup(pieces: readonly Piece[], top: number, palette: Palette) {
  for (const { column, width, look } of filled(pieces)) {
    const fill = look.inverse === true ? palette.bar : backgroundOf(look, palette);
    yield `<rect x="${x(column)}" y="${top}" width="${pixels(width * CELL)}" height="${LINE}" rx="2" fill="${fill}"/>\n`;
  }
  const spans = pieces
    .filter(({ text }, i) => text.trim() !== "" || i < pieces.length - 1)
    .map((piece) => span(piece, palette));
  if (spans.length > 0) yield `<text y="${top + BASE}">${spans.join("")}</text>\n`;
}

/** Pieces with a background, neighbours of the same one together. */
function filled(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const { background, inverse } = piece.look;
    if (background === undefined && inverse !== true) continue;
    const last = out.at(-1);
    const joins =
      last !== undefined &&
      last.column + last.width === piece.column &&
      last.look.background === background &&
      last.look.inverse === inverse;
    if (joins) out[out.length - 1] = { ...last, width: last.width + piece.width };
    else out.push(piece);
  }
  return out;
}

function span({ column, width, text, look }: Piece, palette: Palette): string {
  const classes = [look.bold === true ? "b" : "", look.dim === true ? "d" : ""].join("");
  const fill = textColour(look, palette);
  const attributes = [
    `x="${x(column)}"`,
    // The grid holds whatever font there is.
    `textLength="${pixels(width * CELL)}"`,
    `lengthAdjust="spacingAndGlyphs"`,
    ...(classes === "" ? [] : [`class="${[...classes].join(" ")}"`]),
    ...(fill === palette.ink ? [] : [`fill="${fill}"`]),
  ];
  return `<tspan ${attributes.join(" ")}>${escaped(text)}</tspan>`;
}

function textColour(look: Segment, palette: Palette): string {
  if (look.background !== undefined) return palette.onColour;
  return look.color === undefined ? palette.ink : palette.colours[look.color];
}

function backgroundOf(look: Segment, palette: Palette): string {
  return look.background === undefined ? palette.paper : palette.colours[look.background];
}

function x(column: number): string {
  return pixels(PADDING + column * CELL);
}

/** A length without the noise of binary fractions. */
function pixels(length: number): string {
  return String(Math.round(length * 100) / 100);
}
