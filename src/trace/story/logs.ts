import { SECOND } from "../../base/time.ts";
import type {
  AppendEvent,
  ApplyEvent,
  CommitEvent,
  ConfEvent,
  DiscardEvent,
  EntrySummary,
  MessageSummary,
  ProgressEvent,
  RecoverEvent,
  RestoreEvent,
  SendEvent,
  SnapshotEvent,
  TraceEvent,
} from "../events.ts";
import { type MemberFrame, memberOf } from "../frames/frame.ts";
import {
  confText,
  durationText,
  entriesText,
  entryText,
  fewText,
  memberName,
  memberNames,
  progressText,
  rangeText,
  termsText,
  timeText,
} from "../names.ts";
import type { Scene, Told } from "./line.ts";
import { lostText } from "./lost-entries.ts";
import { deliveredMessage, requestOf, sourceText, storedOn, whyNotCommitted } from "./why.ts";

/** What enters the logs, what is committed and why not yet, what is thrown away, compacted, restored. */

export function tellAppend(event: AppendEvent, scene: Scene): Told {
  const { was } = scene;
  const first = event.entries[0];
  if (first !== undefined && event.truncated > 0) {
    const lost = was.log.slice(first.index, was.log.lastIndex);
    const message = deliveredMessage(event, scene.find);
    const from = memberName(message?.from ?? was.lead);
    const committed = committedText(lost, scene);
    return {
      text: `throws away its ${entriesText(lost)} of ${termsText(lost)}, ${committed || "which nobody knows as committed"}`,
      because: `${from}'s ${entriesText(event.entries)} of ${termsText(event.entries)} replace${event.entries.length === 1 ? "s" : ""} ${lost.length === 1 ? "it" : "them"}`,
      topic: committed === "" ? "log" : "fault",
    };
  }
  const leads = was.role === "leader";
  return {
    text: `${leads ? "appends" : "stores"} ${entriesText(event.entries)} of ${termsText(event.entries)}`,
    because: leads ? "" : fromWhom(event, scene),
    detail: event.entries.some((entry) => entry.type === "conf-change") && leads ? "story" : "all",
    topic: "log",
  };
}

function fromWhom(event: TraceEvent, scene: Scene): string {
  const message = deliveredMessage(event, scene.find);
  return message === null ? "" : sourceText(message);
}

export function tellCommit(event: CommitEvent, scene: Scene): Told {
  const { before, was } = scene;
  const entries = was.log.slice(before.committed + 1, event.index);
  if (entries.length === 0) {
    const missed = caughtUp(event, scene);
    if (missed !== null) return missed;
    return {
      text: `knows that all up to entry ${event.index} is committed`,
      because: fromWhom(event, scene),
      detail: "all",
      topic: "commit",
    };
  }
  const leads = was.role === "leader";
  const stored = leads ? storedOn(was, event.index) : [];
  const verb = entries.length === 1 ? "is" : "are";
  return {
    text: `${entriesText(entries)} ${verb} committed`,
    because: leads ? `stored on ${memberNames(stored)}` : fromWhom(event, scene),
    detail: before.elected ? "story" : "all",
    topic: "commit",
    routine: entries.every((entry) => entry.type === "normal" && entry.text !== ""),
  };
}

/** `though entry 7 was committed at 0.363s`: what can only be a mistake; empty if none of them was. */
function committedText(lost: readonly EntrySummary[], { memory, after }: Scene): string {
  const found = lost.flatMap(({ index, term }) => {
    const at = memory.committed.get(identity(index, term));
    return at === undefined || at > after.now
      ? []
      : [`entry ${index} was committed at ${timeText(at)}`];
  });
  return found.length === 0 ? "" : `though ${fewText(found, 2, " and ")}`;
}

/** Keeps what {@link tellAppend} needs: what a member knows as committed, it may never lose. */
export function rememberCommitted(event: CommitEvent, { was, memory }: Scene): void {
  for (let index = event.index; index >= was.log.firstIndex; index--) {
    const entry = identity(index, was.log.termAt(index) ?? 0);
    // So are all before it.
    if (memory.committed.has(entry)) return;
    memory.committed.set(entry, event.at);
  }
}

