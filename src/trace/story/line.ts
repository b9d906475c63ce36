import type { Instant } from "../../base/time.ts";
import type { TraceEvent, WatcherEvent } from "../events.ts";
import type { Frame, MemberFrame } from "../frames/frame.ts";
import type { LogView } from "../frames/log-view.ts";
import type { Renewals } from "./renewal-runs.ts";
import type { EventLookup } from "./why.ts";

/** What a line is about: the visualizer jumps between elections and faults, and colours by topic. */
export type Topic =
  | "election"
  | "fault"
  | "commit"
  | "log"
  | "membership"
  | "client"
  | "lease"
  | "watch"
  | "lock"
  | "alarm"
  | "note"
  | "network"
  | "disk"
  | "raft";

/** How much is told: `story` is what matters, `all` is every step. */
export type Detail = "story" | "all";

/** One sentence of the story: `actor` did `text`, because of `because`. */
export interface StoryLine {
  readonly seq: number;
  readonly at: Instant;
  /** `m2`, `c1`; `!!` for what the world does to them all. */
  readonly actor: string;
  readonly text: string;
  /** The reason, as the rest of the sentence after a colon; may be empty. */
  readonly because: string;
  readonly detail: Detail;
  readonly topic: Topic;
  /** A write committed or acknowledged, or a watch served as it should be: runs of these may be told together. */
  readonly routine: boolean;
}

/** Whether a story is told by it, and not only every step. */
export function matters({ detail }: StoryLine): boolean {
  return detail === "story";
}

/** What a narrator makes of one event; the rest of the line is the event's. */
export interface Told {
  readonly text: string;
  readonly because?: string;
  /** Default `story`. */
  readonly detail?: Detail;
  readonly topic: Topic;
  readonly routine?: boolean;
  /** Default: the event's member. */
  readonly actor?: string;
}

/** The moment of an event, as narrators see it. */
export interface Scene {
  readonly before: Frame;
  readonly after: Frame;
  /** The event's member before and after it; a blank one for the world. */
  readonly was: MemberFrame;
  readonly is: MemberFrame;
  readonly find: EventLookup;
  /** What the step `seq` brought about at once, in order. */
  readonly effects: (seq: number) => readonly TraceEvent[];
  readonly memory: StoryMemory;
  /** The renewals that begin with the event `seq`, if it is the first of some. */
  readonly renewals: (seq: number) => Renewals | undefined;
}

/** What was told already, so that nothing is told twice, and what is to be told later. */
export interface StoryMemory {
  /** Index of the newest configuration told. */
  confIndex: number;
  /** By leader: its first uncommitted entry, since when it waits, and whether that was told. */
  readonly waiting: Map<number, { index: number; since: Instant; told: boolean }>;
  /** Members that came back and lack committed entries, with the end of their logs then. */
  readonly behind: Map<number, number>;
  /** By member and opening: the group that its watcher is in, and how often it was a victim. */
  readonly watchers: Map<string, { group: WatcherEvent["group"]; falls: number }>;
  /** Clients that asked for a word of progress, and had none yet. */
  readonly askedProgress: Set<number>;
  /** By member: its log when it crashed last. */
  readonly crashed: Map<number, LogView>;
  /** Members that went on with a compaction which a crash had interrupted. */
  readonly resumed: Set<number>;
  /** Leases whose last keep-alive failed; `7b is gone` where it was answered that there is none. */
  readonly unrenewed: Set<string>;
  /** By client: the error that its last call ended with, if it did. */
  readonly refused: Map<number, string>;
  /** By client: why it last asked once more. */
  readonly askedAgain: Map<number, string>;
  /**
   * Entries that some member knew as committed, as `7 of term 2`, and when the first did. Only grows; a
   * narrator that went back finds what is yet to come in it, too.
   */
  readonly committed: Map<string, Instant>;
  /** The alarms told, as `NOSPACE 2`. */
  readonly alarms: Set<string>;
}
