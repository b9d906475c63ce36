/** How many colours a terminal shows: none, its theme's sixteen, the palette of 256, or any. */
export type ColourDepth = "none" | "16" | "256" | "true";

const FORCED: Readonly<Record<string, ColourDepth>> = {
  "": "16",
  true: "16",
  "1": "16",
  "2": "256",
  "3": "true",
};

/**
 * What the environment says of a terminal's colours, as Node and the usual programs read it: FORCE_COLOR
 * (0 to 3) before NO_COLOR (https://no-color.org: set and not empty) before COLORTERM before TERM.
 */
export function colourDepth(env: Readonly<Record<string, string | undefined>>): ColourDepth {
  const { FORCE_COLOR, NO_COLOR, COLORTERM = "", TERM = "", WT_SESSION } = env;
  if (FORCE_COLOR !== undefined) return FORCED[FORCE_COLOR] ?? "none";
  if (NO_COLOR !== undefined && NO_COLOR !== "") return "none";
  if (TERM === "dumb") return "none";
  if (/^(?:truecolor|24bit)$/i.test(COLORTERM) || /-(?:direct|truecolor)$/.test(TERM))
    return "true";
  // Windows' terminal sets neither of the two.
  if (WT_SESSION !== undefined) return "true";
  return /256/.test(TERM) ? "256" : "16";
}
