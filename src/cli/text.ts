import { plural } from "../trace/names.ts";

/** Numbers and colours, as all commands write them for people. */

/** `12,345`. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 fault`, `2 faults`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${plural(number, noun)}`;
}

export const RED = 31;
export const GREEN = 32;
export const YELLOW = 33;

/** The text in a colour of the terminal, where it may have some. */
export function paint(colors: boolean, code: number, text: string): string {
  return colors ? `\u001B[${code}m${text}\u001B[0m` : text;
}

/** A word of a command line, in quotes where a shell would take it for something else. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
