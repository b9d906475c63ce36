import { terminalText } from "../../base/terminal-text.ts";

/**
 * One thing that is wrong with what the user gave us, and where. Lines and columns start at 1.
 *
 * @public
 */
export interface Problem {
  readonly file: string;
  /** 0: the problem has no place in the file (e.g. the file is missing). */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** `scenarios/x.yaml:12:5 unknown fault "partiton", did you mean "partition"?` */
export function problemLine(problem: Problem): string {
  const place =
    problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  return terminalText(place === "" ? problem.text : `${place} ${problem.text}`);
}

/**
 * The input, not the program, is at fault: shown as plain lines without a stack trace, exit code 2.
 * `message` holds one line a problem.
 *
 * @public
 */
export class InputError extends Error {
  override name = "InputError";
  readonly exitCode = 2;
  readonly problems: readonly Problem[];

  /** @param more how many problems there are beyond those given */
  constructor(problems: readonly Problem[], more = 0) {
    const rest = more > 0 ? [`… and ${more} more problems`] : [];
    super([...problems.map(problemLine), ...rest].join("\n"));
    this.problems = problems;
  }

  /** A problem without a place in a file. */
  static plain(text: string): InputError {
    return new InputError([{ file: "", line: 0, column: 0, text }]);
  }
}
