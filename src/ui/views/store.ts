import { plain, rule } from "../style.ts";
import { filled, type ViewEntry } from "./view.ts";

export const STORE: ViewEntry = {
  name: "store",
  key: "d",
  title: "store",
  shows: "keys, leases and watches",
  draw: (view, rows) => filled([rule([plain("store")], view.columns)], rows),
  reach: () => ({ up: 0, down: 0 }),
};
