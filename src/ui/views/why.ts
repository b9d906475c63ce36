import { timeText } from "../../trace/names.ts";
import { sentence } from "../../trace/story/story.ts";
import type { WhyLink } from "../../trace/story/why-chain.ts";
import type { Question } from "../../trace/story/why-question.ts";
import { dim, plain, type Row, rule, type Segment, wrap } from "../style.ts";
import { shortened, TIME } from "./story.ts";
import { lineAtCursor } from "./story-cursor.ts";
import { filled, scrolled, type View } from "./view.ts";

/** Why it is so, nearest first, behind a rule; `count` rows of it. */
export function whyRows(view: View, question: Question | null, count: number): Row[] {
  const { recording, columns, state } = view;
  const every = state.detail === "all";
  const reasons = question === null ? null : recording.reasonsOf(question, state.position, every);
  const about = reasons === null || reasons.about === "" ? "" : `: ${reasons.about}`;
  const keys = state.view === "story" ? "↑ ↓: scroll" : "PgUp PgDn: scroll";
  const title = rule([plain(`why${about}`), dim(` (w: back, ${keys})`)], columns);
  if (reasons === null) return [title, ...filled([[dim("   nothing happened yet")]], count)];
  // What is asked about is told in the line's own words: of one event there may be several lines.
  const line = lineAtCursor(view);
  const own = question?.about === "event" && line?.seq === question.seq ? line : undefined;
  const rows: Row[] = [];
  reasons.links.forEach((link, depth) => {
    const told = depth === 0 && own !== undefined ? { ...link, sentence: sentence(own) } : link;
    const isNew = link.rule !== reasons.links[depth - 1]?.rule;
    rows.push(...linkRows(told, depth === 0, isNew, columns - TIME));
  });
  return [title, ...scrolled(rows, state.scroll, count)];
}

/** A link with its rule behind it where that is new: the first one whole, the others in two rows. */
function linkRows(link: WhyLink, first: boolean, isNew: boolean, columns: number): Row[] {
  const width = columns - (first ? 1 : 3);
  const pieces = wrap(link.sentence, width);
  const most = first ? pieces.length + 1 : 2;
  const texts = shortened(pieces, most);
  const rows: Segment[][] = texts.map((text) => [first ? { text, bold: true } : plain(text)]);
  if (link.rule !== null && isNew) {
    const { place, rule: words } = link.rule;
    const left = width - (texts.at(-1)?.length ?? 0) - 2;
    const whole = `${place}: ${words}`;
    if (whole.length <= left) rows.at(-1)?.push(dim(`  ${whole}`));
    else if (rows.length < most) rows.push([dim(whole)]);
    else if (place.length <= left) rows.at(-1)?.push(dim(`  ${place}`));
  }
  const time = timeText(link.at).padStart(TIME - 2);
  return rows.map((row, i) => {
    const arrow = first ? "" : i === 0 ? "└ " : "  ";
    return [dim(`${i === 0 ? time : " ".repeat(TIME - 2)}  ${arrow}`), ...row];
  });
}
