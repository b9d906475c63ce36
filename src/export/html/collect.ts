import type { EntrySummary, TraceEvent } from "../../trace/events.ts";
import { foldFrame } from "../../trace/frames/fold.ts";
import { firstFrame, type MemberFrame, memberOf } from "../../trace/frames/frame.ts";
import { plural, timeText } from "../../trace/names.ts";
import { type StoryLine, tellStory } from "../../trace/story/story.ts";
import { callsOf } from "../calls.ts";
import { isHeartbeat, isSent, messageText } from "../messages.ts";
import type { FormatOptions, Run } from "../options.ts";
import {
  type CallRow,
  FIELDS,
  type LinksChange,
  type Messages,
  OUTCOMES,
  type PageData,
  ROLES,
  STATUSES,
  type StoryRow,
  TOPICS,
} from "./page-data.ts";

/** A page with more than that opens slowly, and says what it left out. */
export interface Limits {
  readonly changes: number;
  readonly messages: number;
  readonly lines: number;
  readonly calls: number;
}
const LIMITS: Limits = { changes: 600_000, messages: 60_000, lines: 8000, calls: 20_000 };
const LONGEST_TEXT = 120;

/** What a page needs of a run. */
export function collect(
  { header, events }: Run,
  options: FormatOptions,
  limits = LIMITS,
): PageData {
  const leftOut: string[] = [];
  const changes = new ChangeColumns();
  const members = new Set(header.members);
  let frame = firstFrame(header);
  const links: LinksChange[] = [];
  let shown = events;
  for (const [i, event] of events.entries()) {
    if (changes.count > limits.changes) {
      leftOut.push(`The page ends at ${timeText(event.at)}: what follows is too much for one.`);
      shown = events.slice(0, i);
      break;
    }
    const before = frame;
    frame = foldFrame(frame, event);
    if (event.kind === "links") links.push([event.at, event.cut, event.clogged]);
    if (event.member === 0 || before.members === frame.members) continue;
    members.add(event.member);
    changes.add(event, memberOf(before, event.member), memberOf(frame, event.member));
  }
  return {
    name: header.name,
    title: header.title,
    teaches: header.teaches,
    seed: header.seed,
    end: shown.at(-1)?.at ?? 0,
    opens: options.at ?? -1,
    members: [...members].sort((a, b) => a - b),
    ...changes.columns(),
    messages: messagesOf(shown, limits.messages, leftOut),
    links,
    calls: callRows(shown, limits.calls, leftOut),
    story: storyRows(tellStory(header, shown), shown, limits.lines, leftOut),
    leftOut,
  };
}

class ChangeColumns {
  readonly #seqSteps: number[] = [];
  readonly #atSteps: number[] = [];
  readonly #members: number[] = [];
  readonly #fields: number[] = [];
  readonly #values: number[] = [];
  readonly #appends: number[][] = [];
  readonly #indexes: number[] = [];
  readonly #terms: number[] = [];
  readonly #texts: string[] = [];
  /** By an entry's place and what it holds, its number: members hold the same ones. */
  readonly #numbers = new Map<string, number>();
  #seq = 0;
  #at = 0;

  get count(): number {
    return this.#values.length;
  }

  add(event: TraceEvent, was: MemberFrame, is: MemberFrame): void {
    for (const [field, name] of FIELDS.entries()) {
      if (name === "log") continue;
      const value = valueIn(is, name);
      if (value !== valueIn(was, name)) this.#push(event, field, value);
    }
    if (was.log === is.log || event.kind === "snapshot" || event.kind === "discard") return;
    const { log } = is;
    const entries =
      event.kind === "append" ? event.entries : log.slice(log.firstIndex, log.lastIndex);
    const first = entries[0]?.index ?? log.firstIndex;
    this.#appends.push([first, ...this.#runs(entries)]);
    this.#push(event, FIELDS.indexOf("log"), this.#appends.length - 1);
  }

  columns(): Pick<PageData, "changes" | "entries" | "appends"> {
    return {
      changes: {
        seqSteps: this.#seqSteps,
        atSteps: this.#atSteps,
        members: this.#members,
        fields: this.#fields,
        values: this.#values,
      },
      entries: { indexes: this.#indexes, terms: this.#terms, texts: this.#texts },
      appends: this.#appends,
    };
  }

  #push({ seq, at, member }: TraceEvent, field: number, value: number): void {
    this.#seqSteps.push(seq - this.#seq);
    this.#atSteps.push(at - this.#at);
    this.#seq = seq;
    this.#at = at;
    this.#members.push(member);
    this.#fields.push(field);
    this.#values.push(value);
  }

