import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { formatDuration } from "../scenario/read/duration.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { parseScenario } from "../scenario/read/parse.ts";
import { runsDiffer } from "../scenario/run/compare-runs.ts";
import { runScenario, type ScenarioRun } from "../scenario/run/run.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { encodeTrace } from "../trace/ndjson.ts";
import { renderStory } from "../trace/story/story-text.ts";
import { EXIT } from "./exit-codes.ts";
import { saveFailure } from "./failures.ts";
import type { Io } from "./io.ts";
import { findSource, reason, type Source } from "./library.ts";
import {
  type ReplayOptions,
  seedOfEnvironment,
  seedOption,
  speedOption,
  timeOption,
} from "./options.ts";
import { isTrace, showTrace } from "./recorded.ts";
import { renderVerdict } from "./verdict-text.ts";
import { visualize } from "./visualize.ts";

/** `detcd replay`: a scenario to a run, and the run to a person. */
export function replayCommand(io: Io, done: (code: number) => void): Command {
  return new Command("replay")
    .description("run a scenario, and show what happens and why")
    .argument(
      "<what>",
      "a name of the library, a scenario file (.yaml), a recorded failure, or a trace (.ndjson)",
    )
    .option("--seed <number>", "another seed than the scenario's", seedOption)
    .option("--json", "print one report as JSON")
    .option("--plain", "tell the story as text, also on a terminal")
    .option("--all", "tell everything, not only what matters")
    .option("--verify", "run it twice and compare every event; exit 3 where they differ")
    .option("--trace <file>", "write the trace of the run, as NDJSON")
    .option("--until <time>", 'stop there, e.g. "2.5s"', timeOption)
    .option("--speed <factor>", "of the visualizer; 1 is real time", speedOption)
    .addHelpText(
      "after",
      `
On a terminal the run is drawn, else told as text. DETCD_SEED is used where no --seed is given.
Exit codes: 0 it held, 1 an expectation failed, 2 bad input, 3 two runs differed (--verify).

Examples:
  detcd replay leader-crash
  detcd replay split-vote --seed 7 --plain
  detcd replay my-scenario.yaml --json --trace run.ndjson`,
    )
    .action(async (what: string, options: ReplayOptions) => {
      done(await replay(what, options, io));
    });
}

export async function replay(what: string, options: ReplayOptions, io: Io): Promise<number> {
  const source = findSource(what, io);
  if (isTrace(source)) return showTrace(source, options, io);
  const scenario = parseScenario(source.text, source.label);
  const seed = options.seed ?? seedOfEnvironment(io.env) ?? scenario.cluster.seed;
  const started = io.clock();
  const until = options.until === undefined ? {} : { until: options.until };
  const run = runScenario(scenario, { seed, ...until });
  const wallMs = Math.round((io.clock() - started) * 1000) / 1000;
  if (options.trace !== undefined) writeTrace(options.trace, run, io);

  const { report } = run;
  if (options.verify) {
    const difference = runsDiffer(run, runScenario(scenario, { seed, ...until }));
    if (difference !== null) {
      io.error(`not deterministic: ${difference}\n`);
      return EXIT.nondeterminism;
    }
  }
  const saved = report.ok ? null : saveOnce(scenario, source, seed, io);
  const command = `detcd replay ${saved ?? named(source, what, scenario, seed)}${
    options.until === undefined ? "" : ` --until ${formatDuration(options.until)}`
  }`;
  if (options.json) {
    const { ok, name, title, seed: _, events, virtualMs, ...rest } = report;
    const json = { ok, name, title, seed, events, virtualMs, wallMs, ...rest, replay: command };
    io.out(`${JSON.stringify(json, null, 2)}\n`);
  } else {
    const shown = io.interactive && !options.plain && !options.all;
    if (shown) await visualize(run, options.speed);
    else io.out(`${story(run, options).join("\n")}\n`);
    const verdict = renderVerdict(report, { label: source.label, command, colors: io.colors });
    io.out(`${verdict.join("\n")}\n`);
  }
  return report.ok ? EXIT.held : EXIT.failed;
}

function story(run: ScenarioRun, options: ReplayOptions): string[] {
  return renderStory(run.header, run.events, { detail: options.all ? "all" : "story" });
}

/** How to get this very run again. */
function named(source: Source, what: string, scenario: Scenario, seed: number): string {
  const name = source.library ?? what;
  return seed === scenario.cluster.seed ? name : `${name} --seed ${seed}`;
}

/** Saves the failing run, unless it is a file that was replayed as it is. */
function saveOnce(scenario: Scenario, source: Source, seed: number, io: Io): string | null {
  // A file that was run as it is shows the failure itself: a copy would only go stale.
  if (source.library === null && seed === scenario.cluster.seed) return source.label;
  return saveFailure(scenario, seed, io);
}

function writeTrace(file: string, run: ScenarioRun, io: Io): void {
  try {
    writeFileSync(resolve(io.cwd, file), encodeTrace(run.header, run.events));
  } catch (error) {
    throw InputError.plain(`${file}: the trace can't be written: ${reason(error, "folder")}`);
  }
}