function identity(index: number, term: number): string {
  return `${index} of term ${term}`;
}

/** A member that came back knows all that is committed again. */
function caughtUp(event: CommitEvent, scene: Scene): Told | null {
  const { memory, before, was } = scene;
  const ended = memory.behind.get(event.member);
  if (ended === undefined || event.index < before.committed) return null;
  memory.behind.delete(event.member);
  return {
    text: `has caught up with entry ${event.index}`,
    because: whatItTook(ended, was),
    topic: "log",
  };
}

function whatItTook(ended: number, was: MemberFrame): string {
  const { log } = was;
  const lead = memberName(was.lead);
  if (ended >= log.lastIndex) return `it lacked nothing, and ${lead} told it what is committed`;
  const first = ended + 1 > log.firstIndex ? ended + 1 : log.firstIndex;
  const entries = first > log.lastIndex ? [] : [rangeText(first, log.lastIndex)];
  const snapshot = log.firstIndex > ended + 1 ? ["a snapshot"] : [];
  return `${lead} sent it ${[...snapshot, ...entries].join(" and ")}`;
}

/** Notes who is behind when it comes back: restarted, resumed, or reached again. */
export function rememberBehind(event: TraceEvent, scene: Scene): void {
  const { memory, after } = scene;
  const ended = memory.behind.get(event.member);
  if (event.kind === "append" && ended !== undefined) {
    const kept = (event.entries[0]?.index ?? 1) - 1;
    if (kept < ended) memory.behind.set(event.member, kept);
  }
  if (event.kind === "role" && event.role === "leader") memory.behind.delete(event.member);
  const healed = event.kind === "links" && event.cut.length < scene.before.cut.length;
  const returned = event.kind === "recover" || event.kind === "resume";
  if (!after.elected || (!healed && !returned)) return;
  for (const member of after.members) {
    if (returned && member.id !== event.member) continue;
    if (member.status === "up" && member.commit < after.committed) {
      memory.behind.set(member.id, member.log.lastIndex);
    }
  }
}

export function tellApply(event: ApplyEvent): Told {
  const { index, terms, revisions, texts } = event;
  const what = terms.map((_, i) => texts[i] || "an empty entry").join(", ");
  const entries = rangeText(index, index + terms.length - 1);
  return {
    text: `applies ${entries} (${what}): revision ${revisions[terms.length - 1] as number}`,
    detail: "all",
    topic: "log",
  };
}

export function tellProgress(event: ProgressEvent): Told {
  const others = event.peers.filter(({ id }) => id !== event.member);
  const known = others.map((peer) => `${memberName(peer.id)} ${progressText(peer)}`);
  return {
    text: `knows as leader: ${known.length === 0 ? "nobody else" : known.join("; ")}`,
    detail: "all",
    topic: "log",
  };
}

export function tellConf(event: ConfEvent, scene: Scene): Told {
  const { memory, was } = scene;
  const text = confText(event.conf);
  const isNew = event.index > memory.confIndex && text !== confText(was.conf);
  if (event.index > memory.confIndex) memory.confIndex = event.index;
  const joint = event.conf.votersOutgoing.length > 0;
  return {
    text: isNew
      ? `the configuration is now${joint ? " joint" : ""}: ${text}`
      : `takes over the configuration of entry ${event.index}`,
    because: isNew && joint ? "both halves must agree on everything until it is left" : "",
    // Before the first election a member reads the configuration it was made with.
    detail: isNew && scene.before.elected ? "story" : "all",
    topic: "membership",
  };
}

export function tellSnapshot(event: SnapshotEvent): Told {
  return {
    text: `writes a snapshot at entry ${event.index} and drops its log up to ${event.compacted}`,
    topic: "log",
  };
}

export function tellDiscard({ compacted }: DiscardEvent): Told {
  return {
    text: `lets go of its log up to entry ${compacted} in memory: who is further behind gets a snapshot`,
    detail: "all",
    topic: "log",
  };
}

export function tellRestore(event: RestoreEvent, scene: Scene): Told {
  const message = deliveredMessage(event, scene.find);
  if (message?.type !== "MsgSnap") {
    return {
      text: `starts from its snapshot at entry ${event.index}`,
      detail: "all",
      topic: "log",
    };
  }
  const { was } = scene;
  return {
    text: `takes over ${memberName(message.from)}'s snapshot up to entry ${event.index} (revision ${event.revision})`,
    because: `its own log ended at entry ${was.log.lastIndex}`,
    topic: "log",
  };
}

