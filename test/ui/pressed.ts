import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dataOf } from "../../src/scenario/read/data-of.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { scenario } from "../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { Session } from "../../src/session/session.ts";
import type { KeyPress } from "../../src/ui/keys.ts";
import { startState } from "../../src/ui/player.ts";
import {
  type Outside,
  recordingOf,
  type Workbench,
  work,
  workbench,
} from "../../src/ui/workbench.ts";
import { type TypingKey, worksOf } from "../../src/ui/workbench-keys.ts";

const SCENARIOS = join(import.meta.dirname, "../../scenarios");

/** A scenario of the library as a session, run; with known mistakes. */
export function sessionOf(name: string, bugs: readonly string[] = []): Session {
  const file = join(SCENARIOS, `${name}.yaml`);
  const read = parseScenario(readFileSync(file, "utf8"), file);
  const data = dataOf(read, read.cluster.seed);
  if (bugs.length === 0) return Session.from(data, runScenario(read));
  const wrong = { ...data, cluster: { ...data.cluster, bugs } };
  return Session.from(wrong, runScenario(scenario(wrong)));
}

/** The workbench, paused at a virtual time (µs). */
export function benchAt(session: Session, us: number): Workbench {
  const recording = recordingOf(session.branch);
  const position = recording.frames.positionAt(us);
  const player = { ...startState(), playing: false, position, now: us };
  return workbench(session, recording, player);
}

export const ENTER = "\r";
export const ESCAPE = "\u001b";
export const UP = "↑";
export const DOWN = "↓";
export const TAB = "\t";

export const NO_KEY: KeyPress & TypingKey = {
  ...{ leftArrow: false, rightArrow: false, upArrow: false, downArrow: false },
  ...{ pageUp: false, pageDown: false, home: false, end: false, shift: false, tab: false },
  ...{ escape: false, ctrl: false, return: false, backspace: false, delete: false },
};

const NAMED: Readonly<Record<string, Partial<TypingKey>>> = {
  [ENTER]: { return: true },
  [ESCAPE]: { escape: true },
  [UP]: { upArrow: true },
  [DOWN]: { downArrow: true },
  [TAB]: { tab: true },
};

/** The workbench after these presses, each a key or a text. */
export function press(bench: Workbench, presses: readonly string[], outside: Outside): Workbench {
  let now = bench;
  for (const text of presses) {
    const named = NAMED[text];
    for (const what of worksOf(
      named === undefined ? text : "",
      { ...NO_KEY, ...named },
      now.mode,
    )) {
      if (what !== "quit") now = work(now, what, outside);
    }
  }
  return now;
}
