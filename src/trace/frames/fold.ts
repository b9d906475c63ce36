import type {
  AlarmEvent,
  ApplyEvent,
  CompleteEvent,
  DeliverEvent,
  MessageSummary,
  RecoverEvent,
  RoleEvent,
  TraceEvent,
} from "../events.ts";
import { foldData } from "./fold-data.ts";
import {
  type AlarmFrame,
  alarmsOf,
  type Flight,
  type Frame,
  type MemberFrame,
  memberOf,
  type PeerFrame,
  votersOf,
} from "./frame.ts";
import { LogView } from "./log-view.ts";

type Change = Partial<MemberFrame>;

/** The moment after `event`, from the one before it. The old frame stays as it was. */
export function foldFrame(frame: Frame, event: TraceEvent): Frame {
  const members = foldMembers(frame, event);
  return {
    seq: event.seq,
    now: event.at,
    members,
    flights: foldFlights(frame.flights, event),
    cut: event.kind === "links" ? event.cut : frame.cut,
    clogged: event.kind === "links" ? event.clogged : frame.clogged,
    pending: foldPending(frame.pending, event),
    outcomes: event.kind === "complete" ? foldOutcome(frame.outcomes, event) : frame.outcomes,
    data: foldData(frame.data, event, frame),
    committed: foldCommitted(frame.committed, event),
    elected: frame.elected || (event.kind === "role" && event.role === "leader"),
    election: frame.election,
  };
}

function foldCommitted(committed: number, event: TraceEvent): number {
  const index =
    event.kind === "commit" || event.kind === "restore"
      ? event.index
      : event.kind === "recover"
        ? event.commit
        : 0;
  return index > committed ? index : committed;
}

function foldMembers(frame: Frame, event: TraceEvent): readonly MemberFrame[] {
  if (event.member === 0) return frame.members;
  const before = memberOf(frame, event.member);
  const change = changeOf(before, event, frame);
  if (change === null) return frame.members;
  const after: MemberFrame = { ...before, ...change };
  const members = frame.members.slice();
  const place = members.findIndex((member) => member.id >= after.id);
  if (place < 0) members.push(after);
  else members.splice(place, members[place]?.id === after.id ? 1 : 0, after);
  return members;
}

/** What the event changes on its member; null: nothing. */
function changeOf(m: MemberFrame, event: TraceEvent, frame: Frame): Change | null {
  switch (event.kind) {
    case "boot":
      return { ...volatile(event.at), status: "up", refusal: "" };
    case "recover":
      return recovered(event);
    case "deliver":
      return heard(m, event);
    case "crash":
      return { ...volatile(event.at), status: "down" };
    case "pause":
      return { status: "paused" };
    case "resume":
      return { status: "up" };
    case "refuse":
      return { ...volatile(event.at), status: "refused", refusal: event.text };
    case "role":
      return role(m, event);
    case "hard-state":
      return {
        term: event.term,
        vote: event.vote,
        commit: event.commit,
        timerSince: event.vote !== 0 && event.vote !== m.vote ? event.at : m.timerSince,
      };
    case "append":
      return { log: m.log.append(event.entries) };
    case "commit":
      return { commit: event.index };
    case "apply":
      return applied(event);
    case "conf":
      return { conf: event.conf, peers: m.role === "leader" ? peersOf(m, event.conf) : m.peers };
    case "restore":
      return {
        log: LogView.after(event.index, event.term),
        commit: event.index > m.commit ? event.index : m.commit,
        applied: event.index,
        revision: event.revision,
        conf: event.conf,
        // The snapshot has them; the trace does not say which.
        alarms: event.index > m.applied ? alarmsOf(frame) : m.alarms,
      };
    case "alarm":
      return { alarms: alarmed(m.alarms, event) };
    case "snapshot":
    case "discard":
      return { log: m.log.compact(event.compacted, m.log.termAt(event.compacted) ?? 0) };
    case "compact":
      return { compacting: event.revision };
    case "compaction":
      return { compacting: event.action === "resume" ? event.revision : 0 };
    case "sync":
      return { syncing: m.syncing + 1 };
    case "disk-done":
      return { syncing: m.syncing > 0 ? m.syncing - 1 : 0 };
    default:
      return m.status === "absent" && event.kind !== "fault" ? { status: "up" } : null;
  }
}

/** What a process forgets when it ends. */
function volatile(at: number): Change {
  return {
    role: "follower",
    reason: "",
    since: at,
    lead: 0,
    heard: at,
    timerSince: at,
    granted: [],
    refused: [],
    peers: [],
    compacting: 0,
    syncing: 0,
  };
}

function recovered(event: RecoverEvent): Change {
  const { index, term } = event.snapshot;
  return {
    term: event.term,
    vote: event.vote,
    commit: event.commit,
    applied: event.applied,
    conf: event.conf,
    log: LogView.after(index, term).append(event.entries),
  };
}

