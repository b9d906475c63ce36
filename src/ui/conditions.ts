import type { FaultEvent, TraceEvent } from "../trace/events.ts";

/** What a fault leaves a member in, until another one of its kind; empty: all is well again. */
interface Condition {
  readonly seq: number;
  readonly text: string;
}

const LASTING: Readonly<Record<string, (event: FaultEvent) => string>> = {
  "disk-slow": () => "slow disk",
  "disk-full": (event) => (/has room again$/.test(event.text) ? "" : "full disk"),
  "slow-apply": (event) => (/without delay again$/.test(event.text) ? "" : "applies slowly"),
  drift: (event) => (/ true$/.test(event.text) ? "" : "clock drifts"),
  "bit-rot": () => "disk rots",
};

/** What does not pass by itself: slow and full disks, clocks that drift. */
export class Conditions {
  /** By member and kind, in the order of the run. */
  readonly #known = new Map<number, Map<string, Condition[]>>();

  constructor(events: readonly TraceEvent[]) {
    for (const event of events) {
      if (event.kind !== "fault") continue;
      const text = LASTING[event.fault]?.(event);
      if (text === undefined) continue;
      for (const member of event.members) {
        const kinds = this.#known.get(member) ?? new Map<string, Condition[]>();
        this.#known.set(member, kinds);
        kinds.set(event.fault, [...(kinds.get(event.fault) ?? []), { seq: event.seq, text }]);
      }
    }
  }

  /** What holds of the member at `position`, in a few words; null: nothing. */
  of(member: number, position: number): string | null {
    const texts: string[] = [];
    for (const known of this.#known.get(member)?.values() ?? []) {
      const last = known.findLast(({ seq }) => seq <= position);
      if (last !== undefined && last.text !== "") texts.push(last.text);
    }
    return texts.length === 0 ? null : texts.join(", ");
  }
}
