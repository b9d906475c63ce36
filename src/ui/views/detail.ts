import {
  alarmsOf,
  type Frame,
  leaderOf,
  type MemberFrame,
  memberOf,
} from "../../trace/frames/frame.ts";
import {
  clientName,
  confText,
  durationText,
  entryText,
  fewText,
  keysText,
  memberName,
  plural,
  timeText,
  watchName,
} from "../../trace/names.ts";
import { trouble, whyNotCommitted } from "../../trace/story/why.ts";
import { whyNotElected, whyNotStanding } from "../../trace/story/why-roles.ts";
import { dim, lookOf, plain, type Row, rule, type Segment, termColour, wrap } from "../style.ts";
import { leftText, shortLease } from "./clients.ts";
import { filled, type View } from "./view.ts";

/** All about one member: its place in the cluster, what it waits for, the end of its log. */
export function detailRows(view: View, count: number): Row[] {
  const member = memberOf(view.frame, view.state.selected);
  const look = lookOf(member);
  const title: Segment[] = [
    { text: `m${member.id} `, bold: true },
    { text: look.word, color: look.color },
    dim(` in term ${member.term} since ${timeText(member.since)}`),
    dim(member.reason === "" ? "" : `: ${member.reason}`),
  ];
  const rows: Row[] = [rule(title, view.columns)];
  rows.push(...situation(member, view));
  rows.push(item("conf", confText(member.conf)));
  rows.push(item("state", stateText(member)));
  rows.push(...serviceRows(member, view));
  const hidden = rows.length - count - 1;
  if (hidden > 0) {
    return [
      ...rows.slice(0, count),
      [dim(`   … and ${hidden + 1} more (${member.id}: all about it)`)],
    ];
  }
  if (rows.length <= count) rows.push(...logTail(member, count - rows.length + 1));
  return filled(rows, count + 1);
}

function stateText(member: MemberFrame): string {
  const { applied, revision, log, syncing } = member;
  const snapshot = log.snapshotIndex === 0 ? "" : `, snapshot at ${log.snapshotIndex}`;
  const disk = syncing === 0 ? "" : `, ${syncing} ${plural(syncing, "sync")} under way`;
  return `revision ${revision} after ${applied} entries${snapshot}${disk}`;
}

/** What clients have of this member: watches it serves, leases it counts down; and its alarms. */
export function serviceRows(member: MemberFrame, view: View): Row[] {
  const { data } = view.frame;
  const rows: Row[] = [];
  const alarms = alarmsOf(view.frame).filter(({ of }) => of === member.id);
  if (alarms.length > 0) {
    const names = alarms.map(({ alarm }) => alarm).join(", ");
    rows.push([dim(`   ${"alarm".padEnd(9)}`), { text: names, color: "red" }]);
  }
  const served = data.watches.filter((watch) => watch.member === member.id && !watch.lost);
  if (served.length > 0) {
    const names = served.map(
      ({ watch, client, key, rangeEnd }) =>
        `${watchName(watch)} of ${clientName(client)} (${keysText(key, rangeEnd)})`,
    );
    rows.push(item("watches", fewText(names)));
  }
  if (data.primary === member.id && data.leases.length > 0) {
    const names = data.leases.map((lease) => `${shortLease(lease.id)} ${leftText(lease, view)}`);
    rows.push(item("leases", fewText(names)));
  }
  return rows;
}

/** An item over as many rows as its text needs. */
function block(name: string, text: string, columns: number): Row[] {
  return wrap(text, columns - 13).map((line, i) => item(i === 0 ? name : "", line));
}

function item(name: string, text: string): Row {
  return [dim(`   ${name.padEnd(9)}`), plain(text)];
}

export function situation(member: MemberFrame, view: View): Row[] {
  const { frame, state } = view;
  const now = Math.floor(state.now);
  if (member.status === "refused") return [item("why", member.refusal)];
  if (member.status !== "up") return [item("", `it is ${member.status} and hears nothing`)];
  switch (member.role) {
    case "leader":
      return leading(member, view, now);
    case "follower":
      return following(member, frame, now);
    default:
      return [item("votes", whyNotElected(member, frame))];
  }
}

/** More peers than this share rows. */
const PEER_ROWS = 4;

function leading(member: MemberFrame, view: View, now: number): Row[] {
  const { frame } = view;
  const rows: Row[] = [];
  if (member.log.lastIndex > member.commit) {
    const index = member.commit + 1;
    const text = `entry ${index}: ${whyNotCommitted(frame, member, index)}`;
    rows.push(...block("waits", text, view.columns));
  }
  const peers = member.peers.map((peer) => {
    const behind = member.log.lastIndex - peer.match;
    const why = trouble(frame, member.id, peer.id);
    const name = memberName(peer.id);
    if (member.peers.length > PEER_ROWS) {
      const state = behind === 0 ? "" : ` (${behind} behind)`;
      return `${name} up to ${peer.match}${state}${why === null ? "" : ` ${why}`}`;
    }
    const state = behind === 0 ? "has everything" : `${behind} behind`;
    const heard = peer.heard < 0 ? "not heard yet" : `heard ${durationText(now - peer.heard)} ago`;
    return `${name} matches up to ${peer.match} (${state}), ${heard}${why === null ? "" : `; ${why}`}`;
  });
  if (peers.length > PEER_ROWS) rows.push(...block("peers", peers.join(", "), view.columns));
  else for (const peer of peers) rows.push(item("peer", peer));
  return rows;
}

function following(member: MemberFrame, frame: Frame, now: number): Row[] {
  const rows: Row[] = [item("leader", whyNotStanding(member, frame, now))];
  const leader = leaderOf(frame);
  const peer = leader?.peers.find((known) => known.id === member.id);
  if (leader !== undefined && peer !== undefined) {
    const why = trouble(frame, leader.id, member.id);
    const text = `${memberName(leader.id)} knows that it has up to ${peer.match} of ${leader.log.lastIndex}`;
    rows.push(item("progress", why === null ? text : `${text}; it ${why}`));
  }
  return rows;
}

/** The last entries, newest first. */
function logTail(member: MemberFrame, count: number): Row[] {
  const { log } = member;
  if (log.length === 0) {
    return [item("log", log.snapshotIndex > 0 ? `a snapshot up to ${log.snapshotIndex}` : "empty")];
  }
  return log
    .slice(Math.max(log.firstIndex, log.lastIndex - count + 1), log.lastIndex)
    .reverse()
    .map((entry) => [
      dim(`   ${"entry".padEnd(9)}`),
      { text: `${entry.index}`, color: termColour(entry.term) },
      plain(` term ${entry.term}  ${entryText(entry)}`),
      dim(
        entry.index > member.commit
          ? "  not known committed"
          : entry.index > member.applied
            ? "  committed, not applied"
            : "",
      ),
    ]);
}
