import type { WatchedChange, WatchResponseEvent } from "../../trace/events.ts";
import type { Change, History } from "../model/history.ts";
import type { WatchModel } from "./model.ts";

/** One event that a client was told, with all that is known of it. */
export interface WatchDelivery {
  readonly event: WatchedChange;
  /** The change that the watch waited for and this event tells of; null: it did not wait for one. */
  readonly change: Change | null;
  /** The first change that should have been told before it, and was not; null: none. */
  readonly missed: Change | null;
  /** The first event of its response, and that does not go on from a fragment. */
  readonly opens: boolean;
  readonly history: History;
}

/**
 * A promise of the watch API (etcd's docs, "KV API guarantees"; names as in etcd's robustness
 * tests). Each method says in words how the promise is broken, or null, before the model takes the
 * event in. The first rule that finds something wrong with an event has it: one mistake breaks
 * other rules in its wake.
 */
export interface WatchRule {
  /** As violations name it: `watch-…`. */
  readonly name: string;
  readonly says: string;
  told?(watch: WatchModel, told: WatchDelivery): string | null;
  /** A progress report. */
  progress?(watch: WatchModel, e: WatchResponseEvent): string | null;
  canceled?(watch: WatchModel, e: WatchResponseEvent, history: History): string | null;
  /** The run is over, and had time to settle: changes up to the instant `until` must have arrived. */
  finished?(watch: WatchModel, history: History, until: number): string | null;
}

export function eventText({ type, key, modRevision }: WatchedChange): string {
  return `the ${type} of "${key}" at revision ${modRevision}`;
}

export function missedText({ told, revision }: Change): string {
  return `the ${told.type} of "${told.key}" at revision ${revision}`;
}
