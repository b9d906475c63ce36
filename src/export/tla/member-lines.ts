import type { ConfEvent, MessageSummary, RaftStep, RecoverEvent } from "../../trace/events.ts";
import type { LineName, Properties, ShownState } from "./line.ts";
import type { ShownMember } from "./shown-member.ts";
import { type Place, UnmodelledError } from "./unmodelled.ts";
import type { Wire } from "./wire.ts";

/** What the lines of one Ready are made with, beside its steps. */
export interface ReadyContext extends Place {
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

/** Writes lines of one member, and keeps what the specification makes of them. */
export class MemberLines {
  readonly member: ShownMember;
  readonly context: ReadyContext;
  /** The message that is being handled. */
  handled: MessageSummary | null = null;

  constructor(member: ShownMember, context: ReadyContext) {
    this.member = member;
    this.context = context;
  }

  /** A line with the state that `step` shows. */
  add(
    name: LineName,
    step: RaftStep,
    message: MessageSummary | null = null,
    properties: Properties | null = null,
  ): void {
    this.addShown(name, this.member.shown(step), message, properties);
  }

  addShown(
    name: LineName,
    state: ShownState,
    message: MessageSummary | null,
    properties: Properties | null,
  ): void {
    this.context.line(name, state, message, properties);
    this.member.arrive(state, name.startsWith("Receive") ? message : null);
  }

  unmodelled(what: string, remedy: string): UnmodelledError {
    return new UnmodelledError(this.context, what, remedy);
  }
}
