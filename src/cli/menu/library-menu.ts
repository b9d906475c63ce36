import { KNOWN_MISTAKES } from "../../museum/catalogue.ts";
import { type MenuState, menuOf } from "../../ui/menu/menu-state.ts";
import { readLibrary } from "../sources/library.ts";

/** The library as a menu, with the mistakes that its runs can be made with. */
export function libraryMenu(): MenuState {
  const mistakes = KNOWN_MISTAKES.map(({ id, title }) => ({ name: id, title }));
  return menuOf(readLibrary(""), mistakes);
}
