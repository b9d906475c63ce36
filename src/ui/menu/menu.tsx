import { Box, useApp, useInput } from "ink";
import { useLayoutEffect, useReducer } from "react";
import { type AppProps, RowText, useSize } from "../app.tsx";
import { menuRows } from "./menu-rows.ts";
import { type MenuChoice, type MenuKey, type MenuState, pressMenuKey } from "./menu-state.ts";

export interface MenuProps extends Pick<AppProps, "colour" | "size" | "onResize" | "onLeave"> {
  readonly start: MenuState;
  /** Called once, when something was chosen; not when the menu is left. */
  readonly onChoice: (choice: MenuChoice) => void;
}

export function Menu({ start, onChoice, colour, size, onResize, onLeave }: MenuProps) {
  const { exit } = useApp();
  const [state, set] = useReducer((_: MenuState, next: MenuState) => next, start);
  useInput((input, key) => {
    let now = state;
    for (const each of keysOf(input, key)) {
      const next = pressMenuKey(now, each);
      if (next === null || "mistake" in next) {
        if (next !== null) onChoice(next);
        exit();
        return;
      }
      now = next;
    }
    set(now);
  });
  useLayoutEffect(() => onLeave, [onLeave]);
  const now = useSize(size, onResize);
  return (
    <Box flexDirection="column" width={now.columns}>
      {menuRows(state, now).map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <RowText key={i} row={row} colour={colour} />
      ))}
    </Box>
  );
}

interface Pressed {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly return: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
}

const PAGE = 10;

function keysOf(input: string, key: Pressed): MenuKey[] {
  if (key.upArrow) return [{ type: "move", by: -1 }];
  if (key.downArrow) return [{ type: "move", by: 1 }];
  if (key.pageUp) return [{ type: "move", by: -PAGE }];
  if (key.pageDown) return [{ type: "move", by: PAGE }];
  if (key.return) return [{ type: "enter" }];
  if (key.backspace || key.delete) return [{ type: "erase" }];
  if (key.escape) return [{ type: "escape" }];
  if (key.ctrl) return input === "b" ? [{ type: "mistake" }] : [];
  return input === "" ? [] : [{ type: "letter", letter: input }];
}
