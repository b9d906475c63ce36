import type { TraceEvent } from "./events.ts";

/**
 * Where a run's events go. The same run is made whether anyone listens or not: emitters ask
 * `wants` before they build an event, and nothing they do may depend on the answer.
 */
export interface Trace {
  /** The layers (bits of `Layer`) somebody listens to. */
  readonly layers: number;
  /** Whether some listener keeps events. If none does, an emitter may use an event again. */
  readonly keeps: boolean;
  /**
   * Numbers the event, hands it to the listeners and returns its seq. Emitters give it with `seq`
   * 0: a field that came later would make every event a slower object of another shape.
   */
  emit(event: TraceEvent): number;
}

/** Hears each event once, in order. Sinks never act on the run. */
export interface TraceSink {
  readonly layers: number;
  /**
   * False: it reads an event and forgets it, lists and messages within it too (configurations
   * and entries stay what they are). Default true.
   */
  readonly keeps?: boolean;
  event(event: TraceEvent): void;
}
