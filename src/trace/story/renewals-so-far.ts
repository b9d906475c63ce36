import { countUpTo } from "../../base/count-while.ts";
import type { TraceEvent } from "../events.ts";
import { renewText } from "./leases.ts";
import type { StoryLine } from "./line.ts";
import { RenewalRuns } from "./renewal-runs.ts";

/** Of a run that is looked at from any moment: how often a lease was renewed up to there. A line tells no more. */
export class RenewalsSoFar {
  readonly #events: readonly TraceEvent[];
  /** By the seq of the first renewal: the seqs of all of them. */
  readonly #seqs = new Map<number, number[]>();

  constructor(events: readonly TraceEvent[]) {
    this.#events = events;
    const runs = new RenewalRuns();
    const first = new Map<object, number[]>();
    for (const event of events) {
      const run = runs.event(event);
      if (run === undefined) continue;
      const known = first.get(run);
      if (known !== undefined) known.push(event.seq);
      else {
        const seqs = [event.seq];
        first.set(run, seqs);
        this.#seqs.set(event.seq, seqs);
      }
    }
  }

  /** The line as it is told at `position`. */
  told(line: StoryLine, position: number): StoryLine {
    const seqs = this.#seqs.get(line.seq);
    const event = this.#events[line.seq - 1];
    if (seqs === undefined || event?.kind !== "lease") return line;
    const count = countUpTo(seqs, position);
    const last = this.#events[(seqs[count - 1] ?? line.seq) - 1]?.at ?? line.at;
    return { ...line, text: renewText(event, { count, last }) };
  }
}
