import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { NO_PROGRESS, type Progress, parseProgress, progressText } from "../../learn/progress.ts";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";

/** What was learnt before, and where it is kept. */
export interface KeptProgress {
  readonly progress: Progress;
  /** What has to be said about it; "": nothing. */
  readonly notice: string;
  /** Keeps it; what has to be said if it can't be kept, once, and "" else. */
  readonly keep: (progress: Progress) => string;
}

/** `$XDG_STATE_HOME/detcd/learn.json`; null: there is no home. A relative XDG_STATE_HOME means nothing. */
function fileOf({ env }: Io): string | null {
  const { XDG_STATE_HOME: state = "", HOME: home = "" } = env;
  if (isAbsolute(state)) return join(state, "detcd", "learn.json");
  return home === "" ? null : join(home, ".local", "state", "detcd", "learn.json");
}

/** Reads what was kept. Nothing about it is an error: whoever learns goes on without. */
export function readProgress(io: Io): KeptProgress {
  const file = fileOf(io);
  if (file === null) {
    const notice = "there is no home folder: what you learn is not remembered";
    return { progress: NO_PROGRESS, notice, keep: () => "" };
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    // The first time.
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const notice = missing ? "" : `${file} can't be read: ${reason(error)}`;
    return { progress: NO_PROGRESS, notice, keep: keeper(file, NO_PROGRESS) };
  }
  const progress = parseProgress(text);
  if (progress !== null) return { progress, notice: "", keep: keeper(file, progress) };
  const notice = `${file} is damaged and you begin anew; ${setAside(file)}`;
  return { progress: NO_PROGRESS, notice, keep: keeper(file, NO_PROGRESS) };
}

/** Moves what can't be read out of the way, over nothing that is there. */
function setAside(file: string): string {
  for (let number = 1; ; number++) {
    const aside = `${file}.damaged${number === 1 ? "" : `-${number}`}`;
    if (existsSync(aside)) continue;
    try {
      renameSync(file, aside);
      return `it is kept as ${aside}`;
    } catch (error) {
      return `it can't be kept as ${aside}: ${reason(error)}`;
    }
  }
}

function keeper(file: string, first: Progress): (progress: Progress) => string {
  let kept = progressText(first);
  let told = false;
  return (progress) => {
    const text = progressText(progress);
    if (text === kept) return "";
    kept = text;
    try {
      mkdirSync(dirname(file), { recursive: true });
      // Never half a file, whoever is killed.
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
      return "";
    } catch (error) {
      if (told) return "";
      told = true;
      return `${file}: what you learn can't be remembered: ${reason(error, "folder")}`;
    }
  };
}
