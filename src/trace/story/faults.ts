import type {
  CrashEvent,
  DropEvent,
  FaultEvent,
  LinksEvent,
  MessageSummary,
  NoteEvent,
  PanicEvent,
  SendEvent,
  TraceEvent,
} from "../events.ts";
import type { Link, MemberFrame } from "../frames/frame.ts";
import {
  clientName,
  durationText,
  fewText,
  memberName,
  messageDetail,
  messageName,
  plural,
  watchName,
} from "../names.ts";
import type { Scene, Told } from "./line.ts";

/** What the world does: faults, crashes, links, messages and disks. */

export const WORLD = "!!";
/** The scenario itself speaks. */
const NOTE = "--";

/** What a fault does to one member is told by that member's own line. */
const TOLD_BY_MEMBER: readonly TraceEvent["kind"][] = [
  "crash",
  "pause",
  "resume",
  "boot",
  "refuse",
  "panic",
];

export function tellFault(event: FaultEvent, scene: Scene): Told {
  const effects = scene.effects(event.seq);
  const links = effects.find((effect) => effect.kind === "links");
  const cut =
    links === undefined || links.cut.length === 0 ? "" : linksText(links.cut, idsOf(scene));
  const parted = event.fault === "partition" && cut.includes("|");
  return {
    text: parted ? `the network is parted: ${cut}` : event.text,
    detail: effects.some((effect) => TOLD_BY_MEMBER.includes(effect.kind)) ? "all" : "story",
    topic: "fault",
    actor: WORLD,
  };
}

export function tellCrash(event: CrashEvent, scene: Scene): Told {
  const { was } = scene;
  const role = asLeader(was);
  if (scene.find(event.cause)?.kind === "panic") {
    scene.memory.crashed.set(event.member, was.log);
    return { text: `its process is gone`, detail: "all", topic: "fault" };
  }
  const exit = /^it exits: (.*)$/s.exec(event.text)?.[1];
  if (exit !== undefined) return { text: `exits${role}: ${exit}`, topic: "fault" };
  // Which of its files is a detail: members have one log each.
  const what = event.text.replace(/\S*\/wal\/\S+\.wal/g, "WAL");
  const lost = watchesText(event.member, scene);
  const midst =
    was.compacting === 0
      ? ""
      : `; it was in the middle of compacting to revision ${was.compacting}`;
  scene.memory.crashed.set(event.member, was.log);
  return { text: `crashes${role}${what === "" ? "" : `: ${what}`}${midst}${lost}`, topic: "fault" };
}

/** What a process can't go on with ends it: told once, here, and not again by its `crash`. */
export function tellPanic(event: PanicEvent, scene: Scene): Told {
  const lost = watchesText(event.member, scene);
  return { text: `panics${asLeader(scene.was)}: ${event.text}${lost}`, topic: "fault" };
}

function asLeader({ role, term }: MemberFrame): string {
  return role === "leader" ? ` as leader of term ${term}` : "";
}

/** The watches that a member served and that have to go on elsewhere. */
function watchesText(member: number, { before }: Scene): string {
  const served = before.data.watches.filter((watch) => watch.member === member && !watch.lost);
  if (served.length === 0) return "";
  const names = served.map(({ client, watch }) => `${watchName(watch)} of ${clientName(client)}`);
  return `; it served ${plural(served.length, "watch", "watches")} ${fewText(names)}`;
}

function idsOf(scene: Scene): number[] {
  return scene.after.members.map((member) => member.id);
}

/** What whoever wrote the scenario says to its reader, and what became of the whole. */
export function tellNote(event: NoteEvent): Told {
  if (event.about === "fault") return { text: event.text, topic: "fault" };
  return { text: event.text, topic: "note", actor: event.about === "step" ? NOTE : WORLD };
}

/** Links change because of a fault that was told already: a detail. */
export function tellLinks(event: LinksEvent, scene: Scene): Told {
  const parts: string[] = [];
  if (event.cut.length > 0) parts.push(`cut: ${linksText(event.cut, idsOf(scene))}`);
  if (event.clogged.length > 0) parts.push(`clogged: ${linksText(event.clogged, idsOf(scene))}`);
  return {
    text: parts.length === 0 ? "all links work" : `links ${parts.join("; ")}`,
    detail: "all",
    topic: "fault",
    actor: WORLD,
  };
}