  /** Consecutive numbers together. */
  #runs(entries: readonly EntrySummary[]): number[] {
    const runs: number[] = [];
    for (const entry of entries) {
      const number = this.#numberOf(entry);
      const count = runs.at(-1) ?? 0;
      if (runs.length > 0 && number === (runs.at(-2) as number) + count) {
        runs[runs.length - 1] = count + 1;
      } else runs.push(number, 1);
    }
    return runs;
  }

  #numberOf({ index, term, hash, text }: EntrySummary): number {
    const key = `${index}/${term}/${hash}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#indexes.length;
    this.#numbers.set(key, number);
    this.#indexes.push(index);
    this.#terms.push(term);
    this.#texts.push(shortened(text));
    return number;
  }
}

function valueIn(member: MemberFrame, field: Exclude<(typeof FIELDS)[number], "log">): number {
  switch (field) {
    case "status":
      return STATUSES.indexOf(member.status);
    case "role":
      return ROLES.indexOf(member.role);
    case "snapshot":
      return member.log.snapshotIndex;
    default:
      return member[field];
  }
}

interface Sent {
  readonly seq: number;
  readonly at: number;
  readonly message: Extract<TraceEvent, { readonly kind: "send" }>["message"];
  took: number;
  lost: boolean;
}

function messagesOf(events: readonly TraceEvent[], most: number, leftOut: string[]): Messages {
  const bySeq = new Map<number, Sent>();
  for (const event of events) {
    if (event.kind === "send" && isSent(event.message)) {
      const { seq, at, message } = event;
      bySeq.set(seq, { seq, at, message, took: -1, lost: false });
    } else if (event.kind === "deliver" || event.kind === "drop") {
      const sent = bySeq.get(event.cause);
      if (sent === undefined || sent.took >= 0) continue;
      sent.took = event.at - sent.at;
      sent.lost = event.kind === "drop";
    }
  }
  let sent = [...bySeq.values()];
  if (sent.length > most) {
    const all = sent.length;
    sent = sent.filter(({ message }) => !isHeartbeat(message));
    leftOut.push(`${all - sent.length} heartbeats and answers to them are not shown.`);
  }
  const next = sent[most];
  if (next !== undefined) {
    leftOut.push(`From ${timeText(next.at)} on messages are not shown (${sent.length - most}).`);
    sent = sent.slice(0, most);
  }
  const words = new Map<string, number>();
  const wordOf = (text: string): number => {
    const word = words.get(text) ?? words.size;
    words.set(text, word);
    return word;
  };
  const before = (i: number) => sent[i - 1] ?? { seq: 0, at: 0 };
  return {
    seqSteps: sent.map(({ seq }, i) => seq - before(i).seq),
    sentSteps: sent.map(({ at }, i) => at - before(i).at),
    took: sent.map(({ took }) => took),
    from: sent.map(({ message }) => message.from),
    to: sent.map(({ message }) => message.to),
    terms: sent.map(({ message }) => message.term),
    kinds: sent.map(({ message, lost }) => kindOf(message) + (lost ? 10 : 0)),
    texts: sent.map(({ message }) => wordOf(messageText(message))),
    words: [...words.keys()],
  };
}

function kindOf(message: Sent["message"]): number {
  if (isHeartbeat(message)) return 0;
  if (message.type === "MsgSnap") return 3;
  return /Vote|TimeoutNow|Transfer/.test(message.type) ? 2 : 1;
}

function callRows(events: readonly TraceEvent[], most: number, leftOut: string[]): CallRow[] {
  const calls = [...callsOf(events).values()];
  if (calls.length > most) {
    const since = timeText((calls[most] as { since: number }).since);
    leftOut.push(`From ${since} on calls are not shown (${calls.length - most}).`);
  }
  return calls.slice(0, most).map(({ client, since, until, outcome, to, text }): CallRow => {
    return [client, since, until, OUTCOMES.indexOf(outcome), to, shortened(text)];
  });
}

function storyRows(
  told: readonly StoryLine[],
  events: readonly TraceEvent[],
  most: number,
  leftOut: string[],
): StoryRow[] {
  let lines = told.filter(({ detail }) => detail === "story");
  if (lines.length > most) {
    const routine = lines.filter((line) => line.routine).length;
    lines = lines.filter((line) => !line.routine);
    leftOut.push(
      `${routine} routine ${plural(routine, "line")} of the story (writes committed and acknowledged) ${plural(routine, "is", "are")} left out.`,
    );
  }
  const next = lines[most];
  if (next !== undefined) {
    leftOut.push(
      `The story ends at ${timeText(next.at)}: ${lines.length - most} more lines are left out.`,
    );
    lines = lines.slice(0, most);
  }
  return lines.map((line): StoryRow => {
    const { seq, at, actor, text, because, topic } = line;
    return [seq, at, actor, text, because, TOPICS.indexOf(topic), weightOf(line, events)];
  });
}

function weightOf(line: StoryLine, events: readonly TraceEvent[]): number {
  if (line.topic === "fault" || line.topic === "alarm") return 3;
  const event = events[line.seq - 1];
  if (event?.kind === "role" && event.role === "leader") return 2;
  return line.routine ? 0 : 1;
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}
