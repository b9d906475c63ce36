import { KNOWN_MISTAKES, type Mistakes, mistakeById, unknownMistake } from "./catalogue.ts";

function switches(on: ReadonlySet<string>): Mistakes {
  // Made at once, and not key by key, which would leave a hash table: this way all of them are of one
  // hidden class, and to look at a switch costs a load (test/museum/switches.test.ts).
  const made = Object.fromEntries(KNOWN_MISTAKES.map(({ id, name }) => [name, on.has(id)]));
  return Object.freeze(made) as Mistakes;
}

/** Everything right. */
export const NO_MISTAKES: Mistakes = switches(new Set());

/**
 * The switches of all rooms, with the mistakes of these ids on. Throws an Error that names the first
 * unknown id and the one that it is nearest to.
 */
export function mistakesOf(ids: Iterable<string>): Mistakes {
  const on = new Set(ids);
  for (const id of on) if (mistakeById(id) === null) throw new Error(unknownMistake(id));
  return on.size === 0 ? NO_MISTAKES : switches(on);
}
