import { plain, rule } from "../style.ts";
import { filled, type ViewEntry } from "./view.ts";

export const MESSAGES: ViewEntry = {
  name: "messages",
  key: "m",
  title: "messages",
  shows: "messages as arrows between members",
  draw: (view, rows) => filled([rule([plain("messages")], view.columns)], rows),
  reach: () => ({ up: 0, down: 0 }),
};
