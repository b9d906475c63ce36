import { plain, rule } from "../style.ts";
import { filled, type ViewEntry } from "./view.ts";

export const CLUSTER: ViewEntry = {
  name: "cluster",
  key: "z",
  title: "cluster",
  shows: "the members, their timers and links",
  draw: (view, rows) => filled([rule([plain("cluster")], view.columns)], rows),
  reach: () => ({ up: 0, down: 0 }),
};
