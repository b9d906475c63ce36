import type { Instant } from "../base/time.ts";
import type { TraceEvent } from "../trace/events.ts";
import { clientName, memberName, plural, timeText } from "../trace/names.ts";
import { type StoryLine, tellStory } from "../trace/story/story.ts";
import { callsOf } from "./calls.ts";
import { isHeartbeat, isSent, messageText } from "./messages.ts";
import type { Write } from "./options.ts";

/** So many arrows can still be read. */
const LIMIT = 120;
/** Mermaid draws no more than 50,000 characters (its `maxTextSize`); a few are kept for the end. */
const MOST_TEXT = 49_000;
/** Sentences are broken into lines of about so many columns. */
const WRAP = 44;

/**
 * A sequence diagram for Mermaid. Messages stand where they arrive or are lost, so that what they
 * bring about comes after them; the story stands in notes.
 */
export const writeMermaid: Write = function* ({ header, events }, options, note) {
  const { from = 0, heartbeats = false, limit = LIMIT } = options;
  const told = new Map<number, StoryLine>();
  for (const line of tellStory(header, events)) {
    if (line.detail === "story") told.set(line.seq, line);
  }
  const calls = callsOf(events);
  const clients = [...new Set([...calls.values()].map(({ client }) => client))].sort(
    (a, b) => a - b,
  );
  const members = [...new Set([...header.members, ...joined(events)])].sort((a, b) => a - b);
  const all = [...clients.map(clientName), ...members.map(memberName)];
  const span = all.length === 1 ? `${all[0]}` : `${all[0]},${all.at(-1)}`;

  let size = 0;
  let arrows = 0;
  let hidden = 0;
  let leftOut = 0;
  let end: Instant | null = null;
  const lines: string[] = [];
  const add = (line: string, at: Instant, isArrow: boolean): void => {
    if (end === null && (size + line.length > MOST_TEXT || (isArrow && arrows === limit))) end = at;
    if (end !== null) {
      if (isArrow) leftOut++;
      return;
    }
    if (isArrow) arrows++;
    size += line.length + 1;
    lines.push(line);
  };
  const arrow = (event: TraceEvent, tip: string, [left, right]: readonly string[], text: string) =>
    add(`  ${left}${tip}${right}: ${escapedText(`${timeText(event.at)} ${text}`)}`, event.at, true);

  for (const event of events) {
    if (event.at < from) continue;
    const line = told.get(event.seq);
    switch (event.kind) {
      case "deliver":
      case "drop": {
        const { message } = event;
        if (!isSent(message)) break;
        if (isHeartbeat(message) && !heartbeats) {
          hidden++;
          break;
        }
        const ends = [memberName(message.from), memberName(message.to)];
        const dashed = message.type.endsWith("Resp") ? "-" : "";
        const tip = `-${dashed}${event.kind === "drop" ? "x" : ">>"}`;
        const lost = event.kind === "drop" ? ` (${LOSSES[event.reason]})` : "";
        arrow(event, tip, ends, messageText(message) + lost);
        break;
      }
      case "request":
        arrow(event, "->>", [clientName(event.client), memberName(event.member)], event.text);
        break;
      case "complete": {
        const to = calls.get(event.op)?.to ?? 0;
        if (line === undefined) break;
        // Of a call that was given up nobody sent word.
        if (to === 0 || event.outcome === "ambiguous")
          add(noteOver(clientName(event.client), line), event.at, false);
        else {
          const tip = event.outcome === "ok" ? "-->>" : "--x";
          arrow(event, tip, [memberName(to), clientName(event.client)], line.text);
        }
        break;
      }
      default:
        if (line === undefined || line.routine) break;
        add(noteOver(all.includes(line.actor) ? line.actor : span, line), event.at, false);
    }
  }

  yield "sequenceDiagram\n";
  yield `  title ${titleText(header.title === "" ? header.name : header.title)}\n`;
  for (const name of clients.map(clientName)) yield `  actor ${name}\n`;
  for (const name of members.map(memberName)) yield `  participant ${name}\n`;
  const notes = [
    ...(hidden > 0 ? [`${hidden} heartbeats and answers to them left out`] : []),
    ...(leftOut > 0 && end !== null
      ? [`${leftOut} more ${plural(leftOut, "arrow")} from ${timeText(end)} on left out`]
      : []),
  ];
  if (hidden > 0) yield `  Note over ${span}: ${notes[0]}\n`;
  for (const line of lines) yield `${line}\n`;
  if (leftOut > 0) {
    yield `  Note over ${span}: … ${notes.at(-1)}\n`;
    note(`${notes.at(-1)}: choose a part with --from and --until, or a larger --limit`);
  }
};

const LOSSES = {
  loss: "lost",
  partition: "cut off",
  down: "nobody there",
  misdelivered: "delivered to another",
} as const;

/** Members that were added later. */
function joined(events: readonly TraceEvent[]): number[] {
  return events.filter(({ kind }) => kind === "boot").map(({ member }) => member);
}

function noteOver(who: string, line: StoryLine): string {
  const because = line.because === "" ? "" : `: ${line.because}`;
  const subject = line.actor === who ? "" : `${line.actor === "!!" ? "" : `${line.actor} `}`;
  const text = `${timeText(line.at)} ${subject}${line.text}${because}`;
  return `  Note over ${who}: ${broken(escapedText(text))}`;
}

/**
 * Mermaid takes `;` and line ends for the end of a statement and `#` for the beginning of a
 * character's code, looks for comments that begin with `%%`, and breaks lines at `<br>`.
 */
function escapedText(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[#;<>]|%(?=%)/g, (char) => `#${char.charCodeAt(0)};`);
}

/** In a title Mermaid knows no codes. */
function titleText(text: string): string {
  return text.replace(/;/g, ",").replace(/[\p{Cc}#<>% ]+/gu, " ");
}

/** Broken between words. */
function broken(text: string): string {
  const out: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WRAP) {
      out.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...out, line].join("<br>");
}
