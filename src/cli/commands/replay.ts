import { Command } from "commander";
import type { Io } from "../io.ts";
import {
  momentOption,
  seedOption,
  seedsOption,
  setOption,
  speedOption,
  timeOption,
} from "../option-values.ts";
import type { ReplayOptions } from "../replay/options.ts";
import { WHY_FORMS } from "../replay/why-forms.ts";
import { exclusive, noTimes, reporter } from "./shared-options.ts";

/** `detcd replay`: scenarios to runs, and runs to people and machines. */
export function replayCommand(io: Io, done: (code: number) => void): Command {
  return new Command("replay")
    .description("run a scenario, and show what happens and why")
    .argument(
      "<what...>",
      "names of the library, scenario files (.yaml), folders of them, - for standard input; or a trace (.ndjson)",
    )
    .option("--seed <number>", "another seed than the scenario's", seedOption)
    .addOption(
      exclusive("--seeds <from..to>", "once with each of these seeds", ["seed"]).argParser(
        seedsOption,
      ),
    )
    .option(
      "--set <path=value>",
      "change the scenario: cluster.pre-vote=false, steps[2].after=2s; repeatable",
      setOption,
    )
    .option("--plain", "tell the story as text, also on a terminal or of several runs")
    .option("--all", "tell everything, not only what matters")
    .addOption(exclusive("--quiet", "only the verdict, and what failed", ["plain", "all"]))
    .addOption(exclusive("--json", "print one report as JSON", ["plain", "all", "quiet"]))
    .addOption(reporter(["plain", "all", "quiet", "json"]))
    .addOption(noTimes())
    .option("--verify", "run it twice and compare every event; exit 3 where they differ")
    .option("--trace <file>", "write the trace of the run, as NDJSON")
    .option("--until <time>", 'stop there, e.g. "2.5s"; nothing is judged then', timeOption)
    .addOption(
      exclusive("--speed <factor>", "of the visualizer; 1 is real time", [
        ...["plain", "all", "quiet", "json", "reporter"],
      ]).argParser(speedOption),
    )
    .addOption(
      exclusive("--mouse", "the mouse works, too: a click on the line of time, the wheel", [
        ...["plain", "all", "quiet", "json", "reporter"],
      ]),
    )
    .addOption(
      exclusive("--at <moment>", "show this moment, as Y tells it: 3.526416s#1516", [
        ...["all", "quiet", "json", "reporter", "seeds"],
      ]).argParser(momentOption),
    )
    .addOption(
      exclusive("--why <what>", `tell what it came of, at the end or --at: ${WHY_FORMS}`, [
        ...["all", "quiet", "json", "reporter", "seeds", "speed"],
      ]),
    )
    .addHelpText(
      "after",
      `
On a terminal one run is drawn, else told as text; of several, each has a line, and what failed is told.
DETCD_SEED is used where no --seed is given, but for recorded failures: they have their own.
Exit codes: 0 all held, 1 an expectation failed, 2 bad input, 3 two runs differed (--verify),
4 stopped before the end (--until), so that nothing was judged.

Examples:
  detcd replay leader-crash
  detcd replay split-vote --seed 7 --plain
  detcd replay leader-crash --set cluster.pre-vote=false --set cluster.members=5
  detcd replay isolated-leader --at 2s --why "entry 8"
  detcd replay my-scenario.yaml --json --trace run.ndjson
  detcd replay scenarios/ --seeds 1..100 --reporter junit > junit.xml`,
    )
    .action(async (what: string[], options: ReplayOptions) => {
      const { replay } = await import("../replay/replay.ts");
      done(await replay(what, options, io));
    });
}
