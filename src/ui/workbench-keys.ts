import { actionsOf, type KeyPress } from "./keys.ts";
import { type Asks, type Mode, promptFor } from "./touch/mode.ts";
import type { Work } from "./workbench.ts";

/** The parts of ink's `Key` that mean something where something is typed. */
export interface TypingKey extends KeyPress {
  readonly return: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
}

const prompt = (asks: Asks): Work => ({ type: "mode", mode: promptFor(asks) });

const BY_LETTER: Readonly<Record<string, Work>> = {
  x: { type: "mode", mode: { kind: "menu" } },
  ":": prompt("step"),
  s: prompt("save"),
  M: prompt("mark"),
  "/": prompt("filter"),
  "'": { type: "next-mark" },
  u: { type: "undo" },
  b: { type: "next-branch" },
  B: { type: "beside" },
  Y: { type: "moment" },
};

/** What a press asks for, by what is being done. Keys that are typed faster than read come as one text. */
export function worksOf(input: string, key: TypingKey, mode: Mode): (Work | "quit")[] {
  if (mode.kind === "watch") return watching(input, key);
  if (key.escape) return [{ type: "escape" }];
  if (key.return) return [{ type: "enter" }];
  if (key.backspace || key.delete) return [{ type: "erase" }];
  if (mode.kind === "prompt" && key.upArrow) return [{ type: "recall", by: 1 }];
  if (mode.kind === "prompt" && key.downArrow) return [{ type: "recall", by: -1 }];
  if (key.ctrl || input === "") return [unknown(input, key)];
  if (mode.kind === "prompt") {
    // A pasted line may end with its Enter.
    const [line = "", ...rest] = input.split(/[\r\n]/);
    const letters: Work[] = line === "" ? [] : [{ type: "letter", letter: line }];
    return rest.length > 0 ? [...letters, { type: "enter" }] : letters;
  }
  return [...input].map((letter): Work => ({ type: "letter", letter }));
}

/** Each letter means the same whatever came with it in one reading; what begins a mode takes the rest. */
function watching(input: string, key: TypingKey): (Work | "quit")[] {
  const works: (Work | "quit")[] = [];
  const letters = [...input];
  if (letters.length === 0 || key.ctrl || key.escape || key.tab) return acts(input, key);
  for (const [i, letter] of letters.entries()) {
    const own = BY_LETTER[letter];
    if (own === undefined) works.push(...acts(letter, key));
    else {
      works.push(own);
      if (own.type !== "mode") continue;
      const rest = letters.slice(i + 1).join("");
      return rest === "" ? works : [...works, ...worksOf(rest, key, own.mode)];
    }
  }
  return works;
}

function acts(input: string, key: TypingKey): (Work | "quit")[] {
  const actions = actionsOf(input, key);
  if (actions.length === 0) return [unknown(input, key)];
  return actions.map((action) => (action === "quit" ? action : { type: "player", action }));
}

/** A key that means nothing here, by its name as far as it has one. */
function unknown(input: string, key: TypingKey): Work {
  const name = key.return ? "Enter" : key.backspace ? "Backspace" : key.delete ? "Delete" : input;
  return { type: "unknown", key: key.ctrl && name !== "" ? `ctrl-${name}` : name };
}
