import { plain, rule } from "../style.ts";
import { filled, type ViewEntry } from "./view.ts";

export const LOGS: ViewEntry = {
  name: "logs",
  key: "t",
  title: "logs",
  shows: "the logs of all members side by side",
  draw: (view, rows) => filled([rule([plain("logs")], view.columns)], rows),
  reach: () => ({ up: 0, down: 0 }),
};
