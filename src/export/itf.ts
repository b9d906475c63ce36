import type { EntrySummary, TraceEvent } from "../trace/events.ts";
import { foldFrame } from "../trace/frames/fold.ts";
import { type Frame, firstFrame, type MemberFrame } from "../trace/frames/frame.ts";
import { memberName, timeText } from "../trace/names.ts";
import type { Write } from "./options.ts";

/** A state repeats all logs: more of them than that nobody looks at, and few tools can. */
const LIMIT = 1000;
/** Characters; where logs are long they come sooner. */
const MOST_TEXT = 64_000_000;

/**
 * The run as states, in the Informal Trace Format (apalache-mc.org/docs/adr/015adr-trace.html): the
 * first, and one after each event that changes a variable. The variables are the state of the Raft
 * paper's figure 2, each a map from members; `up` says whose process runs, `event` what happened.
 * A log is a list of entries behind `snapshotIndex`. Integers are written as `#bigint`.
 */
export const writeItf: Write = function* ({ header, events }, options, note) {
  const { from = 0, limit = LIMIT } = options;
  let frame = firstFrame(header);
  let start = 0;
  while (start < events.length && (events[start] as TraceEvent).at < from) {
    frame = foldFrame(frame, events[start++] as TraceEvent);
  }
  const states = new States();
  yield `{"#meta":${JSON.stringify({
    format: "ITF",
    "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
    description: `detcd: ${header.name}, seed ${header.seed}${header.title === "" ? "" : `: ${header.title}`}`,
    varTypes: Object.fromEntries(VARIABLES.map(({ name, type }) => [name, type])),
  })},\n"params":[],\n"vars":${JSON.stringify(VARIABLES.map(({ name }) => name))},\n"states":[\n`;
  yield states.text(frame, null);
  let leftOut = 0;
  let end = 0;
  for (const event of events.slice(start)) {
    const before = frame;
    frame = foldFrame(frame, event);
    if (!differs(before, frame)) continue;
    if (states.count < limit && states.size < MOST_TEXT) {
      yield `,\n${states.text(frame, event)}`;
    } else if (leftOut++ === 0) end = event.at;
  }
  yield "\n]}\n";
  if (leftOut > 0) {
    note(
      `the trace ends before ${timeText(end)}, ${leftOut} states are left out: choose a part with --from and --until, or a larger --limit`,
    );
  }
};

interface Variable {
  readonly name: string;
  /** In Apalache's notation (ADR 2). */
  readonly type: string;
  readonly of: (member: MemberFrame) => string | number | boolean;
}

/** A map from members each. */
const OF_MEMBERS: readonly Variable[] = [
  { name: "up", type: "Str -> Bool", of: ({ status }) => status === "up" || status === "paused" },
  { name: "role", type: "Str -> Str", of: ({ role }) => role },
  { name: "currentTerm", type: "Str -> Int", of: ({ term }) => term },
  { name: "votedFor", type: "Str -> Str", of: ({ vote }) => (vote === 0 ? "" : memberName(vote)) },
  { name: "commitIndex", type: "Str -> Int", of: ({ commit }) => commit },
  { name: "lastApplied", type: "Str -> Int", of: ({ applied }) => applied },
  { name: "snapshotIndex", type: "Str -> Int", of: ({ log }) => log.snapshotIndex },
];

const VARIABLES: readonly Pick<Variable, "name" | "type">[] = [
  { name: "event", type: "{ kind: Str, member: Str, time: Int, seq: Int }" },
  ...OF_MEMBERS,
  { name: "log", type: "Str -> Seq({ term: Int, command: Str })" },
];

function itfValue(value: string | number | boolean): unknown {
  return typeof value === "number" ? int(value) : value;
}

function int(value: number): object {
  return { "#bigint": String(value) };
}

/** Writes states; what did not change since the one before is not put into words again. */
class States {
  count = 0;
  /** Characters so far. */
  size = 0;
  readonly #entries = new Map<EntrySummary, string>();
  readonly #logs = new Map<MemberFrame["log"], string>();

  /** @param event what led here; null: the state at the start */
  text(frame: Frame, event: TraceEvent | null): string {
    const { members } = frame;
    const variables = [
      `"event":${JSON.stringify({
        kind: event?.kind ?? "init",
        member: event === null || event.member === 0 ? "" : memberName(event.member),
        time: int(frame.now),
        seq: int(frame.seq),
      })}`,
      ...OF_MEMBERS.map(({ name, of }) => {
        const pairs = members.map((member) => [memberName(member.id), itfValue(of(member))]);
        return `"${name}":${JSON.stringify({ "#map": pairs })}`;
      }),
      `"log":{"#map":[${members.map((m) => `["${memberName(m.id)}",${this.#log(m.log)}]`).join(",")}]}`,
    ];
    const text = `{"#meta":{"index":${this.count}},${variables.join(",")}}`;
    this.count++;
    this.size += text.length;
    return text;
  }

  #log(log: MemberFrame["log"]): string {
    const known = this.#logs.get(log);
    if (known !== undefined) return known;
    const text = `[${log
      .slice(log.firstIndex, log.lastIndex)
      .map((entry) => this.#entry(entry))
      .join(",")}]`;
    // The logs of the last states are asked for again, those before never.
    if (this.#logs.size > 64) this.#logs.clear();
    this.#logs.set(log, text);
    return text;
  }

  #entry(entry: EntrySummary): string {
    const known = this.#entries.get(entry);
    if (known !== undefined) return known;
    const text = JSON.stringify({ term: int(entry.term), command: entry.text });
    this.#entries.set(entry, text);
    return text;
  }
}

/** Whether a variable differs. */
function differs(before: Frame, after: Frame): boolean {
  if (before.members === after.members) return false;
  if (before.members.length !== after.members.length) return true;
  return after.members.some((is, i) => {
    const was = before.members[i] as MemberFrame;
    return (
      was !== is && (logDiffers(was.log, is.log) || OF_MEMBERS.some(({ of }) => of(was) !== of(is)))
    );
  });
}

/** A member that starts again has another view of the same log. */
function logDiffers(was: MemberFrame["log"], is: MemberFrame["log"]): boolean {
  if (was === is) return false;
  if (was.lastIndex !== is.lastIndex || was.length !== is.length) return true;
  for (let index = is.lastIndex; index >= is.firstIndex; index--) {
    const old = was.at(index);
    const entry = is.at(index);
    if (old?.term !== entry?.term || old?.text !== entry?.text) return true;
  }
  return false;
}
