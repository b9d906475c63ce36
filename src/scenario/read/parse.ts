import type { Scenario } from "../scenario.ts";
import { formatBytes } from "./duration.ts";
import type { Edit } from "./edit.ts";
import { InputError } from "./input-error.ts";
import { isComplaints, readScenario } from "./read-scenario.ts";
import { YamlFile } from "./yaml-file.ts";

/** Of a file, in characters: what is longer was not written by hand. */
const LENGTH_MAX = 1_048_576;

/**
 * Reads a scenario. `file` is the name for messages. Throws InputError with all problems that
 * were found at once: of the YAML if it is none, else of the shape, else of the meaning.
 *
 * @public
 */
export function parseScenario(source: string, file: string): Scenario {
  return parseEdited(source, file, []);
}

/** The same with changes of what the file says. Problems that they make name them in the place of the file. */
export function parseEdited(source: string, file: string, edits: readonly Edit[]): Scenario {
  if (source.length > LENGTH_MAX) {
    const text = `is too long for a scenario: ${formatBytes(LENGTH_MAX)} at most`;
    throw new InputError([{ file, line: 0, column: 0, text }]);
  }
  const yaml = new YamlFile(source, file, edits);
  if (yaml.value === null || yaml.value === undefined) {
    const text = "the file is empty; a scenario needs name, title, teaches, steps and expect";
    throw new InputError([{ file, line: 1, column: 1, text }]);
  }
  const read = readScenario(yaml.value, {
    file,
    words: (path) => yaml.words(path),
    phrase: (path) => yaml.phrase(path),
    line: (path) => yaml.line(path),
    text: () => yaml.text,
  });
  const refusal = yaml.refusal(isComplaints(read) ? read : []);
  if (refusal !== null) throw refusal;
  if (isComplaints(read)) throw new Error("a scenario was refused without a reason");
  return read;
}
