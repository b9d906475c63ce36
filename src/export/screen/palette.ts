import type { Colour } from "../../ui/style.ts";

/** What the terminal's sixteen colours look like in pictures. */
export interface Palette {
  readonly ink: string;
  readonly paper: string;
  /** The window's bar, and its edge. */
  readonly bar: string;
  readonly edge: string;
  /** Text on a coloured background. */
  readonly onColour: string;
  readonly colours: Readonly<Record<Colour, string>>;
}

export const DARK: Palette = {
  ink: "#d8dee9",
  paper: "#10141b",
  bar: "#1a2029",
  edge: "#2b3340",
  onColour: "#0b0e13",
  colours: {
    black: "#10141b",
    red: "#ff6b6f",
    green: "#6bd68c",
    yellow: "#f0c75e",
    blue: "#62a6ff",
    magenta: "#cf9bff",
    cyan: "#58d1d8",
    white: "#eef2f7",
    gray: "#7c8797",
    violet: "#9d8cff",
    lime: "#b9e769",
    orange: "#ff9d4d",
    pink: "#ffb0d8",
    teal: "#2fb5a5",
    tan: "#d9b88f",
  },
};

export const LIGHT: Palette = {
  ink: "#22272e",
  paper: "#fdfdfb",
  bar: "#f1f1ec",
  edge: "#d9d9d2",
  onColour: "#ffffff",
  colours: {
    black: "#22272e",
    red: "#c8232c",
    green: "#17803d",
    yellow: "#946200",
    blue: "#1565d8",
    magenta: "#8141d6",
    cyan: "#0b7a85",
    white: "#4c5563",
    gray: "#79808b",
    violet: "#5b3fd6",
    lime: "#4f7a00",
    orange: "#b35300",
    pink: "#b8317f",
    teal: "#00786b",
    tan: "#80603a",
  },
};

export const PALETTES = { dark: DARK, light: LIGHT } as const;
