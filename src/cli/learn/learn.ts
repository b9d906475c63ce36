import { prepareLesson, tryBreaks } from "../../learn/prepare.ts";
import { progressOf, scoreOf } from "../../learn/progress.ts";
import { lessonJsonSchema } from "../../learn/read/schema.ts";
import { columnsOf } from "../../learn/text/columns.ts";
import { plainLesson } from "../../learn/text/plain.ts";
import { inLanguage, type Language } from "../../learn/words.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import type { Io } from "../io.ts";
import type { LearnOptions } from "./learn-options.ts";
import { findLesson, type LessonFile, lessonFiles, readTeacher } from "./lesson-files.ts";
import { type KeptProgress, readProgress } from "./progress-file.ts";

/** Teaches, on a terminal or as text. Throws InputError where what was asked for makes no sense. */
export async function learn(
  what: string | undefined,
  options: LearnOptions,
  io: Io,
): Promise<void> {
  const { teacher, list = false, schema = false } = options;
  if (schema) {
    io.out(lessonJsonSchema());
    return;
  }
  const said = options.lang ?? languageOf(io.env);
  if (teacher !== undefined) {
    if (what !== undefined || list) {
      throw InputError.plain(
        `--teacher is a lesson by itself: leave out ${what === undefined ? "--list" : `"${what}"`}`,
      );
    }
    const lesson = readTeacher(teacher, io);
    const prepared = prepareLesson(lesson);
    tryBreaks(prepared);
    if (isText(options, io)) write(plainLesson(prepared, null, said), io);
    else await show([{ ...lesson, read: () => lesson }], 0, true, said, io);
    return;
  }
  const lessons = lessonFiles();
  const open = what === undefined ? null : findLesson(what, lessons);
  if (list) listLessons(lessons, said, readProgress(io), io);
  else if (!isText(options, io)) await show(lessons, open, false, said, io);
  else {
    for (const [i, lesson] of lessons.entries()) {
      if (open !== null && i !== open) continue;
      write([...plainLesson(prepareLesson(lesson.read()), i + 1, said), ""], io);
    }
  }
}

function isText({ plain = false }: LearnOptions, { interactive, env }: Io): boolean {
  return plain || !interactive || env["TERM"] === "dumb";
}

/** Only people are told in their language: the locale is looked at nowhere else. */
function languageOf({ LC_ALL, LC_MESSAGES, LANG }: Io["env"]): Language {
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((name) => name !== undefined && name !== "");
  return locale?.startsWith("zh") === true ? "zh" : "en";
}

function write(lines: readonly string[], io: Io): void {
  io.out(`${lines.join("\n")}\n`);
}

function listLessons(
  lessons: readonly LessonFile[],
  said: Language,
  { progress, notice }: KeptProgress,
  io: Io,
): void {
  const titles = lessons.map(({ title }) => inLanguage(title, said));
  const width = Math.max(...titles.map(columnsOf));
  for (const [i, { name }] of lessons.entries()) {
    const title = titles[i] ?? "";
    const known = progressOf(progress, name);
    const { right, asked } = scoreOf(known);
    const score = asked === 0 ? "" : ` ${right}/${asked}`;
    const padded = title + " ".repeat(width - columnsOf(title));
    io.out(`${known.done ? "✓" : " "} ${String(i + 1).padStart(2)}  ${padded}  ${name}${score}\n`);
  }
  if (notice !== "") io.error(`${notice}\n`);
}

/** The drawing code is only loaded here. */
async function show(
  lessons: readonly LessonFile[],
  open: number | null,
  single: boolean,
  said: Language,
  io: Io,
): Promise<void> {
  const { startLearning } = await import("../../ui/learn/start.ts");
  const { progress, notice, keep } = readProgress(io);
  let trouble = notice;
  await startLearning({
    lessons: lessons.map((lesson) => ({
      name: lesson.name,
      title: lesson.title,
      prepare: () => prepareLesson(lesson.read()),
    })),
    language: said,
    open,
    single,
    progress,
    notice,
    // A teacher's lesson may have the name of one of ours.
    onProgress: (now) => {
      if (!single) trouble = keep(now) || trouble;
    },
  });
  if (trouble !== "") io.error(`detcd: ${trouble}\n`);
}
