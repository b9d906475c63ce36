import type { HoldEvent } from "../../../src/trace/events.ts";

/** Pairs of clients that believed at one time that they held the same thing: `1 and 2`. */
export function overlaps(holds: readonly HoldEvent[]): string[] {
  const holders = new Map<string, number[]>();
  const found: string[] = [];
  for (const { name, client, action } of holds) {
    const now = (holders.get(name) ?? []).filter((holder) => holder !== client);
    if (action === "acquire") {
      for (const other of now) found.push([other, client].sort((a, b) => a - b).join(" and "));
      now.push(client);
    }
    holders.set(name, now);
  }
  return found;
}
