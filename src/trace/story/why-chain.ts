import type { Instant } from "../../base/time.ts";
import type { CompleteEvent, TraceEvent } from "../events.ts";
import { memberOf } from "../frames/frame.ts";
import { sentence } from "./story.ts";
import { Causes, isStalled } from "./why-causes.ts";
import {
  BY_FAULT,
  BY_KIND,
  BY_LEASE,
  type Rule,
  type RuleName,
  ruleOfMessage,
  ruleOfRole,
  WHY_RULES,
} from "./why-rules.ts";
import type { TracedRun } from "./why-run.ts";

/** A link of a chain of causes: what happened, and the rule by which it led to the link before. */
export interface WhyLink {
  readonly seq: number;
  readonly at: Instant;
  readonly sentence: string;
  /** Null where no rule of Raft is behind it. */
  readonly rule: Rule | null;
}

/**
 * What `event` came of, nearest first, across members: itself, its cause, the cause's cause … up to what
 * somebody did to the cluster or asked of it. Unless `every` step is wanted, disks and clocks are left
 * out, and a message is told once, where it arrives.
 *
 * @param causes what the chain is about, if that is more than `event`
 */
export function whyChain(
  event: TraceEvent,
  run: TracedRun,
  every = false,
  causes = new Causes(run),
): WhyLink[] {
  const links: WhyLink[] = [];
  let last: TraceEvent | undefined;
  for (let at: TraceEvent | undefined = event; at !== undefined; ) {
    const next: TraceEvent | undefined = causes.before(at);
    if (at === event || every || isTold(at, last, next, run)) links.push(linkOf(at, run, causes));
    if (every) links.push(...diskLinks(at, next, run, causes));
    last = at;
    at = next;
  }
  return links;
}

function linkOf(event: TraceEvent, run: TracedRun, causes: Causes): WhyLink {
  const { seq, at } = event;
  const line = run.lineOf(seq);
  const name = ruleOf(event, run, causes);
  return {
    seq,
    at,
    sentence: line === undefined ? event.kind : sentence(line),
    rule: name === null ? null : WHY_RULES[name],
  };
}

/** What the event waited for, after that of which it came: a disk's work. */
function diskLinks(
  event: TraceEvent,
  next: TraceEvent | undefined,
  run: TracedRun,
  causes: Causes,
): WhyLink[] {
  const links: WhyLink[] = [];
  let at = run.find(event.cause);
  while (at !== undefined && at.seq > (next?.seq ?? at.seq) && isDisk(at)) {
    links.push(linkOf(at, run, causes));
    at = run.find(at.cause);
  }
  return links;
}

function isDisk({ kind }: TraceEvent): boolean {
  return kind === "sync" || kind === "disk-done";
}

/** @param last the event that it led to, told or not */
function isTold(
  event: TraceEvent,
  last: TraceEvent | undefined,
  next: TraceEvent | undefined,
  run: TracedRun,
): boolean {
  const line = run.lineOf(event.seq);
  if (line === undefined) return false;
  if (isDisk(event)) return false;
  switch (event.kind) {
    case "wake":
      // Where nothing is behind it, it is the root: a leader's heartbeat, a lease that ran out.
      return next === undefined;
    case "send":
      return last?.kind !== "deliver";
    case "links":
      // The fault that cut them says so better.
      return next?.kind !== "fault";
    case "fault":
      // What it did to a member was told by that member.
      return line.detail === "story";
    default:
      return true;
  }
}

function ruleOf(event: TraceEvent, run: TracedRun, causes: Causes): RuleName | null {
  if (isStalled(event, run)) {
    const leader = memberOf(run.frameAt(event.seq), event.member);
    const term = leader.log.termAt(leader.commit + 1) ?? leader.term;
    return term < leader.term ? "cannot-commit-older" : "cannot-commit";
  }
  switch (event.kind) {
    case "role": {
      const was = memberOf(run.frameAt(event.seq - 1), event.member).role;
      return ruleOfRole(event, was === "candidate" || was === "pre-candidate");
    }
    case "hard-state":
      return event.vote === 0 ? null : "vote";
    case "send":
    case "deliver":
      if (causes.isRead && event.message.type.startsWith("MsgHeartbeat")) return "still-leads";
      return ruleOfMessage(event.message);
    case "fault":
      return BY_FAULT[event.fault] ?? null;
    case "append": {
      if (event.truncated > 0) return "throw-away";
      const { role } = memberOf(run.frameAt(event.seq), event.member);
      if (role !== "leader") return "store";
      return event.entries[0]?.text === "" ? "empty-entry" : "append";
    }
    case "commit": {
      const was = memberOf(run.frameAt(event.seq - 1), event.member);
      if (was.role !== "leader") return "commit-told";
      const first = was.log.termAt(was.commit + 1) ?? event.term;
      return first < event.term ? "commit-older" : "commit";
    }
    case "lease":
      return BY_LEASE[event.action];
    case "complete":
      return ruleOfAnswer(event, run);
    default:
      return BY_KIND[event.kind] ?? null;
  }
}

function ruleOfAnswer({ seq, op, outcome }: CompleteEvent, run: TracedRun): RuleName | null {
  if (outcome !== "ok") return "unanswered";
  const request = run.frameAt(seq - 1).pending.find((call) => call.op === op)?.request;
  if (request?.type !== "get") return "answered";
  return request.serializable ? "serializable" : "read-index";
}
