import type { TraceEvent, TraceHeader } from "../trace/events.ts";
import { Exporter } from "./tla/exporter.ts";

export { UnmodelledError } from "./tla/unmodelled.ts";

/**
 * A run as etcd-io/raft traces its own (state_trace.go, build tag with_tla): newline-delimited JSON
 * for validation against its TLA+ specification with Traceetcdraft.tla. Yields lines without their
 * newline.
 *
 * Every step that our raft made stands there, in its order, with the messages and the state it had.
 * Steps between two Readys of a member are told at the later one: nobody could see them before.
 * Throws {@link UnmodelledError} where the run leaves what the specification can follow.
 */
export function tlaLines(
  header: TraceHeader,
  events: readonly TraceEvent[],
): Generator<string, void> {
  return new Exporter(header.members).run(events);
}
