import { Layer, type LeaseEvent, type TraceEvent, type TraceHeader } from "../events.ts";
import type { TraceSink } from "../trace.ts";
import { type BrokenRule, tellBroken, withBroken } from "./broken-rules.ts";
import { renewText } from "./leases.ts";
import { matters, type StoryLine } from "./line.ts";
import { RenewalRuns } from "./renewal-runs.ts";
import { effectsOf, Narrator } from "./story.ts";

/** How many of the latest events are kept: more than any line looks back. */
const KEPT = 16_384;

/**
 * Tells a run while it goes on: the lines that matter, by the latest events alone. What it holds grows with
 * what there is to tell, not with the length of the run.
 */
export class StorySink implements TraceSink {
  readonly layers = Layer.All;
  readonly #narrator: Narrator;
  /** The event `seq` stands at `seq % KEPT`. */
  readonly #latest: TraceEvent[] = [];
  /** Those that are asked for however long ago they were: by which name a client knows its watch. */
  readonly #watches = new Map<number, TraceEvent>();
  readonly #renewals = new RenewalRuns();
  /** Where the lines of renewals are: only the end tells how many there were. */
  readonly #renewed: { readonly place: number; readonly event: LeaseEvent }[] = [];
  readonly #lines: StoryLine[] = [];
  #last = 0;
  #told = 0;

  constructor(header: TraceHeader) {
    this.#narrator = new Narrator(header, {
      find: this.#find,
      effects: (seq) => effectsOf(seq, this.#find),
      renewals: (seq) => this.#renewals.startingAt(seq),
    });
  }

  event(event: TraceEvent): void {
    this.#latest[event.seq % KEPT] = event;
    this.#last = event.seq;
    if (event.kind === "watch") this.#watches.set(event.seq, event);
    this.#renewals.event(event);
    // A line may look at all that its event brought about at once: that must be over.
    while (this.#told < this.#last && this.#isOver(this.#told + 1)) this.#tellNext();
  }

  /** The run has ended; `broken` is what checkers found in it. */
  lines(broken: readonly BrokenRule[] = []): readonly StoryLine[] {
    while (this.#told < this.#last) this.#tellNext();
    for (const { place, event } of this.#renewed) {
      const line = this.#lines[place] as StoryLine;
      const text = renewText(event, this.#renewals.startingAt(event.seq));
      this.#lines[place] = { ...line, text };
    }
    const last = this.#find(this.#last);
    const moments = last === undefined ? [] : [...this.#lines, last];
    return withBroken(this.#lines, tellBroken(broken, moments).filter(matters));
  }

  #tellNext(): void {
    const event = this.#find(++this.#told);
    if (event === undefined) return;
    const line = this.#narrator.tell(event);
    if (line === null || !matters(line)) return;
    if (event.kind === "lease" && event.action === "renew") {
      this.#renewed.push({ place: this.#lines.length, event });
    }
    this.#lines.push(line);
  }

  #isOver(seq: number): boolean {
    let next = seq + 1;
    while (next <= this.#last && this.#find(next)?.cause === seq) next++;
    return next <= this.#last;
  }

  readonly #find = (seq: number): TraceEvent | undefined => {
    const event = this.#latest[seq % KEPT];
    return event?.seq === seq ? event : this.#watches.get(seq);
  };
}
