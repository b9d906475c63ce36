import type {
  AppendEvent,
  ApplyEvent,
  CommitEvent,
  ConfEvent,
  DeliverEvent,
  HardStateEvent,
  ProgressEvent,
  RecoverEvent,
  RestoreEvent,
  RoleEvent,
  SnapshotEvent,
  TraceEvent,
} from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import type { Observed } from "../model/observed.ts";

/** How an invariant tells that it is broken; `text` is one sentence. */
export type Report = (event: TraceEvent, text: string) => void;

/**
 * One property of every run. Each method hears one kind of event: the plain ones before the model
 * has taken the event in, those in the past tense after it. A method costs constant amortised
 * time and allocates nothing, unless it has something to report. Methods are called without their
 * object: none may use `this`.
 */
export interface Invariant {
  readonly name: string;
  /** The property in a sentence, as the literature has it. */
  readonly says: string;
  role?(m: MemberModel, e: RoleEvent): void;
  hardState?(m: MemberModel, e: HardStateEvent): void;
  append?(m: MemberModel, e: AppendEvent): void;
  appended?(m: MemberModel, e: AppendEvent): void;
  commit?(m: MemberModel, e: CommitEvent): void;
  committed?(m: MemberModel, e: CommitEvent): void;
  apply?(m: MemberModel, e: ApplyEvent): void;
  conf?(m: MemberModel, e: ConfEvent): void;
  restore?(m: MemberModel, e: RestoreEvent): void;
  snapshot?(m: MemberModel, e: SnapshotEvent): void;
  recovered?(m: MemberModel, e: RecoverEvent): void;
  /** What the leader knows of its peers. */
  progress?(m: MemberModel, e: ProgressEvent): void;
  /** Only where the monitor listens to messages: all but acknowledgements of entries. */
  deliver?(e: DeliverEvent): void;
  /** MsgAppResp, apart from the others: there are as many of them as of all other events. */
  acknowledge?(e: DeliverEvent): void;
}

/** Makes an invariant that watches one run. */
export type InvariantMaker = (observed: Observed, report: Report) => Invariant;
