import { assert } from "../base/assert.ts";
import { Digest } from "../base/digest.ts";
import { KINDS, Layer, type TraceEvent } from "./events.ts";
import { feedInteger, feedRecord, hashOf, planOf, type RecordPlan } from "./schema/feed.ts";
import type { TraceSink } from "./trace.ts";

interface KindPlan {
  /** Every event begins with it. */
  readonly tag: number;
  readonly fields: RecordPlan;
}

export const KIND_PLANS: ReadonlyMap<string, KindPlan> = new Map(
  Object.entries(KINDS).map(([kind, { fields }]) => [
    kind,
    { tag: hashOf(kind), fields: planOf(fields) },
  ]),
);

/**
 * The fingerprint of a run: a rolling digest over every event in canonical form. Equal traces give
 * equal digests; different traces different ones but for a chance of 2^-64.
 *
 * Fields are walked in the order of their description, not over the object's own keys. So the
 * digest of a trace read back from a file is that of the live run whatever the key order, and an
 * absent field equals an undefined one.
 *
 * @public
 */
export class TraceDigest implements TraceSink {
  readonly layers: number;
  readonly keeps = false;
  readonly #digest = new Digest();
  #count = 0;

  constructor(layers: number = Layer.All) {
    this.layers = layers;
  }

  /** Events digested so far. */
  get count(): number {
    return this.#count;
  }

  /** 16 hex digits; may be read at any time. */
  hex(): string {
    return this.#digest.hex();
  }

  event(e: TraceEvent): void {
    this.#count++;
    const d = this.#digest;
    const plan = KIND_PLANS.get(e.kind);
    assert(plan !== undefined, "the trace has no such kind of event");
    d.u32(plan.tag);
    feedInteger(d, e.seq);
    feedInteger(d, e.at);
    feedInteger(d, e.member);
    feedInteger(d, e.cause);
    feedRecord(d, plan.fields, e);
  }
}

/** The digest of a whole trace at once, as 16 hex digits. */
export function digestOf(events: readonly TraceEvent[]): string {
  const digest = new TraceDigest();
  for (const event of events) digest.event(event);
  return digest.hex();
}
