import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lesson } from "../../learn/lesson.ts";
import { type Library, readLesson } from "../../learn/read/read-lesson.ts";
import type { Words } from "../../learn/words.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { nearest } from "../../scenario/read/suggest.ts";
import { YamlFile } from "../../scenario/read/yaml-file.ts";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";

/** The lessons and scenarios of the package: three folders up from here, in src/ as in dist/. */
const LESSONS = fileURLToPath(new URL("../../../lessons", import.meta.url));
const SCENARIOS = fileURLToPath(new URL("../../../scenarios", import.meta.url));

const EXTENSION = ".yaml";

/** The scenarios that a lesson can name. */
export const LIBRARY: Library = {
  get names() {
    return yamlFiles(SCENARIOS).map((file) => file.slice(0, -EXTENSION.length));
  },
  read: (name) => readFileSync(join(SCENARIOS, name + EXTENSION), "utf8"),
};

/** What the list of lessons says of one; the rest of its file is read when it is opened. */
export interface LessonFile {
  readonly name: string;
  readonly title: Words;
  readonly read: () => Lesson;
}

/** All lessons of the package, in their order. */
export function lessonFiles(): LessonFile[] {
  return yamlFiles(LESSONS).map((file) => {
    const label = `lessons/${file}`;
    const text = readFileSync(join(LESSONS, file), "utf8");
    const { name, title } = new YamlFile(text, label).value as Pick<Lesson, "name" | "title">;
    return { name, title, read: () => readLesson(text, label, LIBRARY) };
  });
}

/** Somebody's own lesson. */
export function readTeacher(file: string, io: Io): Lesson {
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, file), "utf8");
  } catch (error) {
    throw InputError.plain(`${file}: ${reason(error)}`);
  }
  return readLesson(text, file, LIBRARY);
}

/** The place of a lesson that is asked for by its number, from 1 on, or its name. */
export function findLesson(what: string, lessons: readonly LessonFile[]): number {
  const names = lessons.map(({ name }) => name);
  const place = /^[0-9]+$/.test(what) ? Number(what) - 1 : names.indexOf(what);
  if (lessons[place] !== undefined) return place;
  const near = nearest(what, names);
  const hint = near === null ? "" : `, did you mean "${near}"?`;
  throw InputError.plain(
    `there is no lesson "${what}"${hint === "" ? `: there are 1 to ${lessons.length} (\`detcd learn --list\`)` : hint}`,
  );
}

/** Sorted by name, which begins with the number. */
function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(EXTENSION))
    .sort();
}
