import type { PeerProgress } from "../../trace/events.ts";
import { leaderOf, type MemberFrame, memberOf } from "../../trace/frames/frame.ts";
import {
  confText,
  durationText,
  entryText,
  memberName,
  memberNames,
  plural,
  timeText,
} from "../../trace/names.ts";
import { trouble } from "../../trace/story/why.ts";
import { dim, fitted, lookOf, plain, type Row, rule, type Segment, termColour } from "../style.ts";
import { type WalEntry, walTail } from "../wal-tail.ts";
import { timerBar } from "./cluster.ts";
import { serviceRows, situation } from "./detail.ts";
import { chosenMember, filled, type View, type ViewEntry } from "./view.ts";

/** All about one member: the one that is selected, or else the leader. */
export const INSPECTOR: ViewEntry = {
  name: "inspector",
  key: "i",
  title: "inspector",
  shows: "all about a member: raft's state, progress of its peers, its write-ahead log",
  draw: drawInspector,
  reach: (recording, state) => {
    const frame = recording.frames.seek(state.position);
    const id = state.selected === 0 ? (leaderOf(frame) ?? frame.members[0])?.id : state.selected;
    return { up: Math.min(0, 1 - memberOf(frame, id ?? 0).log.length), down: 0 };
  },
  asks: (view) => {
    const { id, log } = chosenMember(view);
    if (log.length === 0) return { about: "member", member: id };
    return { about: "entry", index: log.lastIndex + view.state.cursor, member: id };
  },
};

function drawInspector(view: View, rows: number): Row[] {
  const { columns } = view;
  const member = chosenMember(view);
  const look = lookOf(member);
  const out: Row[] = [
    rule(
      [
        plain("inspector  "),
        { text: `${look.symbol} m${member.id} ${look.word}`, color: look.color, bold: true },
        dim(`  since ${timeText(member.since)}${member.reason === "" ? "" : `: ${member.reason}`}`),
        dim("  (1-9, tab: another)"),
      ],
      columns,
    ),
    ...raftRows(member, view),
    ...situation(member, view).filter((row) => !isPeer(row)),
    ...progressRows(member, view),
    ...serviceRows(member, view),
  ];
  // Its log gets at least a third of the room.
  const least = Math.max(3, Math.floor(rows / 3));
  const head =
    out.length > rows - least
      ? [...out.slice(0, rows - least - 1), more(out.length - (rows - least - 1))]
      : out;
  return filled([...head, ...logRows(member, view, rows - head.length)], rows).map((row) =>
    row.length === 0 ? row : fitted(row, columns),
  );
}

function more(count: number): Row {
  return [dim(`   … and ${count} more rows`)];
}

/** The peers' rows of the details say less than the table of progress. */
function isPeer(row: Row): boolean {
  return /^\s+peers? /.test(row[0]?.text ?? "");
}

function raftRows(member: MemberFrame, view: View): Row[] {
  const { term, vote, lead, commit, applied, revision, log, syncing } = member;
  const voted = vote === 0 ? "nobody" : memberName(vote);
  const led = lead === 0 ? "nobody" : memberName(lead);
  const known = member.status === "up" || member.status === "paused";
  const condition = view.recording.conditionOf(member.id, view.state.position);
  const rows: Row[] = [
    [
      name("raft"),
      { text: `term ${term}`, color: termColour(Math.max(1, term)) },
      plain(`  voted for ${voted}  ${known ? `follows ${led}` : "remembers no leader"}`),
    ],
    [
      name("log"),
      plain(`${log.length === 0 ? "no entries" : `entries ${log.firstIndex}…${log.lastIndex}`}`),
      dim(
        log.snapshotIndex > 0
          ? ` behind a snapshot at ${log.snapshotIndex}/${log.snapshotTerm}`
          : "",
      ),
      plain(known ? `  commit ${commit}  applied ${applied}  revision ${revision}` : ""),
      dim(syncing === 0 ? "" : `  ${syncing} ${plural(syncing, "sync")} under way`),
    ],
    [name("members"), plain(confText(member.conf))],
  ];
  if (condition !== null) rows.push([name("fault"), { text: condition, color: "red" }]);
  if (member.status === "up" && member.role === "follower") {
    rows.push([
      name("timer"),
      ...timerBar(member, view, 20),
      dim(` of ${durationText(view.frame.election)} and more`),
    ]);
  }
  if (member.role === "candidate" || member.role === "pre-candidate") {
    rows.push([name("votes"), plain(`from ${memberNames(member.granted)}`)]);
  }
  return rows;
}

