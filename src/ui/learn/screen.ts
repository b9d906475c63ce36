import type { Instant } from "../../base/time.ts";
import type { PreparedPage } from "../../learn/prepare.ts";
import { progressOf, scoreOf } from "../../learn/progress.ts";
import { columnsOf, fitted, wrapped } from "../../learn/text/columns.ts";
import { glossary } from "../../learn/text/glossary.ts";
import { phrasesIn } from "../../learn/text/phrases.ts";
import { labelText } from "../../learn/text/plain.ts";
import { inLanguage, type Words } from "../../learn/words.ts";
import type { Size } from "../layout.ts";
import type { PlayerState } from "../player-state.ts";
import type { Recording } from "../recording.ts";
import { dim, plain, type Row, type Segment, textOf } from "../style.ts";
import type { Classroom } from "./classroom.ts";
import { type KeyNow, keysNow } from "./keys.ts";
import { liveLeast, liveRows } from "./live.ts";
import { type LearnAction, type LearnState, sightOf } from "./state.ts";

/** Longer lines are tiring to read. */
const TEXT_MAX = 96;
const MARGIN = 2;

export interface LearnScreen {
  readonly rows: readonly Row[];
  readonly keys: readonly KeyNow[];
}

/**
 * The whole screen as rows, at most one less than the terminal has, and the keys that work on it. Pure: the
 * same state in the same size is the same picture. `notice` is something to be told once.
 */
export function learnScreen(
  state: LearnState,
  room: Classroom,
  size: Size,
  notice: string,
): LearnScreen {
  const phrases = phrasesIn(room.language);
  const { columns } = size;
  // A head, a line of keys, and the row that stays free.
  const space = Math.max(0, size.rows - 3);
  const { head, text, live } =
    state.lesson === null
      ? { ...listRows(state, room, columns, notice), live: false }
      : lessonRows(state, state.lesson, room, columns);
  const sight = sightOf(state, room);
  const recording = sight === null ? null : room.recording(sight.run, sight.to);
  const spared = space - text.length - 1;
  const seen =
    live && sight !== null && recording !== null && spared >= liveLeast(recording, state.player);
  const shownText = seen ? text.length : space;
  const follow = state.lesson === null ? Math.max(0, state.cursor + 4 - space) : state.scroll;
  const scroll = Math.min(follow, Math.max(0, text.length - shownText));
  const hidden = Math.max(0, text.length - shownText - scroll);
  const keys = keysNow(
    { ...state, scroll: state.lesson === null ? 0 : scroll },
    room,
    phrases,
    hidden,
  );
  const body: Row[] = text.slice(scroll, scroll + shownText);
  if (seen && state.player !== null) {
    body.push(
      [],
      ...explained(recording, state.player, sight.to.at, room, { columns, rows: spared }),
    );
  } else if (live && recording !== null && body.length < space) {
    body.push([dim(`  (${phrases.tooSmall})`)]);
  }
  while (body.length < space) body.push([]);
  const rows = [head, ...body.slice(0, space), keyRow(keys, columns)];
  return { rows: rows.slice(0, Math.max(1, size.rows - 1)), keys };
}

/** The run in `rows` rows; if its words need it and there is room, the first of them says what they mean. */
function explained(
  recording: Recording,
  player: PlayerState,
  end: Instant,
  room: Classroom,
  { columns, rows }: Size,
): Row[] {
  const run = (count: number) => liveRows(recording, player, columns, count, end);
  if (rows <= liveLeast(recording, player)) return run(rows);
  const words = glossary(run(rows).map(textOf), room.language, columns - 2 * MARGIN);
  return words === "" ? run(rows) : [[dim(`  ${words}`)], ...run(rows - 1)];
}

/** What a key means on that screen; null: nothing. */
export function actionOf(
  key: string,
  state: LearnState,
  room: Classroom,
  size: Size,
  notice: string,
): LearnAction | null {
  const { keys } = learnScreen(state, room, size, notice);
  return keys.find((now) => now.key === key)?.action ?? null;
}

function listRows(state: LearnState, room: Classroom, columns: number, notice: string) {
  const phrases = phrasesIn(room.language);
  const head: Row = [
    { text: fitted(` detcd learn · ${phrases.lessons}`, columns), inverse: true, bold: true },
  ];
  const text: Row[] = [[plain(`  ${phrases.welcome}`)], []];
  const numbers = String(room.entries.length).length;
  for (const [i, { name, title }] of room.entries.entries()) {
    const progress = progressOf(state.progress, name);
    const { right, asked } = scoreOf(progress);
    const chosen = i === state.cursor;
    const score = asked === 0 ? "" : `  ${right}/${asked}`;
    text.push([
      plain(chosen ? " ▸ " : "   "),
      progress.done ? { text: "✓ ", color: "green" } : plain("  "),
      dim(`${String(i + 1).padStart(numbers)}  `),
      { text: inLanguage(title, room.language), bold: chosen },
      dim(score),
    ]);
  }
  if (notice !== "") {
    text.push([]);
    for (const line of wrapped(notice, columns - 4))
      text.push([{ text: `  ${line}`, color: "yellow" }]);
  }
  return { head, text };
}

function lessonRows(state: LearnState, number: number, room: Classroom, columns: number) {
  const { title, pages } = room.lesson(number);
  const page = pages[state.page] as PreparedPage;
  const head = headRow(
    inLanguage(title, room.language),
    number,
    state.page,
    pages.length,
    room,
    columns,
  );
  const text = pageRows(state, page, room, columns);
  return { head, text, live: page.kind !== "say" && page.kind !== "summary" };
}

