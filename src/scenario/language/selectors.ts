import type { MemberView } from "../../sim/view.ts";
import { suggestion } from "../read/suggest.ts";

/** Roles and groups that a scenario may name instead of a member; who is meant is decided at the step. */
export const SELECTOR_WORDS = {
  leader: "the leader of the highest term that is up",
  "old-leader": "the latest leader that is not the leader now",
  follower: "the first follower by id that is up",
  "other-follower": "the second follower by id that is up",
  followers: "all followers that are up",
  candidate: "the (pre-)candidate of the highest term",
  learner: "the first learner of the configuration",
  minority:
    "the smaller side of the partition in force; without one, as many followers as may fail",
  majority: "the larger side of the partition in force; without one, all but the minority",
  down: "all members that are down",
  paused: "all members that are paused",
  all: "all members",
} as const;

export type SelectorWord = keyof typeof SELECTOR_WORDS;

/** Some members: ids, and words that are looked up in the cluster when the step comes. */
export type Selector = readonly (number | SelectorWord)[];

/** For an editor's JSON Schema. */
export const SELECTOR_PATTERN = `^(m[1-9][0-9]*|${Object.keys(SELECTOR_WORDS).join("|")})$`;

/** What a selector is looked up in: the cluster at one moment, and its past as far as it matters. */
export interface SelectorContext {
  readonly views: readonly MemberView[];
  /** Whether there is such a member, running or not. */
  knows(id: number): boolean;
  /** The newest leader that is up (Cluster.leader); 0: none. */
  readonly leader: number;
  /** All leaders so far, in the order in which they were elected. */
  readonly leaders: readonly number[];
  /** The groups of the partition in force, every member in one; null if there is none. */
  readonly partition: readonly (readonly number[])[] | null;
}

/** A selector that means nobody at this moment; the scenario fails with this text. */
export class SelectorError extends Error {
  override name = "SelectorError";
}

/** Parses `m2` or `leader`; returns a sentence if it is neither. */
export function parseSelectorTerm(text: string): number | SelectorWord | { error: string } {
  const id = /^m([1-9][0-9]*)$/.exec(text);
  if (id !== null) return Number(id[1]);
  if (isSelectorWord(text)) return text;
  const hint = /^[0-9]+$/.test(text)
    ? `, did you mean "m${text}"?`
    : suggestion(text, ["m1", ...Object.keys(SELECTOR_WORDS)]);
  return { error: `"${text}" names no member${hint}` };
}

/** Whether it means one member, and not several. */
export function meansOne(term: number | SelectorWord): boolean {
  return typeof term === "number" || !SEVERAL.includes(term);
}

const SEVERAL: readonly SelectorWord[] = [
  "followers",
  "minority",
  "majority",
  "down",
  "paused",
  "all",
];

/** Whether both mean one member, and the same, whoever that is. */
export function meanOneAndTheSame(a: Selector, b: Selector): boolean {
  const [one, other] = [a[0], b[0]];
  return a.length === 1 && b.length === 1 && one !== undefined && one === other && meansOne(one);
}

export function formatSelector(selector: Selector): string {
  const words = selector.map((term) => (typeof term === "number" ? `m${term}` : term));
  return words.length === 1 ? (words[0] ?? "") : `[${words.join(", ")}]`;
}

/** The ids meant, ascending, each once; never empty (throws SelectorError). */
export function resolveMembers(selector: Selector, moment: SelectorContext): number[] {
  const ids = new Set<number>();
  for (const term of selector) {
    const found = typeof term === "number" ? [known(term, moment)] : lookUp(term, moment);
    if (found.length === 0) throw new SelectorError(nobody(term as SelectorWord, moment));
    for (const id of found) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}

/** As `resolveMembers`, where exactly one member must be meant. */
export function resolveMember(selector: Selector, moment: SelectorContext): number {
  const ids = resolveMembers(selector, moment);
  const [id] = ids;
  if (id === undefined || ids.length > 1) {
    throw new SelectorError(
      `"${formatSelector(selector)}" means ${names(ids)} here, but one member is needed`,
    );
  }
  return id;
}

export function names(ids: readonly number[]): string {
  return ids.length === 0 ? "nobody" : ids.map((id) => `m${id}`).join(", ");
}

function isSelectorWord(text: string): text is SelectorWord {
  return Object.hasOwn(SELECTOR_WORDS, text);
}

function known(id: number, moment: SelectorContext): number {
  if (moment.knows(id)) return id;
  throw new SelectorError(`there is no member m${id} yet`);
}

function lookUp(word: SelectorWord, moment: SelectorContext): number[] {
  const { views, leader } = moment;
  const up = views.filter((view) => view.status === "up");
  const followers = up.filter((view) => view.role === "follower" && view.id !== leader);
  switch (word) {
    case "leader":
      return leader === 0 ? [] : [leader];
    case "old-leader":
      return moment.leaders.filter((id) => id !== leader).slice(-1);
    case "follower":
      return idsOf(followers.slice(0, 1));
    case "other-follower":
      return idsOf(followers.slice(1, 2));
    case "followers":
      return idsOf(followers);
    case "candidate": {
      const candidates = up.filter((view) => view.role.endsWith("candidate"));
      const term = Math.max(...candidates.map((view) => view.term));
      return idsOf(candidates.filter((view) => view.term === term).slice(0, 1));
    }
    case "learner":
      return (configuration(moment)?.conf.learners ?? []).slice(0, 1);
    case "minority":
      return sides(moment).minority;
    case "majority":
      return sides(moment).majority;
    case "down":
      return idsOf(
        views.filter(
          ({ status, retired }) => !retired && (status === "down" || status === "refused"),
        ),
      );
    case "paused":
      return idsOf(views.filter((view) => view.status === "paused"));
    case "all":
      return idsOf(views);
  }
}

/** The configuration as the leader sees it, or else the member that applied most. */
function configuration(moment: SelectorContext): MemberView | undefined {
  const leader = moment.views.find((view) => view.id === moment.leader);
  if (leader !== undefined) return leader;
  return moment.views.reduce<MemberView | undefined>(
    (most, view) => (most === undefined || view.applied > most.applied ? view : most),
    undefined,
  );
}

function sides(moment: SelectorContext): { minority: number[]; majority: number[] } {
  const all = idsOf(moment.views);
  if (moment.partition !== null) {
    const bySize = [...moment.partition].sort((a, b) => b.length - a.length);
    const majority = [...(bySize[0] ?? [])];
    return { majority, minority: all.filter((id) => !majority.includes(id)) };
  }
  const voters = configuration(moment)?.conf.voters ?? all;
  const followers = voters.filter((id) => id !== moment.leader);
  const minority = followers.slice(0, (voters.length - 1) >> 1);
  return { minority, majority: all.filter((id) => !minority.includes(id)) };
}

function nobody(word: SelectorWord, moment: SelectorContext): string {
  const roles = moment.views
    .map((view) => `m${view.id} ${view.status === "up" ? view.role : view.status}`)
    .join(", ");
  return `"${word}" is nobody now (${roles})`;
}

function idsOf(views: readonly MemberView[]): number[] {
  return views.map((view) => view.id);
}
