import type { ColourDepth } from "./colour-depth.ts";
import type { Colour, Segment } from "./style.ts";

/** The sixteen that a terminal's theme has: the number of the foreground; the background's is ten more. */
const THEMED = {
  black: 30,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  white: 37,
  gray: 90,
} as const;
type Themed = keyof typeof THEMED;

/** The others: which of the sixteen stands for one, its number in the palette of 256, and its true colour. */
const HUES: Readonly<
  Record<Exclude<Colour, Themed>, readonly [themed: Themed, index: number, rgb: string]>
> = {
  violet: ["blue", 99, "135;95;255"],
  lime: ["green", 155, "175;255;95"],
  orange: ["yellow", 208, "255;135;0"],
  pink: ["magenta", 218, "255;175;215"],
  teal: ["cyan", 37, "0;175;175"],
  tan: ["white", 180, "215;175;135"],
};

/**
 * The parameters of the escape code (SGR of ECMA-48) that gives a text its look. Without colours what is filled
 * is inverted (and underlined if it is that already), so that no look is a matter of colour alone.
 */
export function sgrOf(look: Omit<Segment, "text">, depth: ColourDepth): string[] {
  const { color, background, bold, dim, inverse } = look;
  const text = color === undefined ? [] : colourCodes(color, depth, 0);
  // On paper white is nothing: it is the terminal's own ink, unless it stands on a colour.
  const isInk = background === undefined && text[0] === String(THEMED.white);
  return [
    ...(bold === true ? ["1"] : []),
    ...(dim === true ? ["2"] : []),
    ...(inverse === true || (depth === "none" && background !== undefined) ? ["7"] : []),
    ...(depth === "none" && inverse === true && background !== undefined ? ["4"] : []),
    ...(isInk ? [] : text),
    ...(background === undefined ? [] : colourCodes(background, depth, 10)),
  ];
}

/** @param ground 0: foreground, 10: background */
function colourCodes(colour: Colour, depth: ColourDepth, ground: 0 | 10): string[] {
  if (depth === "none") return [];
  if (isThemed(colour)) return [String(THEMED[colour] + ground)];
  const [themed, index, rgb] = HUES[colour];
  if (depth === "16") return [String(THEMED[themed] + ground)];
  return [depth === "256" ? `${38 + ground};5;${index}` : `${38 + ground};2;${rgb}`];
}

function isThemed(colour: Colour): colour is Themed {
  return colour in THEMED;
}
