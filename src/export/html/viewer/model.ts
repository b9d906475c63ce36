import { FIELDS, type PageData, ROLES, STATUSES } from "../page-data.ts";

/** The run in the page: any moment of it. Knows nothing of the page, so that tests can look at it. */

export interface Member {
  readonly id: number;
  status: (typeof STATUSES)[number];
  role: (typeof ROLES)[number];
  term: number;
  vote: number;
  lead: number;
  commit: number;
  applied: number;
  revision: number;
  /** Entries up to there are in a snapshot. */
  snapshot: number;
  /** By index, the number of the entry in the page's table; its length is the last index + 1. */
  readonly log: number[];
}

export interface Message {
  /** The seq of its `send`. */
  readonly seq: number;
  readonly sent: number;
  /** When it arrives or is lost; Infinity: not while the run lasts. */
  readonly until: number;
  readonly from: number;
  readonly to: number;
  readonly term: number;
  readonly kind: "heartbeat" | "other" | "election" | "snapshot";
  readonly lost: boolean;
  readonly text: string;
}

/** A stretch in which a member is the same: what its lane of the timeline shows. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly status: Member["status"];
  readonly role: Member["role"];
  readonly term: number;
}

/** A lost message is seen for so long at least, µs. */
const LOST_FOR = 700;
const KINDS = ["heartbeat", "other", "election", "snapshot"] as const;

/** What an entry's entering a log took away, so that time can run backwards. */
interface Undo {
  readonly from: number;
  readonly removed: readonly number[];
}

export class Model {
  readonly data: PageData;
  readonly members: readonly Member[];
  readonly messages: readonly Message[];
  readonly #byId = new Map<number, Member>();
  readonly #seqs: number[];
  readonly #times: number[];
  /** What each change replaced; filled in when it is first made. */
  readonly #was: (number | Undo)[] = [];
  /** By message, the latest end of it and all before it: how far back to look for those on their way. */
  readonly #latest: number[] = [];
  /** How many changes are made. */
  #made = 0;

  constructor(data: PageData) {
    this.data = data;
    this.members = data.members.map(blank);
    for (const member of this.members) this.#byId.set(member.id, member);
    this.#seqs = sums(data.changes.seqSteps);
    this.#times = sums(data.changes.atSteps);
    this.messages = messagesOf(data);
    let latest = 0;
    for (const { until } of this.messages) {
      if (until > latest) latest = until;
      this.#latest.push(latest);
    }
  }

  member(id: number): Member {
    const member = this.#byId.get(id);
    if (member === undefined) throw new Error(`there is no member ${id}`);
    return member;
  }

