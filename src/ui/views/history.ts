import { plain, rule } from "../style.ts";
import { filled, type ViewEntry } from "./view.ts";

export const HISTORY: ViewEntry = {
  name: "history",
  key: "y",
  title: "history",
  shows: "operations of clients in time",
  draw: (view, rows) => filled([rule([plain("history")], view.columns)], rows),
  reach: () => ({ up: 0, down: 0 }),
};