/** `m1 | m2 m3` if the cut links part the members into groups, else `m1↔m2, m1→m3`. */
export function linksText(links: readonly Link[], ids: readonly number[]): string {
  const has = (from: number, to: number) => links.some((l) => l[0] === from && l[1] === to);
  const groups = groupsOf(ids, (a, b) => !has(a, b) && !has(b, a));
  // Groups say it all if every link between two of them is cut, and none within.
  let between = 0;
  for (const group of groups) between += group.length * (ids.length - group.length);
  if (groups.length > 1 && between === links.length) {
    return groups.map((group) => group.map(memberName).join(" ")).join(" | ");
  }
  const parts: string[] = [];
  for (const [from, to] of links) {
    if (!has(to, from)) parts.push(`${memberName(from)}→${memberName(to)}`);
    else if (from < to) parts.push(`${memberName(from)}↔${memberName(to)}`);
  }
  return parts.join(", ");
}

/** The members in groups of those that are joined, directly or through others. */
function groupsOf(ids: readonly number[], joined: (a: number, b: number) => boolean): number[][] {
  const groups: number[][] = [];
  for (const id of ids) {
    const near = groups.filter((group) => group.some((other) => joined(id, other)));
    const far = groups.filter((group) => !near.includes(group));
    groups.splice(
      0,
      groups.length,
      ...far,
      [...near.flat(), id].sort((a, b) => a - b),
    );
  }
  return groups.sort((a, b) => a.length - b.length);
}

export function tellSend(event: SendEvent): Told {
  const { message } = event;
  if (message.type === "MsgTimeoutNow") {
    return {
      text: `hands its leadership to ${memberName(message.to)}`,
      because: "it has caught up",
      topic: "election",
    };
  }
  return {
    text: `sends ${memberName(message.to)} ${article(message)}`,
    detail: "all",
    topic: "network",
  };
}

export function tellDeliver(message: MessageSummary): Told {
  return {
    text: `receives ${memberName(message.from)}'s ${described(message)}`,
    detail: "all",
    topic: "network",
  };
}

const DROP_REASONS: Readonly<Record<DropEvent["reason"], string>> = {
  loss: "the network lost it",
  partition: "the link is cut",
  down: "the receiver is down",
  misdelivered: "it arrived at another member",
};

export function tellDrop(event: DropEvent): Told {
  const { message } = event;
  return {
    text: `its ${described(message)} does not reach ${memberName(message.to)}`,
    because: DROP_REASONS[event.reason],
    detail: "all",
    topic: "network",
    actor: memberName(message.from),
  };
}

function article(message: MessageSummary): string {
  const text = described(message);
  return /^[aeio]/.test(text) ? `an ${text}` : `a ${text}`;
}

function described(message: MessageSummary): string {
  const detail = messageDetail(message);
  // What is forwarded to a leader bears no term.
  const term = message.term === 0 ? "" : ` of term ${message.term}`;
  return `${messageName(message)}${term}${detail === "" ? "" : ` (${detail})`}`;
}

/** The steps that only the full account tells. */
export function tellStep(event: TraceEvent): Told | null {
  switch (event.kind) {
    case "boot":
      return event.restart ? { text: "boots", detail: "all", topic: "fault" } : null;
    case "wake":
      return {
        text: `looks at its clock: ${event.ticks} ${event.ticks === 1 ? "tick" : "ticks"} went by`,
        detail: "all",
        topic: "raft",
      };
    case "duplicate": {
      const { from, to } = event.message;
      return {
        text: `its ${described(event.message)} to ${memberName(to)} is duplicated`,
        because: "the network made a copy",
        detail: "all",
        topic: "network",
        actor: memberName(from),
      };
    }
    case "sync":
      return {
        text: `asks its disk to sync ${event.file}`,
        because: `that takes ${durationText(event.took)}`,
        detail: "all",
        topic: "disk",
      };
    case "disk-done":
      return { text: "has its last writes on disk", detail: "all", topic: "disk" };
    case "log":
      return { text: `logs: ${event.text}`, detail: "all", topic: "raft" };
    case "pause":
      return { text: "is paused: it keeps its state and hears nothing", topic: "fault" };
    case "resume":
      return { text: "goes on where it was paused", topic: "fault" };
    case "refuse":
      return { text: `refuses to start: ${event.text}`, topic: "fault" };
    default:
      return null;
  }
}