/** The lesson, and how much of it is done. */
function headRow(
  title: string,
  number: number,
  page: number,
  pages: number,
  room: Classroom,
  columns: number,
): Row {
  const bar = `${"━".repeat(page + 1)}${"─".repeat(pages - page - 1)}`;
  const right = ` ${page + 1}/${pages} ${bar} `;
  const left = room.single ? ` ${title}` : ` ${number + 1}  ${title}`;
  return [
    { text: fitted(left, Math.max(0, columns - columnsOf(right))), inverse: true, bold: true },
    { text: right, inverse: true },
  ];
}

function pageRows(state: LearnState, page: PreparedPage, room: Classroom, columns: number): Row[] {
  const phrases = phrasesIn(room.language);
  const write = (words: Words): Row[] => textRows(inLanguage(words, room.language), columns);
  switch (page.kind) {
    case "say":
      return [[], ...write(page.text)];
    case "show":
      return write(page.text);
    case "ask":
      return questionRows(state, page, room, columns);
    case "break":
      return breakRows(state, page, room, columns);
    case "summary":
      return [
        [],
        heading(phrases.summary),
        [],
        ...write(page.text),
        [],
        heading(phrases.sources),
        ...page.sources.flatMap(({ text, url }) => {
          const words = inLanguage(text, room.language);
          return itemRows("  - ", url === "" ? words : `${words} ${url}`, columns, {});
        }),
      ];
  }
}

type Question = Extract<PreparedPage, { kind: "ask" }>;
type Break = Extract<PreparedPage, { kind: "break" }>;

function questionRows(state: LearnState, page: Question, room: Classroom, columns: number): Row[] {
  const phrases = phrasesIn(room.language);
  const { picked } = state;
  const rows = textRows(inLanguage(page.text, room.language), columns, true);
  const label = (i: number) => labelText(page.choices[i]?.label ?? "", room.language);
  if (picked === null) {
    return [
      ...rows,
      ...page.choices.flatMap((_, i) => itemRows(`   ${i + 1}  `, label(i), columns, {}, "cyan")),
    ];
  }
  if (state.watching) {
    return [
      ...rows,
      ...itemRows("   ", `${phrases.youSaid}: ${label(picked)} — ${phrases.watch}`, columns, {
        color: "cyan",
      }),
    ];
  }
  const right = page.choices.findIndex((choice) => choice.right);
  const verdict =
    picked === right
      ? itemRows("  ✓ ", `${phrases.right} ${label(right)}`, columns, {
          color: "green",
          bold: true,
        })
      : itemRows("  ✗ ", `${phrases.wrong} ${phrases.answer}: ${label(right)}`, columns, {
          color: "yellow",
          bold: true,
        });
  return [...rows, ...verdict, ...textRows(inLanguage(page.why, room.language), columns)];
}

function breakRows(state: LearnState, page: Break, room: Classroom, columns: number): Row[] {
  const phrases = phrasesIn(room.language);
  const { picked } = state;
  if (picked === null) {
    return [
      ...textRows(inLanguage(page.text, room.language), columns, true),
      ...page.choices.flatMap(({ label }, i) => {
        const tried = state.tried.includes(i) ? ` (${phrases.tried})` : "";
        return itemRows(
          `   ${i + 1}  `,
          inLanguage(label, room.language) + tried,
          columns,
          {},
          "cyan",
        );
      }),
    ];
  }
  const choice = page.choices[picked];
  if (choice === undefined) return [];
  const said = itemRows("  ▸ ", inLanguage(choice.label, room.language), columns, { bold: true });
  if (state.watching) return [...said, [{ text: `    ${phrases.watch}`, color: "cyan" }]];
  const checks = choice
    .outcome()
    .reports.flatMap(({ found }) => itemRows("  ✓ ", found, columns, { color: "green" }));
  return [...said, ...textRows(inLanguage(choice.why, room.language), columns), ...checks];
}

function heading(text: string): Row {
  return [{ text: `  ${text}`, bold: true }];
}

function textWidth(columns: number): number {
  return Math.max(8, Math.min(TEXT_MAX, columns - 2 * MARGIN));
}

function textRows(text: string, columns: number, bold = false): Row[] {
  let code = false;
  return wrapped(text, textWidth(columns)).map((line) => {
    const row: Segment[] = [plain(" ".repeat(MARGIN))];
    for (const [i, part] of line.split("`").entries()) {
      if (i > 0) code = !code;
      if (part !== "") row.push(code ? { text: part, color: "cyan", bold } : { text: part, bold });
    }
    return row;
  });
}

/** A text behind a mark, its other lines indented as far. */
function itemRows(
  mark: string,
  text: string,
  columns: number,
  look: Omit<Segment, "text">,
  markColour?: Segment["color"],
): Row[] {
  const lines = wrapped(text, Math.max(8, textWidth(columns) + MARGIN - columnsOf(mark)));
  return lines.map((line, i) => [
    i === 0
      ? {
          ...look,
          text: mark,
          ...(markColour === undefined ? {} : { color: markColour, bold: true }),
        }
      : plain(" ".repeat(columnsOf(mark))),
    { ...look, text: line.replaceAll("`", "") },
  ]);
}

/** The keys that work now, as many as fit; how to leave is always there. */
function keyRow(keys: readonly KeyNow[], columns: number): Row {
  const shown = keys.filter((key) => key.shown !== null);
  const width = () =>
    shown.reduce((sum, { shown: key, what }) => sum + columnsOf(`${key ?? ""} ${what}  `), 1);
  while (shown.length > 2 && width() > columns) shown.splice(shown.length - 3, 1);
  const row: Segment[] = [plain(" ")];
  for (const { shown: key, what } of shown)
    row.push({ text: key ?? "", bold: true }, dim(` ${what}  `));
  return row;
}
