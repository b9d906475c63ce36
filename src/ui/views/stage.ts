import { plural } from "../../trace/names.ts";
import { fitted, type Row } from "../style.ts";
import type { View } from "./view.ts";

/** Whom and which entries the rules that were broken at this moment are about. */
export interface Stage {
  readonly members: ReadonlySet<number>;
  readonly entries: ReadonlySet<number>;
}

export function stageOf({ recording, state }: View): Stage {
  const members = new Set<number>();
  const entries = new Set<number>();
  for (const { text } of recording.onStage(state.position)) {
    for (const [, id] of text.matchAll(/\b(?:member |m)(\d+)\b/g)) members.add(Number(id));
    for (const [, index] of text.matchAll(/\bentry (\d+)\b/g)) entries.add(Number(index));
  }
  return { members, entries };
}

/** A rule that is broken here, across the screen; null if none is. */
export function bannerRow(view: View): Row | null {
  const rules = view.recording.onStage(view.state.position);
  const first = rules[0];
  if (first === undefined) return null;
  const others = rules.length - 1;
  const more = others === 0 ? "" : ` (and ${others} more ${plural(others, "violation")})`;
  const text = ` ‼ violated ${first.invariant}${more}: ${first.text} `;
  return fitted([{ text, color: "red", inverse: true, bold: true }], view.columns);
}

/** The note that is in force, with its number among the chapters; null if there is none. */
export function captionRow(view: View): Row | null {
  const { recording, state, columns } = view;
  const chapter = recording.chapterAt(state.position);
  if (chapter === null) return null;
  const number = `${chapter.number}/${recording.chapters.length}`;
  return fitted(
    [
      { text: ` ▾ ${number} `, color: "cyan", bold: true },
      { text: chapter.line.text, bold: true },
    ],
    columns,
  );
}
