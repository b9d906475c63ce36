import { leaderOf } from "../../trace/frames/frame.ts";
import { memberName, timeText } from "../../trace/names.ts";
import type { Recording } from "../recording.ts";
import { beside, dim, plain, type Row, rule, type Segment, sized } from "../style.ts";
import { memberRows } from "./members.ts";
import { storyRows } from "./story.ts";
import { filled, type View } from "./view.ts";

/** A branch by the name that a person knows it by. */
export interface Named {
  readonly recording: Recording;
  readonly name: string;
}

/** From here on there is room for two of them side by side. */
const WIDE = 150;

/** Two branches at the same virtual time, the one that is looked at first; `count` rows. */
export function branchRows(view: View, name: string, other: Named, count: number): Row[] {
  const { now } = view.state;
  const position = other.recording.frames.positionAt(Math.floor(now));
  const state = { ...view.state, position, cursor: 0, why: false };
  const frame = other.recording.frames.seek(position);
  const second = { ...view, recording: other.recording, frame, state };
  const differs = rule([{ text: differences(view, second), bold: true }], view.columns);
  if (view.columns >= WIDE) {
    const width = Math.floor((view.columns - 1) / 2);
    const blocks = [
      [view, name],
      [second, other.name],
    ] as const;
    const drawn = blocks.map(
      ([one, title]) => [half({ ...one, columns: width }, title, count - 1), width + 1] as const,
    );
    return filled([differs, ...beside(...drawn)], count);
  }
  const first = Math.ceil((count - 1) / 2);
  const rows = [
    ...half(view, name, first),
    differs,
    ...half(second, other.name, count - 1 - first),
  ];
  return filled(rows, count);
}

function half(view: View, name: string, count: number): Row[] {
  const title: Row = [
    { text: ` ${name}`, inverse: true, bold: true },
    dim(`  ${timeText(view.frame.now)}`),
  ];
  const members = memberRows(view, 1);
  const room = count - 1 - members.length;
  const story = room < 2 ? [] : storyRows(view, room - 1, []);
  return filled([title, ...members, ...story], count);
}

/** What is not the same in both, in a few words. */
function differences(one: View, two: View): string {
  const [a, b] = [one.frame, two.frame];
  const leader = (view: View): string => memberName(leaderOf(view.frame)?.id ?? 0) || "nobody";
  const term = (view: View): number =>
    Math.max(0, ...view.frame.members.map((member) => member.term));
  const found: string[] = [];
  const compare = (what: string, first: string | number, second: string | number): void => {
    if (first !== second) found.push(`${what} ${first} / ${second}`);
  };
  compare("leader", leader(one), leader(two));
  compare("term", term(one), term(two));
  compare("committed", a.committed, b.committed);
  compare("answered", a.outcomes.ok, b.outcomes.ok);
  compare("in doubt", a.outcomes.ambiguous, b.outcomes.ambiguous);
  return found.length === 0 ? "the same so far" : `differs: ${found.join(", ")}`;
}

/** Where a branch stands among the others, and its keys, in at most so many columns. */
export function branchMark(
  current: number,
  count: number,
  title: string,
  columns: number,
): Segment[] {
  if (count === 1) return [plain(" "), { text: "x", bold: true }, dim(" break it ")];
  const place = `branch ${current + 1}/${count}`;
  const keys = "  b B next, compare  u undo  s save";
  const room = Math.max(0, columns - place.length - keys.length - 2);
  return [plain(" "), { text: place, bold: true }, dim(` ${sized(title, room).trimEnd()}${keys}`)];
}
