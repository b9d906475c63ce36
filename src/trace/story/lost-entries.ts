import type { EntrySummary, RecoverEvent } from "../events.ts";
import { entriesText } from "../names.ts";
import type { Scene } from "./line.ts";

/** `; it has lost entry 6 (put a=1)`: what a member had in its log when it crashed, and has no more. */
export function lostText(event: RecoverEvent, { memory }: Scene): string {
  const log = memory.crashed.get(event.member);
  memory.crashed.delete(event.member);
  if (log === undefined) return "";
  const held = event.entries.at(-1)?.index ?? event.snapshot.index;
  const lost: EntrySummary[] = [];
  for (let index = held + 1; index <= log.lastIndex; index++) {
    const entry = log.at(index);
    if (entry !== undefined) lost.push(entry);
  }
  return lost.length === 0 ? "" : `; it has lost ${entriesText(lost)}`;
}
