import { describe, it } from "vitest";

/** A sentence that can be tested, and what must hold if it is true of us. */
export interface Sentence {
  readonly chapter: string;
  readonly text: string;
  readonly check: () => void;
}

/** Says a sentence of the paper; `check` throws if it is not true. */
export type Say = (text: string, check: () => void) => void;

let shelf: Sentence[] | null = null;
let mistakes: ReadonlySet<string> = new Set();

/**
 * A section of the paper: a test for each of its sentences. While {@link openBook} reads, the
 * sentences are collected instead.
 */
export function chapter(title: string, body: (say: Say) => void): void {
  const collecting = shelf;
  if (collecting !== null) {
    body((text, check) => collecting.push({ chapter: title, text, check }));
    return;
  }
  describe(title, () => body((text, check) => it(text, check)));
}

/** All sentences of the chapters that `load` imports, without making tests of them. */
export async function openBook(load: () => Promise<unknown>): Promise<readonly Sentence[]> {
  const sentences: Sentence[] = [];
  shelf = sentences;
  try {
    await load();
  } finally {
    shelf = null;
  }
  return sentences;
}

/** Runs a check with mistakes of the museum in every server that it makes. */
export function withMistakes(bugs: readonly string[], check: () => void): void {
  const before = mistakes;
  mistakes = new Set(bugs);
  try {
    check();
  } finally {
    mistakes = before;
  }
}

/** The mistakes that servers are to make now. */
export function plantedMistakes(): ReadonlySet<string> {
  return mistakes;
}
