import { secondRunDiffers } from "../../fuzz/verify.ts";
import { formatDuration } from "../../scenario/read/duration.ts";
import { headerOf, runScenario, type ScenarioRun } from "../../scenario/run/run.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { StorySink } from "../../trace/story/story-sink.ts";
import type { Io } from "../io.ts";
import { seedOfEnvironment } from "../option-values.ts";
import { isRecorded } from "../sources/recorded-mark.ts";
import type { Source } from "../sources/source.ts";
import { shellWord } from "../text.ts";
import { saveFailure } from "./failures.ts";
import type { ReplayOptions } from "./options.ts";
import { TraceFile } from "./trace-file.ts";

/** A scenario that is to be run with one seed. */
export interface Planned {
  readonly source: Source;
  readonly scenario: Scenario;
  readonly seed: number;
}

/** A run and what is to be said of it. */
export interface Ran {
  readonly planned: Planned;
  readonly run: ScenarioRun;
  /** Who was told its story while it went on; null: nobody. */
  readonly told: StorySink | null;
  /** Real ms; null: not to be told. */
  readonly ms: number | null;
  /** How to get this very run again. */
  readonly command: string;
  /** Where a second run was another; null: it was not, or there was none. */
  readonly difference: string | null;
}

/** The seed that nobody gave: a recorded failure's own, else the environment's, else the scenario's. */
export function seedOf(source: Source, scenario: Scenario, io: Io): number {
  const ambient = isRecorded(source.text) ? null : seedOfEnvironment(io.env);
  return ambient ?? scenario.cluster.seed;
}

/** What is to be had of a run besides its verdict. */
export interface Wanted {
  /** Its events, to look back at them. Most of the memory that a run takes. */
  readonly events: boolean;
  /** The story of what matters, told while it goes on. */
  readonly story: boolean;
  /** A file of the failure, if it is nowhere else. */
  readonly saved: boolean;
}

/** Runs it, twice if that is to be verified. */
export function runPlanned(planned: Planned, options: ReplayOptions, wanted: Wanted, io: Io): Ran {
  const { scenario, seed } = planned;
  const { until, verify, times, trace } = options;
  const once = { seed, events: wanted.events, ...(until === undefined ? {} : { until }) };
  const header = headerOf(scenario, seed);
  const told = wanted.story ? new StorySink(header) : null;
  const file = trace === undefined ? null : new TraceFile(trace, header, io);
  const started = io.clock();
  const run = runWritten(file, () =>
    runScenario(scenario, { ...once, sinks: [told, file].filter((sink) => sink !== null) }),
  );
  const ms = times ? Math.round((io.clock() - started) * 1000) / 1000 : null;
  const difference = verify ? secondRunDiffers(scenario, run, once) : null;
  const saved =
    wanted.saved && run.report.verdict === "failed" && !isOwnEvidence(planned, options)
      ? saveFailure(scenario, seed, io)
      : null;
  return { planned, run, told, ms, command: commandOf(planned, saved, options, io), difference };
}

/** The trace of a run that does not come to its end is left as far as it came. */
function runWritten(file: TraceFile | null, run: () => ScenarioRun): ScenarioRun {
  try {
    const ran = run();
    file?.end();
    return ran;
  } finally {
    file?.close();
  }
}

/** A file that was run as it stands shows the failure itself: a copy would only go stale. */
function isOwnEvidence({ source, scenario, seed }: Planned, { set }: ReplayOptions): boolean {
  const isFile = source.path !== null && source.library === null;
  return isFile && set === undefined && seed === scenario.cluster.seed;
}

function commandOf(
  { source, scenario, seed }: Planned,
  saved: string | null,
  { set = [], until }: ReplayOptions,
  io: Io,
): string {
  const own = source.library ?? (source.path === null ? "-" : source.label);
  const words = ["detcd", "replay", saved ?? own];
  if (saved === null) {
    for (const { text } of set) words.push("--set", text);
    // Who has DETCD_SEED set must get this run, too.
    if (seed !== seedOf(source, scenario, io) || seed !== scenario.cluster.seed) {
      words.push("--seed", String(seed));
    }
  }
  if (until !== undefined) words.push("--until", formatDuration(until));
  return words.map(shellWord).join(" ");
}

/** For machines: the report, and what the command knows besides. */
export function jsonOf({ run, ms, command, difference }: Ran, { verify }: ReplayOptions): object {
  const { ok, verdict, name, title, seed, events, traceEvents, virtualMs, ...rest } = run.report;
  return {
    ok: ok && difference === null,
    verdict,
    name,
    title,
    seed,
    events,
    traceEvents,
    virtualMs,
    ...(ms === null ? {} : { wallMs: ms }),
    ...rest,
    // Two runs were made, and they were the same.
    verified: verify === true && difference === null,
    replay: command,
  };
}
