import type { Size } from "../layout.ts";
import { dim, type KeyWord, keysRow, plain, type Row, sized } from "../style.ts";
import { type MenuState, shownEntries } from "./menu-state.ts";

const KEYS: Readonly<Record<MenuState["asks"], readonly KeyWord[]>> = {
  run: [
    ["type", "filter"],
    ["↑↓", "choose"],
    ["enter", "play"],
    ["ctrl-b", "beside a known mistake"],
  ],
  mistake: [
    ["type", "filter"],
    ["↑↓", "choose"],
    ["enter", "compare"],
  ],
};

/** What Esc does, once nothing is typed. */
const LEAVES: Readonly<Record<MenuState["asks"], string>> = { run: "quit", mistake: "back" };

/** The library as a menu: a row less than the terminal has. */
export function menuRows(state: MenuState, size: Size): Row[] {
  const entries = shownEntries(state);
  const { columns } = size;
  const count = Math.max(1, size.rows - 5);
  const title =
    state.asks === "run"
      ? "detcd · a complete etcd in a simulator: failures to watch, rewind and break"
      : `${state.run?.name ?? ""} beside itself with a known mistake`;
  const from = Math.max(0, Math.min(state.cursor - (count >> 1), entries.length - count));
  const width = Math.min(34, Math.max(12, ...entries.map(({ name }) => name.length)) + 2);
  const shown = entries.slice(from, from + count).map((entry, i): Row => {
    const here = from + i === state.cursor;
    const text = sized(` ${entry.name}`, width);
    const about = sized(entry.title, Math.max(0, columns - width - 2));
    return here
      ? [{ text: `▸${text} ${about}`, inverse: true, bold: true }]
      : [plain(" "), { text, bold: true }, dim(` ${about}`)];
  });
  while (shown.length < count) shown.push([]);
  if (entries.length === 0) shown[0] = [dim("  none of them: erase some of the words")];
  const more = entries.length > count ? `   ${state.cursor + 1} of ${entries.length}` : "";
  return [
    [{ text: sized(` ${title}`, columns), inverse: true, bold: true }],
    [plain(" > "), { text: state.filter, bold: true }, { text: " ", inverse: true }, dim(more)],
    [],
    ...shown,
    keysRow(
      KEYS[state.asks],
      [["esc", state.filter !== "" ? "empty" : LEAVES[state.asks]]],
      columns,
    ),
  ];
}
