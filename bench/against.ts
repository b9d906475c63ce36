import { type ChildProcess, spawn } from "node:child_process";
import { type Checkout, checkOut, commitOf } from "./checkout.ts";
import { type Comparisons, compare, type Round } from "./compare.ts";
import type { Result } from "./measure.ts";

export type Side = keyof Round;

/** Measures both sides in turn (here, there, here, there …): what changes on the machine meets both. */
export async function inTurn(
  rounds: number,
  measure: (side: Side, round: number) => Promise<Result[]>,
): Promise<Round[]> {
  const done: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    const here = await measure("here", round);
    const there = await measure("there", round);
    done.push({ here, there });
  }
  return done;
}

export interface AgainstOptions {
  /** The working tree, which lies in a git repository. */
  readonly root: string;
  readonly revision: string;
  readonly rounds: number;
  readonly words: readonly string[];
  /** Told which run begins. */
  readonly onRun: (round: number, side: Side) => void;
  /** Ends the runs; what was checked out is removed, and `against` throws. */
  readonly signal: AbortSignal;
}

/**
 * Compares the working tree with a revision, each run in a process of its own. The revision's own
 * `bench/main.ts` is run as it is, so that any with `--json` will do.
 * Throws InputError if there is no such revision.
 */
export async function against(
  options: AgainstOptions,
): Promise<Comparisons & { readonly commit: string }> {
  const { root, revision, rounds, words, onRun, signal } = options;
  const commit = await commitOf(root, revision);
  const checkout: Checkout = await checkOut(root, commit);
  try {
    const folders = { here: root, there: checkout.folder };
    const measured = await inTurn(rounds, (side, round) => {
      signal.throwIfAborted();
      onRun(round, side);
      return benchIn(folders[side], words, signal);
    });
    return { commit, ...compare(measured) };
  } finally {
    await checkout.remove();
  }
}

/** Runs the benches of one folder; none if it has none of that name. */
async function benchIn(
  folder: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Result[]> {
  const argv = ["--import", "tsx", "bench/main.ts", "--json", ...words];
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const { out, err, code } = await ended(child);
  try {
    return (JSON.parse(out) as { results: Result[] }).results;
  } catch {
    throw new Error(`the bench in ${folder} ended with ${code} and without figures: ${err}`);
  }
}

function ended(child: ChildProcess): Promise<{ out: string; err: string; code: string }> {
  const text = { out: "", err: "" };
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text.out += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text.err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killed) => resolve({ ...text, code: String(code ?? killed) }));
  });
}
