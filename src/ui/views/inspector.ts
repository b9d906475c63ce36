import { plain, rule } from "../style.ts";
import { filled, type ViewEntry } from "./view.ts";

export const INSPECTOR: ViewEntry = {
  name: "inspector",
  key: "i",
  title: "inspector",
  shows: "all about one member",
  draw: (view, rows) => filled([rule([plain("inspector")], view.columns)], rows),
  reach: () => ({ up: 0, down: 0 }),
};
