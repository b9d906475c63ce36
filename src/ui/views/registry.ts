import type { ViewName } from "../player-state.ts";
import { CLUSTER } from "./cluster.ts";
import { COLUMNS } from "./columns.ts";
import { HISTORY } from "./history.ts";
import { INSPECTOR } from "./inspector.ts";
import { LOGS } from "./logs.ts";
import { MESSAGES } from "./messages.ts";
import { STORE } from "./store.ts";
import { STORY } from "./story.ts";
import type { ViewEntry } from "./view.ts";

/** All views, in the order in which the help names them. */
export const VIEWS: readonly ViewEntry[] = [
  STORY,
  CLUSTER,
  LOGS,
  COLUMNS,
  MESSAGES,
  STORE,
  HISTORY,
  INSPECTOR,
];

export function viewOf(name: ViewName): ViewEntry {
  return VIEWS.find((view) => view.name === name) ?? STORY;
}
