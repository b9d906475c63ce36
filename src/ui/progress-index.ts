import type { PeerProgress, ProgressEvent, TraceEvent } from "../trace/events.ts";

/** What each leader told of its progress, to be found by position. */
export class ProgressIndex {
  /** By member: its `progress` events, in the order of the run. */
  readonly #told = new Map<number, ProgressEvent[]>();

  constructor(events: readonly TraceEvent[]) {
    for (const event of events) {
      if (event.kind !== "progress") continue;
      const told = this.#told.get(event.member);
      if (told === undefined) this.#told.set(event.member, [event]);
      else told.push(event);
    }
  }

  /** What the member, leader of `term`, knew of its peers at `position`; empty if it did not tell. */
  of(member: number, term: number, position: number): readonly PeerProgress[] {
    const last = this.#told.get(member)?.findLast(({ seq }) => seq <= position);
    return last?.term === term ? last.peers : [];
  }
}
