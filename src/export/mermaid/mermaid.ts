import type { TraceEvent } from "../../trace/events.ts";
import { clientName, memberName, plural } from "../../trace/names.ts";
import { type StoryLine, tellStory } from "../../trace/story/story.ts";
import { type Call, callsOf } from "../calls.ts";
import { isHeartbeat, isSent, messageText } from "../messages.ts";
import type { Run, Write } from "../options.ts";
import { Diagram, type Parties } from "./diagram-lines.ts";

/** So many arrows can still be read. */
const LIMIT = 120;

/**
 * A sequence diagram for Mermaid. Messages stand where they arrive or are lost, so that what they
 * bring about comes after them; the story stands in notes.
 */
export const writeMermaid: Write = function* (run, options, note) {
  const { header, events } = run;
  const { from = 0, heartbeats = false, limit = LIMIT } = options;
  const told = new Map<number, StoryLine>();
  for (const line of tellStory(header, events)) {
    if (line.detail === "story") told.set(line.seq, line);
  }
  const calls = callsOf(events);
  const title = header.title === "" ? header.name : header.title;
  const diagram = new Diagram(title, partiesOf(run, calls), limit);
  let hidden = 0;
  for (const event of events) {
    if (event.at < from) continue;
    const line = told.get(event.seq);
    if (event.kind === "deliver" || event.kind === "drop") {
      if (!isSent(event.message)) continue;
      if (heartbeats || !isHeartbeat(event.message)) drawMessage(diagram, event);
      else hidden++;
    } else if (event.kind === "request") {
      const client = clientName(event.client);
      diagram.arrow(event.at, client, "->>", memberName(event.member), event.text);
    } else if (line === undefined) continue;
    else if (event.kind === "complete") drawEnd(diagram, line, calls.get(event.op));
    else if (!line.routine) drawLine(diagram, line);
  }
  if (hidden > 0) {
    diagram.preface(`${hidden} ${plural(hidden, "heartbeat")} and answers to them left out`);
  }
  for (const line of diagram.lines()) yield `${line}\n`;
  const leftOut = diagram.leftOut();
  if (leftOut !== null) {
    note(`${leftOut}: choose a part with --from and --until, or a larger --limit`);
  }
};

/** Everybody who speaks, members that were added later, too. */
function partiesOf({ header, events }: Run, calls: ReadonlyMap<number, Call>): Parties {
  const booted = events.filter(({ kind }) => kind === "boot").map(({ member }) => member);
  const clients = [...calls.values()].map(({ client }) => client);
  return {
    actors: ascending(clients).map(clientName),
    participants: ascending([...header.members, ...booted]).map(memberName),
  };
}

function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

const LOSSES = {
  loss: "lost",
  partition: "cut off",
  down: "nobody there",
  misdelivered: "delivered to another",
} as const;

function drawMessage(
  diagram: Diagram,
  event: Extract<TraceEvent, { readonly kind: "deliver" | "drop" }>,
): void {
  const { message, at } = event;
  const line = message.type.endsWith("Resp") ? "--" : "-";
  const [head, lost] = event.kind === "drop" ? ["x", ` (${LOSSES[event.reason]})`] : [">>", ""];
  const text = `${messageText(message)}${lost}`;
  diagram.arrow(at, memberName(message.from), `${line}${head}`, memberName(message.to), text);
}

/** A call ends: by an answer, or its client gives it up, of which nobody sent word. */
function drawEnd(diagram: Diagram, line: StoryLine, call: Call | undefined): void {
  if (call === undefined || call.to === 0 || call.outcome === "ambiguous") {
    drawLine(diagram, line);
    return;
  }
  const tip = call.outcome === "ok" ? "-->>" : "--x";
  diagram.arrow(line.at, memberName(call.to), tip, line.actor, line.text);
}

function drawLine(diagram: Diagram, { at, actor, text, because }: StoryLine): void {
  diagram.note(at, actor, `${text}${because === "" ? "" : `: ${because}`}`);
}
