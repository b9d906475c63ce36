import type { WatchEvent } from "../api/watch-requests.ts";

/** One change, as watchers are told of it; what was before is read only for those who asked. */
export type StoreEvent = WatchEvent;
