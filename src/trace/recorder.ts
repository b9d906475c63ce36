import { assert } from "../base/assert.ts";
import { KINDS, Layer, type TraceEvent, type TraceKind } from "./events.ts";
import type { Trace, TraceSink } from "./trace.ts";

/**
 * The trace of a run: numbers the events that some sink wants, 1, 2, 3 …, and hands each to its
 * sinks in the order they were given. Without sinks `emit` is one comparison.
 */
export class Recorder implements Trace {
  readonly layers: number;
  readonly keeps: boolean;
  readonly #sinks: readonly TraceSink[];
  #seq = 0;
  #thrown: unknown;
  /** The kind of the event before: most often the next one's, and its layers need no look-up. */
  #kind: TraceKind = "boot";
  #layersOfKind: number = KINDS.boot.layers;

  constructor(sinks: readonly TraceSink[]) {
    let layers = 0;
    for (const sink of sinks) layers |= sink.layers;
    assert((layers & ~Layer.All) === 0, "a sink asks for a layer that does not exist");
    this.layers = layers;
    this.keeps = sinks.some((sink) => sink.keeps ?? true);
    this.#sinks = sinks.slice();
  }

  /** How many events were numbered so far. */
  get count(): number {
    return this.#seq;
  }

  /** Takes the event over (its `seq` is written in place). Returns 0 if no sink wants its layers. */
  emit(event: TraceEvent): number {
    if (this.layers === 0) return 0;
    const { kind } = event;
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#layersOfKind = KINDS[kind].layers;
    }
    const layers = this.#layersOfKind;
    if ((layers & this.layers) === 0) return 0;
    const seq = ++this.#seq;
    event.seq = seq;
    const sinks = this.#sinks;
    try {
      assert(event.cause >= 0 && event.cause < seq, "a cause comes before its effect");
      for (let i = 0; i < sinks.length; i++) {
        const sink = sinks[i] as TraceSink;
        if ((sink.layers & layers) !== 0) sink.event(event);
      }
    } catch (error) {
      this.#thrown = error;
      throw error;
    }
    return seq;
  }

  /** Whether this was thrown by `emit`, and so by who listens: no mistake of whoever emitted. */
  threw(error: unknown): boolean {
    return error !== undefined && error === this.#thrown;
  }
}

/**
 * Keeps every event of its layers, for the eye, the story and the file.
 *
 * @public
 */
export class ListSink implements TraceSink {
  readonly layers: number;
  readonly events: TraceEvent[] = [];

  constructor(layers: number = Layer.All) {
    this.layers = layers;
  }

  event(event: TraceEvent): void {
    this.events.push(event);
  }
}
