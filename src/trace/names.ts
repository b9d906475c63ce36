import type { Duration, Instant } from "../base/time.ts";
import type {
  ConfSummary,
  EntrySummary,
  KeyChange,
  MessageSummary,
  PeerProgress,
} from "./events.ts";

/** How the trace's things are named for people: members `m1`, clients `c1`, times `1.843s`. */

export function memberName(id: number): string {
  return id === 0 ? "nobody" : `m${id}`;
}

export function clientName(id: number): string {
  return `c${id}`;
}

/** Clients with larger ids ask members in the name of whoever judges them, one each. */
export const PROBES_FROM = 100;

/** A watch by its number in the run. */
export function watchName(id: number): string {
  return `w${id}`;
}

/** `m1, m2`; `nobody` for none. */
export function memberNames(ids: readonly number[]): string {
  return ids.length === 0 ? "nobody" : ids.map(memberName).join(", ");
}

/** A moment in seconds with three decimals: `1.843s`. */
export function timeText(at: Instant): string {
  const ms = Math.floor(at / 1000);
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}s`;
}

/** A length of time in the unit that suits it, two or three digits: `850µs`, `12ms`, `1.2s`, `3min`. */
export function durationText(us: Duration): string {
  if (us < 1000) return `${us}µs`;
  if (us < 10_000) return `${tenths(us, 1000)}ms`;
  if (us < 1_000_000) return `${Math.floor(us / 1000)}ms`;
  if (us < 120_000_000) return `${tenths(us, 1_000_000)}s`;
  return `${Math.floor(us / 60_000_000)}min`;
}

/** `us / unit` rounded down to one decimal, which is left out if it is 0. */
function tenths(us: number, unit: number): string {
  const count = Math.floor((us * 10) / unit);
  const rest = count % 10;
  return rest === 0 ? `${Math.floor(count / 10)}` : `${Math.floor(count / 10)}.${rest}`;
}

/** `entry 7`, `entries 7…9`. */
export function rangeText(first: number, last: number): string {
  return first === last ? `entry ${first}` : `entries ${first}…${last}`;
}

/** What an entry does; the empty entry of a new leader says so. */
export function entryText(entry: EntrySummary): string {
  return entry.text === "" ? "the empty entry of a new leader" : entry.text;
}

/** `entry 7 (put a=1)`, `entries 7…9 (put a=1, put b=2, …)`; at most `most` are described. */
export function entriesText(entries: readonly EntrySummary[], most = 2): string {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return "no entries";
  const texts = entries.slice(0, most).map(entryText);
  if (entries.length > most) texts.push("…");
  return `${rangeText(first.index, last.index)} (${texts.join(", ")})`;
}

/** `term 2`, or `terms 2…4` if the entries are of several. */
export function termsText(entries: readonly EntrySummary[]): string {
  const first = entries[0]?.term ?? 0;
  const last = entries.at(-1)?.term ?? 0;
  return first === last ? `term ${first}` : `terms ${first}…${last}`;
}

/** `voters m1, m2, m3; learner m4`, or both halves of a joint configuration. */
export function confText(conf: ConfSummary): string {
  const parts: string[] = [];
  if (conf.votersOutgoing.length > 0) {
    parts.push(`old voters ${memberNames(conf.votersOutgoing)}`);
    parts.push(`new voters ${memberNames(conf.voters)}`);
  } else {
    parts.push(`${plural(conf.voters.length, "voter")} ${memberNames(conf.voters)}`);
  }
  if (conf.learners.length > 0) {
    parts.push(`${plural(conf.learners.length, "learner")} ${memberNames(conf.learners)}`);
  }
  if (conf.learnersNext.length > 0) parts.push(`learners next ${memberNames(conf.learnersNext)}`);
  return parts.join("; ");
}

/** What a leader knows of a member: `up to 7, sent up to 9 (2 in flight)`, `up to 3, probing from 9`. */
export function progressText(peer: PeerProgress): string {
  const { state, match, next, inflight, pendingSnapshot } = peer;
  const known = `up to ${match}`;
  const full = peer.paused ? ", paused" : "";
  if (state === "snapshot") return `${known}, waiting for the snapshot up to ${pendingSnapshot}`;
  if (state === "probe") return `${known}, probing from ${next}${full}`;
  return inflight === 0 && next === match + 1
    ? `${known}${full}`
    : `${known}, sent up to ${next - 1} (${inflight} in flight${full})`;
}

/** A binary string for the eye: other bytes as \xNN, at most 24 characters. */
export function printable(binary: string): string {
  const head = binary.length > 24 ? `${binary.slice(0, 23)}…` : binary;
  return head.replace(
    /[^\x20-\x7e…]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** `a`; `[a, b)`; `[a, …)` where the range is open. */
export function keysText(key: string, end: string): string {
  if (end === "") return printable(key);
  return `[${printable(key)}, ${end === "\0" ? "…" : printable(end)})`;
}

/** The first `most` of them, and how many more there are; `nothing` for none. */
export function fewText(texts: readonly string[], most = 3, between = ", "): string {
  if (texts.length === 0) return "nothing";
  if (texts.length <= most) return texts.join(between);
  return [...texts.slice(0, most), `${texts.length - most} more`].join(between);
}

/** What was done to a key: `put a=1`, `delete a`. */
export function changeText({ type, key, value }: KeyChange): string {
  return type === "put" ? `put ${printable(key)}=${printable(value)}` : `delete ${printable(key)}`;
}

/** How the answer to a transaction ends that took its else. */
export const GUARDS_DID_NOT_HOLD = "its guards did not hold";

/** `1st`, `2nd`, `11th`. */
export function ordinal(count: number): string {
  const teen = count % 100 > 10 && count % 100 < 14;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${ending}`;
}

