import type { Frame } from "../../trace/frames/frame.ts";
import { type Chosen, HAND_FAULTS, type HandFault } from "./hand-faults.ts";

/** What keys mean at the moment. */
export type Mode =
  /** The run is looked at. */
  | { readonly kind: "watch" }
  /** What to do to it is chosen. */
  | { readonly kind: "menu" }
  /** To whom. */
  | { readonly kind: "choose"; readonly fault: HandFault; readonly chosen: Chosen }
  /** Something is typed. */
  | {
      readonly kind: "prompt";
      readonly asks: Asks;
      readonly text: string;
      /** Which of the earlier lines it is, the last one is 1; 0: it is typed. */
      readonly recalled: number;
      /** What was typed before earlier lines were looked through. */
      readonly typed: string;
    };

/** What a typed line is: a step of a scenario, a file to save in, a note for a mark, a filter of the story or of the help. */
export type Asks = "step" | "save" | "mark" | "filter" | "help";

/** The lines that were typed before, by what they were: the newest one last. */
export type Typed = Readonly<Partial<Record<Asks, readonly string[]>>>;

export function promptFor(asks: Asks): Mode {
  return { kind: "prompt", asks, text: "", recalled: 0, typed: "" };
}

/** An earlier line in the place of what was typed, or that again; stays at the oldest. */
export function recall(mode: Mode, by: 1 | -1, earlier: Typed): Mode {
  if (mode.kind !== "prompt") return mode;
  const lines = earlier[mode.asks] ?? [];
  const recalled = Math.max(0, Math.min(lines.length, mode.recalled + by));
  const typed = mode.recalled === 0 ? mode.text : mode.typed;
  return { ...mode, recalled, typed, text: recalled === 0 ? typed : (lines.at(-recalled) ?? "") };
}

/** The lines with one more, which is not kept twice. */
export function remembered(earlier: Typed, asks: Asks, text: string): Typed {
  if (text === "") return earlier;
  const others = (earlier[asks] ?? []).filter((line) => line !== text);
  return { ...earlier, [asks]: [...others, text] };
}

export const WATCH: Mode = { kind: "watch" };

/** What a key brought about: another mode, and perhaps something to do. */
export type Pressed =
  | { readonly mode: Mode; readonly objection?: string }
  | { readonly mode: Mode; readonly does: HandFault; readonly chosen: Chosen };

/** A key of the menu. */
export function pressMenu(letter: string): Pressed {
  const fault = HAND_FAULTS.find(({ key }) => key === letter);
  if (fault === undefined) {
    return { mode: { kind: "menu" }, objection: `"${letter}" is none of these; Esc: back` };
  }
  if (fault.chooses.length === 0) return { mode: WATCH, does: fault, chosen: [] };
  return { mode: { kind: "choose", fault, chosen: [] } };
}

/** A key while members or a message are chosen; `enter` ends a list of members. */
export function pressChoice(
  mode: Extract<Mode, { readonly kind: "choose" }>,
  letter: string,
  enter: boolean,
  frame: Frame,
): Pressed {
  const { fault, chosen } = mode;
  const [wanted] = fault.chooses;
  if (wanted === "members" && enter) {
    if (chosen.length === 0) return { mode, objection: "nobody is chosen yet" };
    return { mode: WATCH, does: fault, chosen };
  }
  if (!/^[1-9]$/.test(letter)) return { mode, objection: "choose by number; Esc: back" };
  const number = Number(letter);
  if (wanted === "message") {
    if (frame.flights[number - 1] === undefined)
      return { mode, objection: "there is no such message" };
    return { mode: WATCH, does: fault, chosen: [number - 1] };
  }
  if (!frame.members.some(({ id }) => id === number)) {
    return { mode, objection: `there is no m${number}` };
  }
  if (wanted === "members") {
    const next = chosen.includes(number)
      ? chosen.filter((id) => id !== number)
      : [...chosen, number].sort((a, b) => a - b);
    return { mode: { ...mode, chosen: next } };
  }
  const objection = fault.objection?.(frame, number) ?? "";
  if (objection !== "") return { mode, objection };
  if (chosen.includes(number)) return { mode, objection: "a member has no link to itself" };
  const next = [...chosen, number];
  if (next.length < fault.chooses.length) return { mode: { ...mode, chosen: next } };
  return { mode: WATCH, does: fault, chosen: next };
}