function applied(event: ApplyEvent): Change {
  const count = event.terms.length;
  return { applied: event.index + count - 1, revision: event.revisions[count - 1] as number };
}

function alarmed(alarms: readonly AlarmFrame[], event: AlarmEvent): readonly AlarmFrame[] {
  const { alarm, of } = event;
  const others = alarms.filter((known) => known.alarm !== alarm || known.of !== of);
  return event.active ? [...others, { alarm, of }] : others;
}

function role(m: MemberFrame, event: RoleEvent): Change {
  const campaigns = event.role === "candidate" || event.role === "pre-candidate";
  const next: MemberFrame = { ...m, role: event.role, term: event.term };
  const changed = m.role !== event.role || (campaigns && m.term !== event.term);
  return {
    role: event.role,
    reason: event.reason,
    since: changed || m.term !== event.term ? event.at : m.since,
    term: event.term,
    vote: event.role === "candidate" ? m.id : event.term > m.term ? 0 : m.vote,
    lead: event.lead,
    // A campaign begins a new wait; so does a term in which the leader is not known yet.
    heard: campaigns || event.lead !== m.lead ? event.at : m.heard,
    timerSince: campaigns || event.lead !== m.lead || event.term > m.term ? event.at : m.timerSince,
    granted: campaigns ? (changed ? [m.id] : m.granted) : event.role === "leader" ? m.granted : [],
    refused: campaigns && !changed ? m.refused : [],
    peers: event.role === "leader" ? peersOf(m.role === "leader" ? m : next, m.conf) : [],
  };
}

/** The leader's peers in a configuration; what it knew of those that stay is kept. */
function peersOf(m: MemberFrame, conf: MemberFrame["conf"]): readonly PeerFrame[] {
  const ids = new Set([...votersOf(conf), ...conf.learners, ...conf.learnersNext]);
  ids.delete(m.id);
  return [...ids]
    .sort((a, b) => a - b)
    .map((id) => m.peers.find((peer) => peer.id === id) ?? { id, match: 0, heard: -1 });
}

const FROM_LEADER = ["MsgApp", "MsgHeartbeat", "MsgSnap"];

function heard(m: MemberFrame, event: DeliverEvent): Change | null {
  const message = event.message;
  const { type, from, term } = message;
  if (FROM_LEADER.includes(type)) {
    return term >= m.term ? { heard: event.at, timerSince: event.at } : null;
  }
  if (type === "MsgVoteResp" && m.role === "candidate" && term === m.term) {
    return voted(m, message);
  }
  if (type === "MsgPreVoteResp" && m.role === "pre-candidate") return voted(m, message);
  if (m.role !== "leader" || term !== m.term || from === m.id) return null;
  const matched = type === "MsgAppResp" && message.reject !== true ? (message.index ?? 0) : 0;
  return {
    peers: m.peers.map((peer) =>
      peer.id === from
        ? { id: from, match: matched > peer.match ? matched : peer.match, heard: event.at }
        : peer,
    ),
  };
}

function voted(m: MemberFrame, message: MessageSummary): Change | null {
  if (m.granted.includes(message.from) || m.refused.includes(message.from)) return null;
  return message.reject === true
    ? { refused: [...m.refused, message.from] }
    : { granted: [...m.granted, message.from] };
}

function foldFlights(flights: readonly Flight[], event: TraceEvent): readonly Flight[] {
  switch (event.kind) {
    case "send": {
      const { message } = event;
      // Messages to oneself and to the storage threads never see the network.
      if (message.to <= 0 || message.to === message.from) return flights;
      return [...flights, { seq: event.seq, sent: event.at, message, copies: 1 }];
    }
    case "duplicate":
      return addCopies(flights, event.cause, 1);
    case "deliver":
    case "drop":
      return addCopies(flights, event.cause, -1);
    default:
      return flights;
  }
}

function addCopies(flights: readonly Flight[], seq: number, more: number): readonly Flight[] {
  const place = flights.findIndex((flight) => flight.seq === seq);
  const flight = flights[place];
  if (flight === undefined) return flights;
  const changed = flights.slice();
  const copies = flight.copies + more;
  if (copies <= 0) changed.splice(place, 1);
  else changed[place] = { ...flight, copies };
  return changed;
}

function foldPending(pending: Frame["pending"], event: TraceEvent): Frame["pending"] {
  switch (event.kind) {
    case "invoke": {
      const { op, client, request, text, at } = event;
      return [...pending, { op, client, request, text, since: at, to: 0, attempt: 0 }];
    }
    case "attempt":
      return pending.map((operation) =>
        operation.op === event.op
          ? { ...operation, to: event.to, attempt: event.attempt }
          : operation,
      );
    case "complete":
      return pending.filter((operation) => operation.op !== event.op);
    default:
      return pending;
  }
}

function foldOutcome(outcomes: Frame["outcomes"], event: CompleteEvent): Frame["outcomes"] {
  return { ...outcomes, [event.outcome]: outcomes[event.outcome] + 1 };
}
