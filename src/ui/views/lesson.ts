import { dim, plain, type Row, rule, wrap } from "../style.ts";
import { filled, scrolled, type View } from "./view.ts";

/** The first page: what happens here, and what to look for. Any key goes on. */
export function lessonRows(view: View, rows: number): Row[] {
  const { header } = view.recording;
  const width = Math.min(view.columns - 4, 100);
  const text: Row[] = [[]];
  // Line by line, as it was written: it holds lists.
  for (const line of header.teaches.trim().split("\n")) {
    const indent = /^\s*(?:-\s)?/.exec(line)?.[0].length ?? 0;
    wrap(line.trimEnd(), width).forEach((piece, i) => {
      text.push([plain(`  ${i === 0 ? piece : " ".repeat(indent) + piece}`)]);
    });
  }
  return filled(
    [
      rule([{ text: "what to look for", bold: true }], view.columns),
      ...scrolled(text, view.state.scroll, rows - 3),
      [],
      [dim("  any key: begin   ↑ ↓: scroll")],
    ],
    rows,
  );
}
