import type {
  TraceEvent,
  WatchEvent,
  WatchedChange,
  WatchResponseEvent,
} from "../../trace/events.ts";
import type { Change, History, ReportAs, Row } from "../model/history.ts";
import { WATCH_RULES } from "./all.ts";
import { WatchModel } from "./model.ts";
import type { WatchDelivery, WatchRule } from "./rule.ts";

/** What happened to watches, for expectations. */
export interface WatchCounts {
  opened: number;
  events: number;
  progress: number;
  /** Cancelled because their start was compacted. */
  compacted: number;
}

/**
 * Holds what watchers are told against the history of the store. Each change is handed to the
 * watches that want it when it is first told, so that an event costs no more than to look at the
 * head of a queue; what is kept of a watch is what it still waits for.
 */
export class WatchMonitor {
  readonly counts: WatchCounts = { opened: 0, events: 0, progress: 0, compacted: 0 };
  readonly #history: History;
  readonly #report: ReportAs;
  readonly #watches = new Map<number, WatchModel>();
  /** Those that were created, by what they watch: one key, or more. */
  readonly #ofKey = new Map<string, WatchModel[]>();
  readonly #ranges: WatchModel[] = [];

  constructor(history: History, report: ReportAs) {
    this.#history = history;
    this.#report = report;
  }

  /** Whether it has not been told of all that happened. */
  waits(watch: number): boolean {
    return (this.#watches.get(watch)?.first ?? null) !== null;
  }

  /** The store has a new revision. */
  changed(row: Row): void {
    if (this.#watches.size === 0) return;
    for (const watch of this.#ranges) watch.want(row);
    if (this.#ofKey.size === 0) return;
    for (const change of row.changes) {
      const watches = this.#ofKey.get(change.told.key);
      if (watches !== undefined) for (const watch of watches) watch.wantChange(change);
    }
  }

  opened(e: WatchEvent): void {
    this.counts.opened++;
    this.#watches.set(e.watch, new WatchModel(e));
  }

  responded(e: WatchResponseEvent): void {
    const watch = this.#watches.get(e.watch);
    if (watch === undefined) return;
    watch.from = e.from;
    switch (e.what) {
      case "created":
        if (!watch.created) this.#created(watch, e);
        break;
      case "events":
        for (let i = 0; i < e.events.length; i++) {
          this.#told(watch, e, e.events[i] as WatchedChange, i === 0 && !watch.fragment);
        }
        watch.fragment = e.fragment;
        break;
      case "progress":
        this.#progress(watch, e);
        break;
      case "canceled":
        this.#canceled(watch, e);
        break;
    }
  }

  #created(watch: WatchModel, e: WatchResponseEvent): void {
    watch.created = true;
    if (watch.start === 0) watch.start = e.revision + 1;
    const history = this.#history;
    for (let r = Math.max(watch.start, history.oldest); r <= history.revision; r++) {
      watch.want(history.row(r) as Row);
    }
    if (watch.asked.rangeEnd !== "") {
      this.#ranges.push(watch);
      return;
    }
    const others = this.#ofKey.get(watch.asked.key);
    if (others === undefined) this.#ofKey.set(watch.asked.key, [watch]);
    else others.push(watch);
  }

  #told(watch: WatchModel, e: WatchResponseEvent, event: WatchedChange, opens: boolean): void {
    this.counts.events++;
    const { modRevision } = event;
    const missed = watch.firstUpTo(modRevision - 1);
    // An event that goes back, or that is not watched, takes nothing from what is waited for.
    let change: Change | null = null;
    if (modRevision >= watch.revision && watch.inRange(event.key) && watch.passes(event.type)) {
      watch.giveUpBelow(modRevision);
      change = watch.take(modRevision, event.key);
    }
    const told: WatchDelivery = { event, change, missed, opens, history: this.#history };
    this.#judge(watch, e, (rule) => rule.told?.(watch, told) ?? null);
    if (modRevision < watch.revision) return;
    watch.begun = true;
    watch.revision = modRevision;
    if (change !== null) watch.place = change.place;
  }

  #progress(watch: WatchModel, e: WatchResponseEvent): void {
    this.counts.progress++;
    this.#judge(watch, e, (rule) => rule.progress?.(watch, e) ?? null);
    if (e.revision <= watch.bookmark) return;
    watch.bookmark = e.revision;
    watch.giveUpBelow(e.revision + 1);
  }

  #canceled(watch: WatchModel, e: WatchResponseEvent): void {
    if (e.compactRevision > 0) this.counts.compacted++;
    this.#judge(watch, e, (rule) => rule.canceled?.(watch, e, this.#history) ?? null);
    this.#watches.delete(e.watch);
    const { key, rangeEnd } = watch.asked;
    const list = rangeEnd === "" ? this.#ofKey.get(key) : this.#ranges;
    const at = list?.indexOf(watch) ?? -1;
    if (at >= 0) list?.splice(at, 1);
    if (rangeEnd === "" && list?.length === 0) this.#ofKey.delete(key);
  }

  /**
   * The run is over, and what happened up to the instant `until` had time to arrive: every watch
   * has it, but for those that are `excused`, because their client, or the member `from` (0: none
   * yet) that they last heard of, is cut off, paused or down.
   */
  finish(
    where: TraceEvent,
    until: number,
    excused: (client: number, from: number) => boolean,
  ): void {
    for (const watch of this.#watches.values()) {
      if (watch.asked.at > until || excused(watch.asked.client, watch.from)) continue;
      this.#judge(watch, where, (rule) => rule.finished?.(watch, this.#history, until) ?? null);
    }
  }

  /** Whether somebody has yet to receive what {@link finish} would ask for. */
  isBehind(until: number, excused: (client: number, from: number) => boolean): boolean {
    for (const watch of this.#watches.values()) {
      if (watch.asked.at > until || excused(watch.asked.client, watch.from)) continue;
      const missing = (rule: WatchRule) =>
        !watch.broken.has(rule.name) && rule.finished?.(watch, this.#history, until) != null;
      if (WATCH_RULES.some(missing)) return true;
    }
    return false;
  }

  #judge(watch: WatchModel, e: TraceEvent, ask: (rule: WatchRule) => string | null): void {
    for (const rule of WATCH_RULES) {
      const wrong = ask(rule);
      if (wrong === null) continue;
      // Once is enough: after a mistake the client's picture and ours are not the same any more.
      if (!watch.broken.has(rule.name)) {
        watch.broken.add(rule.name);
        const { client, text } = watch.asked;
        this.#report(rule.name, e, `${text} of client ${client} (${watch.asked.watch}) ${wrong}`);
      }
      return;
    }
  }
}
