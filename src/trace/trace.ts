import type { TraceEvent } from "./events.ts";

/**
 * Where a run's events go. The same run is made whether anyone observes it or not: emitters look
 * at `layers` before they build an event, and nothing they do may depend on that.
 */
export interface Trace {
  /** The layers (bits of `Layer`) that some sink wants. */
  readonly layers: number;
  /** Whether some sink keeps events. If none does, an emitter may use an event again. */
  readonly keeps: boolean;
  /**
   * Numbers the event, hands it to the sinks and returns its seq. Emitters give it with `seq`
   * 0: a field that came later would make every event a slower object of another shape.
   */
  emit(event: TraceEvent): number;
}

/**
 * Observes each event once, in order. Sinks never act on the run.
 *
 * @public
 */
export interface TraceSink {
  readonly layers: number;
  /**
   * False: it reads an event and forgets it, lists and messages within it too (configurations
   * and entries stay what they are). Default true.
   */
  readonly keeps?: boolean;
  event(event: TraceEvent): void;
}
