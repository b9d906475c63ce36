import { plain, rule } from "../style.ts";
import { filled, type ViewEntry } from "./view.ts";

export const COLUMNS: ViewEntry = {
  name: "columns",
  key: "o",
  title: "columns",
  shows: "one column a member, time downwards",
  draw: (view, rows) => filled([rule([plain("columns")], view.columns)], rows),
  reach: () => ({ up: 0, down: 0 }),
};