function name(text: string): Segment {
  return dim(`   ${text.padEnd(9)}`);
}

/** etcd-raft's tracker, a peer a row: what it has, what was sent, in which state. */
function progressRows(member: MemberFrame, view: View): Row[] {
  if (member.role !== "leader" || member.status !== "up") return [];
  const peers = view.recording.progressOf(member.id, member.term, view.state.position);
  const rows: Row[] = [[name("progress"), dim("     has  next  in flight  state       heard")]];
  for (const peer of peers) {
    if (peer.id === member.id) continue;
    const heard = member.peers.find(({ id }) => id === peer.id)?.heard ?? -1;
    const why = trouble(view.frame, member.id, peer.id);
    const ago = heard < 0 ? "not yet" : `${durationText(Math.floor(view.state.now) - heard)} ago`;
    const behind = member.log.lastIndex - peer.match;
    rows.push([
      name(""),
      { text: `m${peer.id}`.padEnd(4), bold: true },
      plain(
        `${String(peer.match).padStart(4)}${String(peer.next).padStart(6)}${String(peer.inflight).padStart(11)}  `,
      ),
      { text: stateText(peer).padEnd(12), color: STATES[peer.state] },
      plain(ago.padEnd(12)),
      why === null ? dim(behind > 0 ? `${behind} behind` : "") : { text: why, color: "red" },
    ]);
  }
  return rows.length === 1 ? [] : rows;
}

const STATES = { probe: "yellow", replicate: "green", snapshot: "magenta" } as const;

function stateText(peer: PeerProgress): string {
  if (peer.state === "snapshot") return `snap ${peer.pendingSnapshot}`;
  return `${peer.state}${peer.paused ? " ‖" : ""}`;
}

const WAL_STATES = {
  synced: { text: "■ on disk   ", color: "green" },
  syncing: { text: "▣ syncing   ", color: "yellow" },
  written: { text: "□ unsynced  ", color: "red" },
} as const;

/** The log from the cursor on, newest first, with what the disk would keep of it. */
function logRows(member: MemberFrame, view: View, room: number): Row[] {
  const { log, commit, applied } = member;
  const { recording, state } = view;
  const top = log.lastIndex + state.cursor;
  const wal = new Map<number, WalEntry["state"]>();
  for (const written of walTail(recording.events, member.id, state.position, 64)) {
    wal.set(written.entry.index, written.state);
  }
  const lost = [...wal].filter(([, how]) => how !== "synced").length;
  const rows: Row[] = [
    rule(
      [
        plain("write-ahead log"),
        lost === 0
          ? dim("  all of it is on disk")
          : { text: `  a crash may lose ${lost}`, color: "yellow" },
        dim("  (↑ ↓)"),
      ],
      view.columns,
    ),
  ];
  for (const entry of log.slice(top - room + 2, top).reverse()) {
    const { index, term } = entry;
    const fate = index <= applied ? "applied" : index <= commit ? "committed" : "";
    rows.push([
      plain(`   ${String(index).padStart(6)}  `),
      { text: `term ${String(term).padEnd(4)}`, color: termColour(term) },
      WAL_STATES[wal.get(index) ?? "synced"],
      plain(entryText(entry)),
      dim(fate === "" ? "  not known committed" : `  ${fate}`),
    ]);
  }
  if (log.length === 0)
    rows.push([
      dim(log.snapshotIndex > 0 ? `   a snapshot up to ${log.snapshotIndex}` : "   empty"),
    ]);
  return rows;
}