  /** Makes the members what they are at `time`, and of its events none after `seq`. */
  seek(time: number, seq = Number.POSITIVE_INFINITY): void {
    const wanted = Math.min(upTo(this.#times, time), upTo(this.#seqs, seq));
    while (this.#made < wanted) this.#make(this.#made++);
    while (this.#made > wanted) this.#unmake(--this.#made);
  }

  /** The time of the nearest change in that direction; `time` itself if there is none. */
  changeTime(time: number, by: 1 | -1): number {
    const place = by === 1 ? upTo(this.#times, time) : upTo(this.#times, time - 1) - 1;
    return this.#times[place] ?? (by === 1 ? time : 0);
  }

  /** Messages on their way at `time`, sent by `seq`, and those that were lost just now. */
  flights(time: number, seq = Number.POSITIVE_INFINITY): Message[] {
    const out: Message[] = [];
    for (let i = upToSent(this.messages, time) - 1; i >= 0; i--) {
      if ((this.#latest[i] as number) <= time) break;
      const message = this.messages[i] as Message;
      if (message.until > time && message.seq <= seq) out.push(message);
    }
    return out;
  }

  /** By member, what it was from when to when. Leaves the model at the start. */
  stretches(): ReadonlyMap<number, readonly Stretch[]> {
    const lanes = new Map<number, Stretch[]>();
    const since = new Map<number, number>();
    const close = (member: Member, to: number): void => {
      const from = since.get(member.id) ?? 0;
      since.set(member.id, to);
      if (to <= from) return;
      const { status, role, term } = member;
      const lane = lanes.get(member.id) ?? [];
      lanes.set(member.id, lane);
      const last = lane.at(-1);
      if (last?.status === status && last.role === role && last.term === term) {
        lane[lane.length - 1] = { ...last, to };
      } else lane.push({ from, to, status, role, term });
    };
    this.seek(-1);
    const { fields, members } = this.data.changes;
    for (; this.#made < this.#times.length; ) {
      const field = FIELDS[fields[this.#made] as number];
      if (field === "status" || field === "role" || field === "term") {
        close(this.member(members[this.#made] as number), this.#times[this.#made] as number);
      }
      this.#make(this.#made++);
    }
    for (const member of this.members) close(member, this.data.end);
    this.seek(-1);
    return lanes;
  }

  #make(i: number): void {
    const { members, fields, values } = this.data.changes;
    const member = this.member(members[i] as number);
    const value = values[i] as number;
    const field = FIELDS[fields[i] as number] as (typeof FIELDS)[number];
    this.#was[i] = field === "log" ? this.#append(member, value) : set(member, field, value);
  }

  #unmake(i: number): void {
    const { members, fields } = this.data.changes;
    const member = this.member(members[i] as number);
    const field = FIELDS[fields[i] as number] as (typeof FIELDS)[number];
    const was = this.#was[i] as number | Undo;
    if (typeof was === "number") set(member, field as Exclude<typeof field, "log">, was);
    else {
      member.log.length = was.from;
      for (const number of was.removed) member.log.push(number);
    }
  }

  #append({ log }: Member, place: number): Undo {
    const [first = 0, ...runs] = this.data.appends[place] as readonly number[];
    // A log that begins behind a snapshot: what is before it was never here.
    const from = Math.min(first, log.length);
    const removed = log.slice(from);
    log.length = first;
    for (let r = 0; r < runs.length; r += 2) {
      for (let i = 0; i < (runs[r + 1] as number); i++) log.push((runs[r] as number) + i);
    }
    return { from, removed };
  }
}

function blank(id: number): Member {
  return {
    id,
    status: "absent",
    role: "follower",
    term: 0,
    vote: 0,
    lead: 0,
    commit: 0,
    applied: 0,
    revision: 0,
    snapshot: 0,
    log: [],
  };
}

/** Sets a field; gives what it was before. */
function set(
  member: Member,
  field: Exclude<(typeof FIELDS)[number], "log">,
  value: number,
): number {
  if (field === "status") {
    const was = STATUSES.indexOf(member.status);
    member.status = STATUSES[value] as Member["status"];
    return was;
  }
  if (field === "role") {
    const was = ROLES.indexOf(member.role);
    member.role = ROLES[value] as Member["role"];
    return was;
  }
  const was = member[field];
  member[field] = value;
  return was;
}

function messagesOf({ messages }: PageData): Message[] {
  const { took, from, to, terms, kinds, texts, words } = messages;
  const seqs = sums(messages.seqSteps);
  return sums(messages.sentSteps).map((sent, i): Message => {
    const us = took[i] as number;
    const kind = kinds[i] as number;
    const lost = kind >= 10;
    return {
      seq: seqs[i] as number,
      sent,
      until: us < 0 ? Number.POSITIVE_INFINITY : sent + (lost && us < LOST_FOR ? LOST_FOR : us),
      from: from[i] as number,
      to: to[i] as number,
      term: terms[i] as number,
      kind: KINDS[kind % 10] as Message["kind"],
      lost,
      text: words[texts[i] as number] as string,
    };
  });
}

/** From distances to values. */
function sums(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => {
    sum += step;
    return sum;
  });
}

/** How many of the ascending values are at most `most`. */
export function upTo(values: readonly number[], most: number): number {
  return count(values.length, (i) => (values[i] as number) <= most);
}

function upToSent(messages: readonly Message[], time: number): number {
  return count(messages.length, (i) => (messages[i] as Message).sent <= time);
}

/** How many places from 0 on hold, where all before the first that does not do. */
export function count(length: number, holds: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