export function tellRecover(event: RecoverEvent, scene: Scene): Told {
  const boot = scene.find(event.cause);
  const restart = boot?.kind === "boot" ? boot.restart : true;
  const found: string[] = [];
  if (event.snapshot.index > 0) found.push(`a snapshot at ${event.snapshot.index}`);
  const first = event.entries[0];
  const last = event.entries.at(-1);
  if (first !== undefined && last !== undefined) found.push(rangeText(first.index, last.index));
  if (found.length === 0) found.push("an empty log");
  const mended = event.repaired === "" ? "" : `; ${event.repaired}`;
  if (!restart && event.repaired === "") {
    return { text: "starts", detail: "all", topic: "fault" };
  }
  return {
    text: `starts again: its disk holds term ${event.term}, ${found.join(" and ")}${mended}${lostText(event, scene)}`,
    topic: "fault",
  };
}

/** What a leader or follower says about logs that is worth telling. */
export function tellLogMessage(event: SendEvent, scene: Scene): Told | null {
  const { message } = event;
  const to = memberName(message.to);
  if (message.type === "MsgSnap") {
    const { index = 0 } = message.snapshot ?? {};
    return {
      text: `sends ${to} a snapshot up to entry ${index}`,
      because: `the entries ${to} lacks are no longer in its log, which begins at ${scene.is.log.firstIndex}`,
      topic: "log",
    };
  }
  if (message.type === "MsgAppResp" && message.reject === true) {
    const index = message.index ?? 0;
    const asked = requestOf(event, scene.find)?.message;
    const own = scene.is.log.termAt(index);
    const because =
      own === undefined
        ? `its log ends at entry ${scene.is.log.lastIndex}`
        : `its entry ${index} is of term ${own}, the leader's of term ${asked?.logTerm ?? 0}`;
    // Without a conflict, and of a member that was never away, it is but a message out of order.
    const isOrder = own === undefined && !scene.memory.behind.has(event.member);
    return {
      text: `cannot append after entry ${index} and tells ${to}`,
      because,
      detail: isOrder ? "all" : "story",
      topic: "log",
    };
  }
  return null;
}

/** A deposed leader that does not know it yet: what it sends out, nobody takes. */
export function tellStaleAppend(message: MessageSummary, scene: Scene): Told | null {
  const { is } = scene;
  if (message.type !== "MsgApp" || message.term >= is.term) return null;
  return {
    text: `does not take ${sourceText(message)} of term ${message.term}`,
    because: `it is in term ${is.term}`,
    topic: "log",
  };
}

/** Nobody waits longer than this without wondering, however long elections take. */
const LONG_US = SECOND;

/** A leader whose oldest uncommitted entry waits for as long as an election takes: once an entry. */
export function tellStalled(event: TraceEvent, scene: Scene): Told | null {
  const { after, is, memory } = scene;
  const waits = memory.waiting.get(event.member);
  if (waits === undefined || waits.told || is.status !== "up") return null;
  const waited = event.at - waits.since;
  if (waited < (after.election < LONG_US ? after.election : LONG_US)) return null;
  waits.told = true;
  const entry = is.log.at(waits.index);
  const what = entry === undefined ? "" : ` (${entryText(entry)})`;
  return {
    text: `cannot commit entry ${waits.index}${what} for ${durationText(waited)} now`,
    because: whyNotCommitted(after, is, waits.index),
    topic: "commit",
  };
}

/** Keeps what {@link tellStalled} needs; call it after each event. */
export function rememberWaiting(event: TraceEvent, scene: Scene): void {
  const { memory } = scene;
  const m = memberOf(scene.after, event.member);
  if (m.role !== "leader" || m.log.lastIndex <= m.commit) {
    memory.waiting.delete(event.member);
    return;
  }
  const waits = memory.waiting.get(event.member);
  if (waits?.index === m.commit + 1) return;
  memory.waiting.set(event.member, { index: m.commit + 1, since: event.at, told: false });
}
