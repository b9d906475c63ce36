/** How far somebody got in one lesson. */
export interface LessonProgress {
  /** The page to go on with, from 0 on. */
  readonly page: number;
  /** Its last page was reached once. */
  readonly done: boolean;
  /** Whether the answer was right, by the number of the question's page: the first answer counts. */
  readonly answers: Readonly<Record<string, boolean>>;
}

/** What somebody has learnt so far, by the names of lessons. A value: what changes it returns another one. */
export interface Progress {
  readonly version: 1;
  readonly lessons: Readonly<Record<string, LessonProgress>>;
}

export const NO_PROGRESS: Progress = { version: 1, lessons: {} };
const BEGUN: LessonProgress = { page: 0, done: false, answers: {} };

export function progressOf(progress: Progress, lesson: string): LessonProgress {
  return Object.hasOwn(progress.lessons, lesson) ? (progress.lessons[lesson] ?? BEGUN) : BEGUN;
}

/** A page was reached. */
export function reached(progress: Progress, lesson: string, page: number, last: boolean): Progress {
  const before = progressOf(progress, lesson);
  return changed(progress, lesson, { ...before, page, done: before.done || last });
}

export function answered(
  progress: Progress,
  lesson: string,
  page: number,
  right: boolean,
): Progress {
  const before = progressOf(progress, lesson);
  if (before.answers[page] !== undefined) return progress;
  return changed(progress, lesson, { ...before, answers: { ...before.answers, [page]: right } });
}

/** Right answers, and answers. */
export function scoreOf({ answers }: LessonProgress): { right: number; asked: number } {
  const given = Object.values(answers);
  return { right: given.filter((right) => right).length, asked: given.length };
}

function changed(progress: Progress, lesson: string, to: LessonProgress): Progress {
  return { ...progress, lessons: { ...progress.lessons, [lesson]: to } };
}

/** As it is kept. */
export function progressText(progress: Progress): string {
  return `${JSON.stringify(progress, null, 2)}\n`;
}

/** Reads what was kept; null if it is nothing of the kind. */
export function parseProgress(text: string): Progress | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value["version"] !== 1) return null;
  const lessons = value["lessons"];
  if (!isRecord(lessons) || !Object.values(lessons).every(isLesson)) return null;
  return { version: 1, lessons: lessons as Progress["lessons"] };
}

function isLesson(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { page, done, answers } = value;
  return (
    typeof page === "number" &&
    Number.isSafeInteger(page) &&
    page >= 0 &&
    typeof done === "boolean" &&
    isRecord(answers) &&
    Object.values(answers).every((right) => typeof right === "boolean")
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
