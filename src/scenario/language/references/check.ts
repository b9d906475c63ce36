import { READ, type Reading } from "./actions.ts";
import { Names, type Path, type Unknown } from "./names.ts";
import { NAMED_IN } from "./words.ts";

type Input = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The names in a scenario that mean nothing: leases that nobody grants, operations that nobody asks for
 * (yet), and so on. `scenario` is the file's content, of the right shape.
 */
export function unknownNames(scenario: Input): Unknown[] {
  // Once to learn what there is at all, and once to see what is there in time.
  const all = read(scenario, new Names());
  return read(scenario, all).unknown;
}

function read(scenario: Input, all: Names): Names {
  const names = new Names();
  for (const [i, step] of (scenario["steps"] as readonly Input[]).entries()) {
    names.step = i + 1;
    const path = ["steps", i];
    readPhrases(step["when"], [...path, "when"], names, all);
    for (const [word, argument] of Object.entries(step)) {
      const input = isMap(argument) ? argument : {};
      const reading: Reading = { names, all, argument, input, path: [...path, word] };
      READ[word]?.(reading);
    }
    readPhrases(step["expect"], [...path, "expect"], names, all);
  }
  readPhrases(scenario["expect"], ["expect"], names, all);
  return names;
}

/** A condition or an expectation, or a list of them. */
function readPhrases(phrases: unknown, path: Path, names: Names, all: Names): void {
  if (Array.isArray(phrases)) {
    for (const [i, phrase] of phrases.entries()) readPhrases(phrase, [...path, i], names, all);
  } else if (isMap(phrases)) {
    for (const [word, argument] of Object.entries(phrases)) {
      readNames(word, argument, [...path, word], names, all);
      if (word === "value") readValues(argument, [...path, word], names, all);
      if (word !== "value on" || !isMap(argument)) continue;
      for (const [member, values] of Object.entries(argument)) {
        readValues(values, [...path, word, member], names, all);
      }
    }
  }
}

/** A name, a list of names, or a map whose keys are names. */
function readNames(word: string, argument: unknown, path: Path, names: Names, all: Names): void {
  const kind = NAMED_IN[word];
  if (kind === undefined) return;
  if (isMap(argument)) {
    for (const [name, value] of Object.entries(argument)) {
      const at = [...path, name];
      names.refer(kind, name, at, all, true);
      if (word !== "holds" || !names.has(kind, name)) continue;
      if (names.has("holder", `${String(value)} ${name}`)) continue;
      const text = `client ${String(value)} does not ask for "${name}" before`;
      names.unknown.push({ path: at, atKey: false, text });
    }
  } else if (Array.isArray(argument)) {
    for (const [i, name] of argument.entries()) names.refer(kind, String(name), [...path, i], all);
  } else names.refer(kind, String(argument), path, all);
}

/** A value is somebody's: of a key that nobody writes it is null. */
function readValues(values: unknown, path: Path, names: Names, all: Names): void {
  if (!isMap(values)) return;
  for (const [key, value] of Object.entries(values)) {
    if (value !== null) names.refer("key", key, [...path, key], all, true);
  }
}
