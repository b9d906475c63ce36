import { type Frame, isClogged, isCut } from "../../trace/frames/frame.ts";
import { dim, type Row, type Segment } from "../style.ts";

/** Who hears whom, as a small table; nothing while all links work. A row is a listener. */
export function whoHearsRows(frame: Frame): Row[] {
  const { cut, clogged, members } = frame;
  if (cut.length === 0 && clogged.length === 0) return [];
  const rows: Row[] = [
    [dim(" who hears")],
    [dim(`  whom ${members.map(({ id }) => `m${id}`.padEnd(3)).join("")}`)],
  ];
  for (const to of members) {
    const marks = members.map(({ id: from }): Segment => {
      if (from === to.id) return dim("·  ");
      if (isCut(frame, from, to.id)) return { text: "✗  ", color: "red", bold: true };
      if (isClogged(frame, from, to.id)) return { text: "▓  ", color: "yellow" };
      return { text: "✓  ", color: "green" };
    });
    rows.push([{ text: `   m${String(to.id).padEnd(3)}`, dim: to.status !== "up" }, ...marks]);
  }
  return rows;
}
