import { createElement } from "react";
import { type DrawOptions, drawOn } from "../draw-on.ts";
import { Menu } from "./menu.tsx";
import type { MenuChoice, MenuState } from "./menu-state.ts";

/** Shows the menu until something is chosen, or it is left: null. */
export async function startMenu(
  start: MenuState,
  options: DrawOptions = {},
): Promise<MenuChoice | null> {
  let chosen: MenuChoice | null = null;
  const onChoice = (choice: MenuChoice): void => {
    chosen = choice;
  };
  await drawOn(options, (terminal) => createElement(Menu, { start, onChoice, ...terminal }));
  return chosen;
}
