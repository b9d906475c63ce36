import { join } from "node:path";
import { InputError } from "../src/scenario/read/input-error.ts";
import { against } from "./against.ts";
import { comparisonLines } from "./compare.ts";
import { BENCHES } from "./list.ts";
import { measure, type Result } from "./measure.ts";
import { type BenchOptions, benchOptions, noneNamed } from "./options.ts";
import { machineText, resultRow, thisMachine } from "./print.ts";

/**
 * npm run bench [-- --json] [-- --check] [-- words that are all in the names to run]
 * npm run bench -- --against REV [--rounds N]: the same of another revision, in turn with this one.
 * With --check it exits with 1 if a target was missed, or if something is clearly slower than in REV.
 */
const ROOT = join(import.meta.dirname, "..");

function missed({ target, median, measure: of }: Result): boolean {
  if (target === null) return false;
  return of === "per second" ? median < target : median > target;
}

function measureHere({ words, json, check }: BenchOptions): void {
  const machine = thisMachine();
  const results: Result[] = [];
  for (const make of BENCHES) {
    const bench = make();
    if (!words.every((word) => bench.name.includes(word))) continue;
    const result = measure(bench);
    results.push(result);
    if (!json) console.log(resultRow(result));
  }
  if (json) console.log(JSON.stringify({ machine, results }, null, 2));
  if (results.length === 0) noneNamed(words);
  if (!json) console.log(`\n${machineText(machine)}; medians`);
  if (check) {
    const late = results.filter(missed);
    for (const { name } of late) console.error(`missed its target: ${name}`);
    if (late.length > 0) process.exitCode = 1;
  }
}

async function measureAgainst(options: BenchOptions, revision: string): Promise<void> {
  const { words, rounds, json, check } = options;
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => stop.abort());
  try {
    const { commit, ...compared } = await against({
      ...{ root: ROOT, revision, rounds, words, signal: stop.signal },
      onRun: (round, side) => console.error(`round ${round} of ${rounds}: ${side}`),
    });
    const machine = thisMachine();
    if (json) console.log(JSON.stringify({ machine, commit, rounds, ...compared }, null, 2));
    const { figures, onlyHere, onlyThere } = compared;
    if (figures.length + onlyHere.length + onlyThere.length === 0) noneNamed(words);
    if (!json) {
      console.log(comparisonLines(compared).join("\n"));
      console.log(
        `\n${machineText(machine)}; here: the working tree, there: ${commit.slice(0, 7)}; medians of ${rounds} rounds (least … most); SLOWER: in every round by more than a twentieth`,
      );
    }
    if (check && figures.some((figure) => figure.slower)) process.exitCode = 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error("interrupted: nothing is left behind");
    process.exitCode = 130;
  }
}

try {
  const options = benchOptions(process.argv.slice(2));
  if (options.against === null) measureHere(options);
  else await measureAgainst(options, options.against);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
