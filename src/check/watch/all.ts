import { atomic } from "./atomic.ts";
import { bookmarkable } from "./bookmarkable.ts";
import { filter } from "./filter.ts";
import { isCreate } from "./is-create.ts";
import { ordered } from "./ordered.ts";
import { prevKv } from "./prev-kv.ts";
import { reliable } from "./reliable.ts";
import { resumable } from "./resumable.ts";
import type { WatchRule } from "./rule.ts";
import { unique } from "./unique.ts";

/** In the order in which they are asked: the first that finds something wrong has the event. */
export const WATCH_RULES: readonly WatchRule[] = [
  filter,
  ordered,
  unique,
  atomic,
  bookmarkable,
  resumable,
  reliable,
  isCreate,
  prevKv,
];
