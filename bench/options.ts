import { parseArgs } from "node:util";
import { InputError } from "../src/scenario/read/input-error.ts";

export interface BenchOptions {
  /** Words that are all in the names of the benches to run; none: all benches. */
  readonly words: readonly string[];
  readonly json: boolean;
  /** Exit with 1 if a target was missed, or with `against` if a figure is clearly slower. */
  readonly check: boolean;
  /** The revision to compare with, as git names it; null: measure the working tree alone. */
  readonly against: string | null;
  /** How often each of the two is run. */
  readonly rounds: number;
}

/** Three runs of all benches on either side take some seven minutes. */
const ROUNDS = 3;

/** Throws InputError. */
export function benchOptions(argv: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(argv);
  const { rounds } = values;
  if (rounds !== undefined && values.against === undefined) {
    throw InputError.plain(
      "--rounds goes with --against REV, which runs the benches several times",
    );
  }
  if (rounds !== undefined && !/^[1-9][0-9]{0,2}$/.test(rounds)) {
    throw InputError.plain(`--rounds takes a whole number from 1 to 999, not "${rounds}"`);
  }
  return {
    words: positionals,
    json: values.json,
    check: values.check,
    against: values.against ?? null,
    rounds: rounds === undefined ? ROUNDS : Number(rounds),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        against: { type: "string" },
        rounds: { type: "string" },
      },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node adds advice about arguments that begin with a dash, which no bench's name does.
    const [said] = error.message.split(/[.\n]/);
    throw InputError.plain(`${said} (known: --against REV, --rounds N, --json, --check)`);
  }
}

/** Throws InputError: no bench is called so. */
export function noneNamed(words: readonly string[]): never {
  const all = words.map((word) => `"${word}"`).join(" and ");
  throw InputError.plain(`no bench has ${all} in its name`);
}