export function plural(count: number, noun: string, many = `${noun}s`): string {
  return count === 1 ? noun : many;
}

const NICKNAMES: Readonly<Record<string, string>> = {
  MsgProp: "forwarded request",
  MsgApp: "append",
  MsgAppResp: "acknowledgement",
  MsgVote: "request for a vote",
  MsgVoteResp: "vote",
  MsgSnap: "snapshot",
  MsgHeartbeat: "heartbeat",
  MsgHeartbeatResp: "heartbeat answer",
  MsgTransferLeader: "request to hand over",
  MsgTimeoutNow: "order to campaign now",
  MsgReadIndex: "question for the commit index",
  MsgReadIndexResp: "answer to a read",
  MsgPreVote: "request for a pre-vote",
  MsgPreVoteResp: "pre-vote",
};

const REFUSALS: Readonly<Record<string, string>> = {
  MsgAppResp: "rejection",
  MsgVoteResp: "refusal of a vote",
  MsgPreVoteResp: "refusal of a pre-vote",
};

/** What a message is, in a word or two: `heartbeat`, `append`, `refusal of a vote`. */
export function messageName(message: MessageSummary): string {
  const refusal = message.reject === true ? REFUSALS[message.type] : undefined;
  return refusal ?? NICKNAMES[message.type] ?? message.type;
}

/** What a message carries, short: `entries 8…9 after 7/2, commit 6`. Empty for a bare message. */
export function messageDetail(message: MessageSummary): string {
  const { index = 0, logTerm = 0 } = message;
  switch (message.type) {
    case "MsgApp": {
      const count = message.entries?.length ?? 0;
      const load = count === 0 ? "no entries" : rangeText(index + 1, index + count);
      return `${load} after ${index}/${logTerm}, commit ${message.commit ?? 0}`;
    }
    case "MsgAppResp":
      return message.reject === true
        ? `not ${index}, try ${message.rejectHint ?? 0}/${logTerm}`
        : `up to ${index}`;
    case "MsgVote":
    case "MsgPreVote":
      return `log ends at ${index}/${logTerm}`;
    case "MsgHeartbeat":
      return `commit ${message.commit ?? 0}`;
    case "MsgSnap":
      return `up to ${message.snapshot?.index ?? 0}/${message.snapshot?.term ?? 0}`;
    case "MsgReadIndexResp":
      return `at ${index}`;
    default:
      return "";
  }
}
