import { Layer, type TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/trace.ts";
import { type Violation, ViolationLog, type ViolationLogOptions } from "./violation.ts";

/** The process of a member came upon what it can't go on with, and ended. */
export const PANIC = "panic";

/** Takes every panic of a member for what it is: no fault of the world brings one about by itself. */
export class PanicMonitor implements TraceSink {
  readonly layers = Layer.State;
  readonly keeps = false;
  readonly #log: ViolationLog;

  constructor(options: ViolationLogOptions = {}) {
    this.#log = new ViolationLog(options);
  }

  get violations(): readonly Violation[] {
    return this.#log.violations;
  }

  event(event: TraceEvent): void {
    if (event.kind !== "panic") return;
    const { member, seq, at, text } = event;
    this.#log.add({ invariant: PANIC, member, seq, at, text: `m${member} panics: ${text}` });
  }
}
