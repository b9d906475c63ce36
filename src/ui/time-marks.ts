import type { Instant } from "../base/time.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { StoryLine } from "../trace/story/story.ts";

/** What is worth a mark on the line of time, the more important ones last. */
export const MARK_KINDS = [
  "unanswered",
  "note",
  "action",
  "repair",
  "campaign",
  "leader",
  "fault",
  "violation",
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export interface TimeMark {
  readonly kind: MarkKind;
  readonly seq: number;
  readonly at: Instant;
  /** Of a leader: its term; else 0. */
  readonly term: number;
}

/** A time in which somebody led. */
export interface Reign {
  readonly term: number;
  readonly from: Instant;
  readonly to: Instant;
}

/** Who led when, in the order of terms; a leader that nobody follows any more leads as far as it knows. */
export function reignsOf(events: readonly TraceEvent[]): readonly Reign[] {
  const reigns: Reign[] = [];
  const open = new Map<number, { readonly term: number; readonly from: Instant }>();
  const end = (member: number, to: Instant): void => {
    const reign = open.get(member);
    if (reign === undefined) return;
    open.delete(member);
    reigns.push({ ...reign, to });
  };
  for (const event of events) {
    const { kind, member, at } = event;
    if (kind === "crash") end(member, at);
    else if (kind === "role") {
      if (open.get(member)?.term === event.term && event.role === "leader") continue;
      end(member, at);
      if (event.role === "leader") open.set(member, { term: event.term, from: at });
    }
  }
  for (const member of [...open.keys()]) end(member, events.at(-1)?.at ?? 0);
  return reigns.sort((a, b) => a.term - b.term);
}

/** What puts something right again, and what is asked of the cluster and breaks nothing: by the fault's word. */
const REPAIRS: readonly string[] = [
  "restart",
  "resume",
  "client-resume",
  "heal",
  "unclog",
  "start",
];
const ACTIONS: readonly string[] = [
  "campaign",
  "transfer",
  "add-member",
  "add-learner",
  "promote",
  "remove-member",
  "change",
  "snapshot",
  "drop-next",
  "crash-at",
];

type Role = Extract<TraceEvent, { readonly kind: "role" }>["role"];

/** The marks of a run, sorted by seq. */
export function marksOf(
  events: readonly TraceEvent[],
  story: readonly StoryLine[],
): readonly TimeMark[] {
  const marks: TimeMark[] = [];
  const led = new Map<number, number>();
  const roles = new Map<number, Role>();
  for (const event of events) {
    const kind = kindOf(event, roles);
    if (event.kind === "role") roles.set(event.member, event.role);
    if (kind === null) continue;
    if (event.kind === "role" && event.role === "leader") {
      // A leader that hears of itself again has won nothing.
      if (led.get(event.member) === event.term) continue;
      led.set(event.member, event.term);
      marks.push({ kind, seq: event.seq, at: event.at, term: event.term });
    } else marks.push({ kind, seq: event.seq, at: event.at, term: 0 });
  }
  for (const line of story) {
    const kind = kindOfLine(line, events[line.seq - 1]);
    if (kind !== null) marks.push({ kind, seq: line.seq, at: line.at, term: 0 });
  }
  return marks.sort((a, b) => a.seq - b.seq);
}

function kindOf(event: TraceEvent, before: ReadonlyMap<number, Role>): MarkKind | null {
  if (event.kind === "role") {
    if (event.role === "leader") return "leader";
    // An election begins with its pre-vote, where there is one: the vote that follows goes on with it.
    const begins =
      event.role === "pre-candidate" ||
      (event.role === "candidate" && before.get(event.member) !== "pre-candidate");
    return begins ? "campaign" : null;
  }
  return event.kind === "complete" && event.outcome !== "ok" ? "unanswered" : null;
}

function kindOfLine(line: StoryLine, event: TraceEvent | undefined): MarkKind | null {
  // What is said of the whole cluster is no chapter of the scenario.
  if (line.topic === "note") return line.actor === "!!" ? null : "note";
  if (line.topic !== "fault" && line.topic !== "alarm") return null;
  if (isViolation(line)) return "violation";
  if (event === undefined) return "fault";
  if (isRepair(event)) return "repair";
  return event.kind === "fault" && ACTIONS.includes(event.fault) ? "action" : "fault";
}

/** Whether a line tells that a rule was broken, which no member and no fault does. */
export function isViolation({ actor, text }: StoryLine): boolean {
  return actor === "!!" && text.startsWith("violated ");
}

function isRepair(event: TraceEvent): boolean {
  switch (event.kind) {
    case "boot":
    case "recover":
    case "resume":
      return true;
    case "fault":
      return REPAIRS.includes(event.fault);
    default:
      return false;
  }
}
