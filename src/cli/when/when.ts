import { availableParallelism } from "node:os";
import { storyWithin } from "../../fuzz/when/story-within.ts";
import { findWhen, momentsOf } from "../../fuzz/when/when.ts";
import { workerPool } from "../../fuzz/workers/pool.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { suggestion } from "../../scenario/read/suggest.ts";
import { INVARIANT_NAMES, violationText } from "../../scenario/run/checkers.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { seedOfEnvironment } from "../option-values.ts";
import { findSource } from "../sources/find.ts";
import { failingOf } from "./failing.ts";
import { whenLines } from "./when-text.ts";

export interface WhenOptions {
  readonly runs: number;
  readonly moments: number;
  readonly seed?: number;
  readonly json?: boolean;
  /** Real ms. */
  readonly time: number;
  readonly workers?: number;
  readonly invariant?: string;
  readonly times: boolean;
}

/** Works out when a failure became inevitable, and tells; the exit code. */
export async function when(what: string, options: WhenOptions, io: Io): Promise<number> {
  const { invariant = null } = options;
  if (invariant !== null && !INVARIANT_NAMES.includes(invariant)) {
    throw InputError.plain(
      `--invariant: there is no invariant "${invariant}"${suggestion(invariant, INVARIANT_NAMES)}`,
    );
  }
  const { failing, run } = failingOf(findSource(what, io), invariant);
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
      ...(options.times ? { wallMs: Math.round(ms) } : {}),
    };
    io.out(`${JSON.stringify(json, null, 2)}\n`);
    return EXIT.held;
  }
  const found = {
    label,
    text,
    end,
    result,
    story,
    settings,
    ran: options.times ? { ms, workers } : null,
  };
  io.out(`${whenLines(found, io.colors).join("\n")}\n`);
  return EXIT.held;
}

const CLEAR = "\r\u001B[2K";
