import fc from "fast-check";
import { type Outcome, TARGETS } from "./targets.ts";

/**
 * Damages one kind of input so many times, in a process of its own, whose memory can be measured:
 * `main.ts TARGET RUNS SEED` prints one line of JSON.
 */
const [target = "", runs = "0", seed = "1"] = process.argv.slice(2);
const { damaged, take } = TARGETS[target] as (typeof TARGETS)[string];

const outcomes: Record<Outcome, number> = { refused: 0, taken: 0 };
let slowestMs = 0;

/** Of the processor: what a busy machine does besides does not count. */
const CASE_MS_MAX = 5_000;

const {
  failed,
  counterexample,
  errorInstance,
  seed: drawn,
  counterexamplePath,
} = fc.check(
  fc.property(damaged, (input) => {
    const before = process.cpuUsage();
    const outcome = take(input);
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    slowestMs = Math.max(slowestMs, ms);
    if (ms > CASE_MS_MAX) throw new Error(`it took ${Math.round(ms)} ms`);
    outcomes[outcome]++;
  }),
  { numRuns: Number(runs), seed: Number(seed), endOnFailure: process.env["SHRINK"] === undefined },
);
const { maxRSS } = process.resourceUsage();
const error = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
process.stdout.write(
  `${JSON.stringify({
    ...{
      target,
      seed: drawn,
      ...outcomes,
      slowestMs: Math.round(slowestMs),
      maxMiB: Math.round(maxRSS / 1024),
    },
    failure: failed ? { path: counterexamplePath, input: counterexample?.[0], error } : null,
  })}\n`,
);
