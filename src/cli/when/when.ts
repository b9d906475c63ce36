import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { storyWithin } from "../../fuzz/when/story-within.ts";
import { findWhen, momentsOf } from "../../fuzz/when/when.ts";
import { workerPool } from "../../fuzz/workers/pool.ts";
import { suggestion } from "../../scenario/read/suggest.ts";
import { INVARIANT_NAMES, violationText } from "../../scenario/run/checkers.ts";
import { EXIT } from "../exit-codes.ts";
import { countOption, realTimeOption, workersOption } from "../fuzz/fuzz-options.ts";
import type { Io } from "../io.ts";
import { findSource } from "../library.ts";
import { seedOfEnvironment, seedOption } from "../options.ts";
import { failingOf } from "./failing.ts";
import { whenLines } from "./when-text.ts";

interface WhenOptions {
  readonly runs: number;
  readonly moments: number;
  readonly seed?: number;
  readonly json?: boolean;
  /** Real ms. */
  readonly time: number;
  readonly workers?: number;
  readonly invariant?: string;
}

const TIME_DEFAULT = 60_000;

/** `detcd when`: the same run up to a moment, then other chance: where does it begin to fail always? */
export function whenCommand(io: Io, done: (code: number) => void): Command {
  return new Command("when")
    .description(
      "when did a failure become inevitable? Its probability over time, and what moved it",
    )
    .argument("<failure>", "a scenario file (.yaml) that fails, or a recorded failure")
    .option("--runs <number>", "continuations of each moment", countOption, 40)
    .option("--moments <number>", "how many moments to look at", momentsOption, 24)
    .option("--invariant <name>", "which is to be broken (the first that is)", invariantOption)
    .option("--seed <number>", "of the continuations' chance (1)", seedOption)
    .option("--time <time>", "stop after so long", realTimeOption, TIME_DEFAULT)
    .option("--workers <number>", "threads (one a core)", workersOption)
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `
The run is the same up to a moment; then all its chance is another: elections, network, disks, clients. Of the
intervals between two moments the one with the largest jump is halved next.
DETCD_SEED is used where no --seed is given. Exit codes: 0 it was worked out, 2 bad input.

Examples:
  detcd when detcd-failures/acknowledged-writes-7-31.yaml
  detcd when my-failure.yaml --runs 100 --invariant linearizable`,
    )
    .action(async (what: string, options: WhenOptions) => {
      done(await when(what, options, io));
    });
}

function momentsOption(text: string): number {
  const moments = countOption(text);
  if (moments < 2) throw new InvalidArgumentError("at least 2: the beginning and the end.");
  return moments;
}

function invariantOption(text: string): string {
  if (INVARIANT_NAMES.includes(text)) return text;
  throw new InvalidArgumentError(
    `there is no invariant "${text}"${suggestion(text, INVARIANT_NAMES)}.`,
  );
}

async function when(what: string, options: WhenOptions, io: Io): Promise<number> {
  const { failing, run } = failingOf(findSource(what, io), options.invariant ?? null);
  const { label } = failing;
  const end = Math.round(run.report.virtualMs * 1000);
  const { runs, moments } = options;
  const settings = { seed: options.seed ?? seedOfEnvironment(io.env) ?? 1, runs, moments };
  const workers = options.workers ?? availableParallelism();
  const pool = workerPool(workers);
  const started = io.clock();
  const elapsed = () => io.clock() - started;
  const result = await findWhen(failing, momentsOf(run.events, end), settings, pool, {
    stopped: () => elapsed() >= options.time,
    progress: (looked) => {
      if (io.interactive) io.error(`${CLEAR}${looked} of ${moments} moments`);
    },
  }).finally(() => pool.close());
  if (io.interactive) io.error(CLEAR);
  const ms = elapsed();
  const story = result.jump === null ? [] : storyWithin(run, result.jump);
  const violation = run.violations[0];
  const text = violation === undefined ? "does not hold what it expects" : violationText(violation);
  if (options.json) {
    const json = {
      detcd: "when-report",
      version: 1,
      name: run.header.name,
      seed: run.header.seed,
      invariant: failing.invariant,
      text,
      endUs: end,
      settings,
      ...result,
      story,
      wallMs: Math.round(ms),
    };
    io.out(`${JSON.stringify(json, null, 2)}\n`);
    return EXIT.held;
  }
  const found = { label, text, end, result, story, settings, ms, workers };
  io.out(`${whenLines(found, io.colors).join("\n")}\n`);
  return EXIT.held;
}

const CLEAR = "\r\u001B[2K";
