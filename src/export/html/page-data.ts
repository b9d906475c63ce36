import type { Instant } from "../../base/time.ts";

/**
 * What a page knows of its run: plain data, small as text. Times are µs. A column named `…Steps` holds each
 * value as its distance from the one before.
 */
export interface PageData {
  readonly name: string;
  readonly title: string;
  readonly teaches: string;
  readonly seed: number;
  /** The time of the last event. */
  readonly end: Instant;
  /** Where the page opens; -1: at the first line of the story. */
  readonly opens: Instant;
  /** Ids, ascending; of those that joined later, too. */
  readonly members: readonly number[];
  readonly changes: Changes;
  readonly entries: Entries;
  /**
   * What entered a log: the index of the first entry, then runs of consecutive entries as the number of the
   * first one and how many they are. Whatever stood from that index on is gone.
   */
  readonly appends: readonly (readonly number[])[];
  readonly messages: Messages;
  readonly links: readonly LinksChange[];
  readonly calls: readonly CallRow[];
  readonly story: readonly StoryRow[];
  /** Sentences on what is not in here. */
  readonly leftOut: readonly string[];
}

/** One value of one member changes. */
export interface Changes {
  readonly seqSteps: readonly number[];
  readonly atSteps: readonly number[];
  readonly members: readonly number[];
  /** Places in FIELDS. */
  readonly fields: readonly number[];
  /** Numbers as they are, words by their place in STATUSES and ROLES, `log`: a place in `appends`. */
  readonly values: readonly number[];
}

export const FIELDS = [
  "status",
  "role",
  "term",
  "vote",
  "lead",
  "commit",
  "applied",
  "revision",
  "snapshot",
  "log",
] as const;
export const STATUSES = ["absent", "up", "down", "paused", "refused"] as const;
export const ROLES = ["follower", "pre-candidate", "candidate", "leader"] as const;

export interface Entries {
  readonly indexes: readonly number[];
  readonly terms: readonly number[];
  readonly texts: readonly string[];
}

/** In the order in which they were sent. */
export interface Messages {
  readonly seqSteps: readonly number[];
  readonly sentSteps: readonly number[];
  /** µs; -1: still on its way when the run ends. */
  readonly took: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly terms: readonly number[];
  /** 0 a heartbeat or its answer, 1 any other, 2 one of an election, 3 a snapshot; 10 more: it was lost. */
  readonly kinds: readonly number[];
  /** Places in `words`. */
  readonly texts: readonly number[];
  readonly words: readonly string[];
}

/** Since then these links, as [from, to], do not deliver, and those hold messages back. */
export type LinksChange = readonly [
  at: Instant,
  cut: readonly (readonly [number, number])[],
  clogged: readonly (readonly [number, number])[],
];

export const OUTCOMES = ["ok", "fail", "ambiguous", "open"] as const;

/** A client's call; `until` is -1 if it has not ended when the run does. */
export type CallRow = readonly [
  client: number,
  since: Instant,
  until: Instant,
  outcome: number,
  to: number,
  text: string,
];

export const TOPICS = [
  "election",
  "fault",
  "commit",
  "log",
  "membership",
  "client",
  "lease",
  "watch",
  "lock",
  "alarm",
  "network",
  "disk",
  "raft",
  "note",
] as const;

/** `weight`: 0 routine, 1 told, 2 an election won, 3 a fault. */
export type StoryRow = readonly [
  seq: number,
  at: Instant,
  actor: string,
  text: string,
  because: string,
  topic: number,
  weight: number,
];
