import { createElement } from "react";
import type { Progress } from "../../learn/progress.ts";
import type { Language } from "../../learn/words.ts";
import { type DrawOptions, drawOn } from "../draw-on.ts";
import { LearnApp } from "./app.tsx";
import { Classroom, type LessonEntry } from "./classroom.ts";
import { listState, opened } from "./state.ts";

export interface LearnOptions extends DrawOptions {
  readonly lessons: readonly LessonEntry[];
  readonly language: Language;
  /** The lesson to open, from 0 on; null: the list, at the first that is not done. */
  readonly open: number | null;
  /** There is only this lesson, and no list. */
  readonly single: boolean;
  readonly progress: Progress;
  readonly onProgress: (progress: Progress) => void;
  /** Something to be told on the list of lessons. */
  readonly notice: string;
}

/** Teaches on the terminal until the user quits, and gives the terminal back. Import this lazily. */
export async function startLearning(options: LearnOptions): Promise<void> {
  const { lessons, language, single, progress } = options;
  const room = new Classroom(lessons, language, single);
  const undone = lessons.findIndex(({ name }) => progress.lessons[name]?.done !== true);
  const list = listState(progress, Math.max(0, undone));
  await drawOn(options, (terminal) =>
    createElement(LearnApp, {
      room,
      start: options.open === null ? list : opened(list, options.open, room),
      notice: options.notice,
      onProgress: options.onProgress,
      ...terminal,
    }),
  );
}
