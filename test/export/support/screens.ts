import { join } from "node:path";
import { libraryMenu } from "../../../src/cli/menu/library-menu.ts";
import { momentText } from "../../../src/export/screen/moment.ts";
import { DARK } from "../../../src/export/screen/palette.ts";
import { svgOf } from "../../../src/export/screen/svg.ts";
import { prepareLesson } from "../../../src/learn/prepare.ts";
import { NO_PROGRESS } from "../../../src/learn/progress.ts";
import type { Session } from "../../../src/session/session.ts";
import { benchRows } from "../../../src/ui/bench-rows.ts";
import type { Size } from "../../../src/ui/layout.ts";
import { Classroom } from "../../../src/ui/learn/classroom.ts";
import { learnScreen } from "../../../src/ui/learn/screen.ts";
import { listState, opened, reduceLearning } from "../../../src/ui/learn/state.ts";
import { menuRows } from "../../../src/ui/menu/menu-rows.ts";
import type { Row } from "../../../src/ui/style.ts";
import type { Outside } from "../../../src/ui/workbench.ts";
import { LESSON_FILES, lessonOf } from "../../learn/lesson-files.ts";
import { benchAt, press, sessionOf, UP } from "../../ui/pressed.ts";
import { scenarioRun } from "./runs.ts";
import { written } from "./traces.ts";

export const SCREENS = join(import.meta.dirname, "../../../docs/screens");

const SMALL: Size = { columns: 100, rows: 30 };
const LARGE: Size = { columns: 160, rows: 50 };

const OUTSIDE: Outside = { save: (_, file) => `saved ${file}`, command: (_, moment) => moment };

/** A screen as somebody gets it who opens a scenario, goes to a moment and presses keys. */
interface Walk {
  readonly file: string;
  readonly scenario: string;
  readonly bugs?: readonly string[];
  /** Virtual µs. */
  readonly at: number;
  readonly keys: readonly string[];
  readonly size?: Size;
}

const WALKS: readonly Walk[] = [
  { file: "violation", scenario: "old-term-entry", bugs: ["R4"], at: 361_500, keys: ["f"] },
  { file: "cluster", scenario: "isolated-leader", at: 2_374_500, keys: ["z"] },
  { file: "wide", scenario: "leader-crash", at: 3_527_000, keys: ["z", "2"], size: LARGE },
  { file: "logs", scenario: "old-term-entry", at: 1_384_900, keys: ["t", UP] },
  { file: "columns", scenario: "leader-crash", at: 3_589_600, keys: ["o"] },
  { file: "messages", scenario: "leader-crash", at: 3_529_900, keys: ["m"] },
  { file: "store", scenario: "lock-lost-while-paused", at: 4_300_000, keys: ["d"] },
  { file: "history", scenario: "leader-crash", at: 3_890_000, keys: ["y"] },
  { file: "inspector", scenario: "lost-unsynced-write", at: 300_000, keys: ["i"] },
  { file: "why", scenario: "leader-crash", at: 3_527_900, keys: ["w"] },
  { file: "break", scenario: "leader-crash", at: 3_527_000, keys: ["x"] },
  {
    file: "fork",
    scenario: "leader-crash",
    at: 3_589_166,
    keys: ["x", "c", "2", "l", "l", "l", "x", "r", "3", "n", "l", "B"],
    size: LARGE,
  },
];

/** The pictures of the documentation, by file. */
export function screens(): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  const sessions = new Map<string, Session>();
  // This one is what the README's command writes.
  made.set("leader-crash.svg", written("svg", scenarioRun("leader-crash"), { at: 3_526_500 }).text);
  for (const { file, scenario, bugs, at, keys, size = SMALL } of WALKS) {
    const name = `${scenario} ${bugs ?? ""}`;
    const session = sessions.get(name) ?? sessionOf(scenario, bugs);
    sessions.set(name, session);
    const bench = press(benchAt(session, at), keys, OUTSIDE);
    const { header } = bench.recording;
    const moment = momentText({ header, events: [] }, Math.floor(bench.player.now));
    made.set(`${file}.svg`, picture(benchRows(bench, size, []), header.title, moment, size));
  }
  made.set("lesson.svg", picture(lessonRows(), "A lesson", "detcd learn 6", SMALL));
  made.set("menu.svg", picture(libraryRows(), "The library", "detcd", SMALL));
  return made;
}

function picture(rows: readonly Row[], title: string, moment: string, { columns }: Size): string {
  return [...svgOf(rows, { title, moment, columns, palette: DARK })].join("");
}

/** A question of the lesson of figure 8, before it is answered. */
function lessonRows(): readonly Row[] {
  const lesson = prepareLesson(lessonOf(LESSON_FILES[5] as string));
  const { name, title, pages } = lesson;
  const room = new Classroom([{ name, title, prepare: () => lesson }], "en", true);
  let state = opened(listState(NO_PROGRESS, 0), 0, room);
  const asked = pages.findIndex(({ kind }) => kind === "ask");
  for (let page = 0; page < asked; page++) state = reduceLearning(state, { type: "next" }, room);
  return learnScreen(state, room, SMALL, "").rows;
}

function libraryRows(): readonly Row[] {
  return menuRows({ ...libraryMenu(), filter: "lease" }, SMALL);
}
