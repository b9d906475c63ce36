import { render } from "ink";
import { createElement } from "react";
import type { Progress } from "../../learn/progress.ts";
import type { Language } from "../../learn/words.ts";
import { ScreenStream, type TerminalOutput } from "../screen-stream.ts";
import { LearnApp } from "./app.tsx";
import { Classroom, type LessonEntry } from "./classroom.ts";
import { listState, opened } from "./state.ts";

export interface LearnOptions {
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
  /** The terminal; `process.stdout` and `process.stdin` if absent. */
  readonly stdout?: TerminalOutput;
  readonly stdin?: NodeJS.ReadStream;
  /** Colours; absent: unless NO_COLOR is set. */
  readonly colour?: boolean;
}

/** Teaches on the terminal until the user quits, and gives the terminal back. Import this lazily. */
export async function startLearning(options: LearnOptions): Promise<void> {
  const { lessons, language, single, progress } = options;
  const { NO_COLOR } = process.env;
  const colour = options.colour ?? (NO_COLOR === undefined || NO_COLOR === "");
  const room = new Classroom(lessons, language, single);
  const undone = lessons.findIndex(({ name }) => progress.lessons[name]?.done !== true);
  const list = listState(progress, Math.max(0, undone));
  const screen = new ScreenStream(options.stdout ?? process.stdout);
  const leave = () => screen.leave();
  const app = createElement(LearnApp, {
    room,
    start: options.open === null ? list : opened(list, options.open, room),
    notice: options.notice,
    onProgress: options.onProgress,
    colour,
    size: screen.size,
    onResize: screen.onResize,
    onLeave: leave,
  });
  process.once("exit", leave);
  screen.enter();
  try {
    const ink = render(app, {
      stdout: screen as unknown as NodeJS.WriteStream,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      debug: true, // whole pictures: see ScreenStream
      patchConsole: false,
    });
    await ink.waitUntilExit();
  } finally {
    process.off("exit", leave);
    leave();
  }
}
