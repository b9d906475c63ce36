import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Library, readLesson } from "../../src/learn/read/read-lesson.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export const LIBRARY: Library = {
  names: readdirSync(resolve(ROOT, "scenarios"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length)),
  read: (name) => readFileSync(resolve(ROOT, "scenarios", `${name}.yaml`), "utf8"),
};

export const LESSON_FILES = readdirSync(resolve(ROOT, "lessons"))
  .filter((file) => file.endsWith(".yaml"))
  .sort();

export function lessonText(file: string): string {
  return readFileSync(resolve(ROOT, "lessons", file), "utf8");
}

export function lessonOf(file: string) {
  return readLesson(lessonText(file), `lessons/${file}`, LIBRARY);
}
