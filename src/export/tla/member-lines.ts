import type { ConfEvent, MessageSummary, RaftStep, RecoverEvent } from "../../trace/events.ts";
import type { LineName, Properties, ShownState } from "./line.ts";
import type { ShownMember } from "./shown-member.ts";
import { type Place, UnmodelledError } from "./unmodelled.ts";
import type { Wire } from "./wire.ts";

/** What the steps of one Ready are told with. */
export interface Telling extends Place {
  /** All changes of the run, by their entries' indexes. */
  readonly changes: readonly ConfEvent[];
  readonly wire: Wire;
  /** What the member found when it started this time. */
  readonly recovered: RecoverEvent;
  line(
    name: LineName,
    state: ShownState,
    message: MessageSummary | null,
    properties: Properties | null,
  ): void;
}

/** Tells lines of one member, and keeps what the specification makes of them. */
export class Teller {
  readonly member: ShownMember;
  readonly telling: Telling;
  /** The message that is being handled. */
  handled: MessageSummary | null = null;

  constructor(member: ShownMember, telling: Telling) {
    this.member = member;
    this.telling = telling;
  }

  /** A line with the state that `step` tells. */
  line(
    name: LineName,
    step: RaftStep,
    message: MessageSummary | null = null,
    properties: Properties | null = null,
  ): void {
    this.lineOf(name, this.member.shown(step), message, properties);
  }

  lineOf(
    name: LineName,
    state: ShownState,
    message: MessageSummary | null,
    properties: Properties | null,
  ): void {
    this.telling.line(name, state, message, properties);
    this.member.arrive(state, name.startsWith("Receive") ? message : null);
  }

  unmodelled(what: string, remedy: string): UnmodelledError {
    return new UnmodelledError(this.telling, what, remedy);
  }
}
