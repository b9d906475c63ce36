import { holdsWords } from "../filter.ts";

/** Something to choose. */
export interface MenuEntry {
  readonly name: string;
  readonly title: string;
}

/** What is chosen from, in turn: a run, and perhaps a mistake that it is to be made with. */
export interface MenuState {
  readonly runs: readonly MenuEntry[];
  readonly mistakes: readonly MenuEntry[];
  readonly asks: "run" | "mistake";
  /** Words that an entry must hold. */
  readonly filter: string;
  readonly cursor: number;
  /** The run that was chosen, while a mistake is. */
  readonly run: MenuEntry | null;
}

/** What the menu came to. */
export interface MenuChoice {
  readonly run: string;
  /** It is shown beside the run with this mistake; null: alone. */
  readonly mistake: string | null;
}

export type MenuKey =
  | { readonly type: "letter"; readonly letter: string }
  | { readonly type: "erase" | "enter" | "escape" | "mistake" }
  | { readonly type: "move"; readonly by: number };

export function menuOf(runs: readonly MenuEntry[], mistakes: readonly MenuEntry[]): MenuState {
  return { runs, mistakes, asks: "run", filter: "", cursor: 0, run: null };
}

/** The entries that hold every word of the filter: first those whose name begins so, or holds the first word. */
export function shownEntries({ asks, runs, mistakes, filter }: MenuState): readonly MenuEntry[] {
  const [word = ""] = filter.toLowerCase().split(/\s+/);
  const distance = ({ name }: MenuEntry): number => {
    const at = name.toLowerCase().indexOf(word);
    return at === 0 ? 0 : at > 0 ? 1 : 2;
  };
  const found = (asks === "run" ? runs : mistakes).filter(({ name, title }) =>
    holdsWords(`${name} ${title}`, filter),
  );
  return word === "" ? found : found.sort((a, b) => distance(a) - distance(b));
}

/** The next state, a choice, or null: the menu is left. */
export function pressMenuKey(state: MenuState, key: MenuKey): MenuState | MenuChoice | null {
  const entries = shownEntries(state);
  const here = entries[state.cursor];
  switch (key.type) {
    case "letter":
      return { ...state, filter: state.filter + key.letter, cursor: 0 };
    case "erase":
      return { ...state, filter: state.filter.slice(0, -1), cursor: 0 };
    case "move": {
      const cursor = Math.max(0, Math.min(entries.length - 1, state.cursor + key.by));
      return { ...state, cursor };
    }
    case "enter":
      if (here === undefined) return state;
      if (state.asks === "run") return { run: here.name, mistake: null };
      return { run: state.run?.name ?? "", mistake: here.name };
    case "mistake":
      if (here === undefined || state.asks === "mistake") return state;
      return { ...state, asks: "mistake", run: here, filter: "", cursor: 0 };
    case "escape":
      // One level at a time.
      if (state.filter !== "") return { ...state, filter: "", cursor: 0 };
      if (state.asks === "mistake") return { ...state, asks: "run", run: null, cursor: 0 };
      return null;
  }
}
