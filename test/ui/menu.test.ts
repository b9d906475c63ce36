import { describe, expect, test } from "vitest";
import { menuRows } from "../../src/ui/menu/menu-rows.ts";
import {
  type MenuChoice,
  type MenuKey,
  type MenuState,
  menuOf,
  pressMenuKey,
} from "../../src/ui/menu/menu-state.ts";
import { textOf } from "../../src/ui/style.ts";

const RUNS = Array.from({ length: 40 }, (_, i) => ({
  name: `run-${i}`,
  title: i === 7 ? "The leader crashes" : `What happens, number ${i}`,
}));
const START = menuOf(RUNS, [
  { name: "R4", title: "commits entries of old terms by counting" },
  { name: "W6", title: "saves the log before the snapshot" },
]);

const letter = (text: string): MenuKey => ({ type: "letter", letter: text });
const key = (type: "erase" | "enter" | "escape" | "mistake"): MenuKey => ({ type });
const move = (by: number): MenuKey => ({ type: "move", by });

function press(...keys: readonly MenuKey[]): MenuState | MenuChoice | null {
  let state: MenuState = START;
  for (const [i, each] of keys.entries()) {
    const next = pressMenuKey(state, each);
    if (next === null || "mistake" in next) {
      expect(i, "nothing is pressed after a choice").toBe(keys.length - 1);
      return next;
    }
    state = next;
  }
  return state;
}

const screen = (state: MenuState, columns = 80, rows = 24): string[] =>
  menuRows(state, { columns, rows }).map(textOf);

describe("the menu of the library", () => {
  test("plays what the cursor is on", () => {
    expect(press(key("enter"))).toEqual({ run: "run-0", mistake: null });
    expect(press(move(1), move(1), key("enter"))).toEqual({ run: "run-2", mistake: null });
    expect(press(move(-1), key("enter"))).toEqual({ run: "run-0", mistake: null });
    expect(press(move(100), key("enter"))).toEqual({ run: "run-39", mistake: null });
  });

  test("is filtered by words typed, in names and titles; Esc empties the filter before it leaves", () => {
    expect(press(letter("CRASH"), letter("es"), key("enter"))).toEqual({
      run: "run-7",
      mistake: null,
    });
    expect(press(letter("number 39"), key("enter"))).toEqual({ run: "run-39", mistake: null });
    const named = menuOf([{ name: "a", title: "run" }, ...RUNS.slice(0, 2)], []);
    expect(pressMenuKey({ ...named, filter: "run" }, key("enter"))).toMatchObject({ run: "run-0" });
    expect(press(letter("xx"), key("enter"))).toMatchObject({ filter: "xx" });
    expect(press(letter("xx"), key("erase"), key("erase"), key("enter"))).toEqual({
      run: "run-0",
      mistake: null,
    });
    expect(press(letter("xx"), key("escape"))).toMatchObject({ filter: "" });
    expect(press(letter("xx"), key("escape"), key("escape"))).toBe(null);
  });

  test("shows a run beside itself with a known mistake", () => {
    const chosen = press(letter("crash"), key("mistake"), letter("log before"), key("enter"));
    expect(chosen).toEqual({ run: "run-7", mistake: "W6" });
    expect(press(key("mistake"), key("escape"))).toMatchObject({ asks: "run", run: null });
  });

  test("fits, keeps the cursor in sight, and says what keys do", () => {
    for (const [columns, rows] of [
      [80, 24],
      [160, 50],
      [64, 12],
    ] as const) {
      for (const by of [0, 20, 39]) {
        const state = press(move(by)) as MenuState;
        const drawn = screen(state, columns, rows);
        expect(drawn).toHaveLength(rows - 1);
        expect(drawn.slice(0, -1).filter((row) => row.length > columns)).toEqual([]);
        expect(drawn.join("\n")).toContain(`▸ run-${by}`);
      }
    }
    expect(screen(START).at(-1)).toContain("ctrl-b beside a known mistake");
    expect(screen(press(letter("xx")) as MenuState).join("\n")).toContain("none of them");
  });
});
