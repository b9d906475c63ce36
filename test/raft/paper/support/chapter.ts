import { describe, it } from "vitest";
import type { RaftMistakes } from "../../../../src/museum/raft.ts";
import { mistakesOf, NO_MISTAKES } from "../../../../src/museum/switches.ts";

/** A sentence that can be tested, and what must hold if it is true of us. */
export interface Sentence {
  readonly chapter: string;
  readonly text: string;
  readonly check: () => void;
}

/** Says a sentence of the paper; `check` throws if it is not true. */
export type Say = (text: string, check: () => void) => void;

/** The sentences of each section that was loaded so far in this process, by its title. */
const written = new Map<string, readonly Sentence[]>();
let reading = false;
let mistakes: RaftMistakes = NO_MISTAKES;

/** A section of the paper: a test for each of its sentences, but not while {@link openBook} reads. */
export function chapter(title: string, body: (say: Say) => void): void {
  const sentences: Sentence[] = [];
  body((text, check) => sentences.push({ chapter: title, text, check }));
  written.set(title, sentences);
  if (reading) return;
  describe(title, () => {
    for (const { text, check } of sentences) it(text, check);
  });
}

/**
 * All sentences of the chapters that `load` imports, without making tests of them: also of those that
 * were made into tests in this process before, which importing does not load again.
 */
export async function openBook(load: () => Promise<unknown>): Promise<readonly Sentence[]> {
  reading = true;
  try {
    await load();
  } finally {
    reading = false;
  }
  return [...written.values()].flat();
}

/** Runs a check with mistakes of the museum in every server that it makes. */
export function withMistakes(ids: readonly string[], check: () => void): void {
  const before = mistakes;
  mistakes = mistakesOf(ids);
  try {
    check();
  } finally {
    mistakes = before;
  }
}

/** The mistakes that servers are to make now. */
export function plantedMistakes(): RaftMistakes {
  return mistakes;
}
