import { InputError } from "../../scenario/read/input-error.ts";
import type { Io } from "../io.ts";
import { findSources, gathered, isScenarioFolder } from "../sources/find.ts";
import { readScenario } from "../sources/read.ts";
import { isTrace } from "../sources/source.ts";
import { replayAll } from "./all.ts";
import { otherName } from "./name-unlike-file.ts";
import { replayOne } from "./one.ts";
import type { ReplayOptions } from "./options.ts";
import { type Planned, seedOf } from "./planned.ts";
import { showTrace } from "./recorded.ts";

/** Replays one scenario or trace for whoever looks at it, or many for who wants to know whether they hold. */
export async function replay(
  what: readonly string[],
  options: ReplayOptions,
  io: Io,
): Promise<number> {
  const { seed, seeds, set = [] } = options;
  const several =
    what.length > 1 || seeds !== undefined || what.some((each) => isScenarioFolder(each, io));
  const sources = findSources(what, io);
  const [source] = sources;
  if (!several && source !== undefined && isTrace(source)) return showTrace(source, options, io);
  if (set.some(({ path }) => path.join() === "seed") && (seed ?? seeds) !== undefined) {
    throw InputError.plain("--set seed and --seed or --seeds both say which seed: take one");
  }
  for (const name of ["trace", "speed", "why", "mouse"] as const) {
    if (several && options[name] !== undefined) {
      throw InputError.plain(`--${name} is for one run, and these are several`);
    }
  }
  // All that is wrong with the input is said before anything takes long.
  const scenarios = gathered(sources, (each) => {
    if (isTrace(each)) {
      throw InputError.plain(`${each.label}: this is a trace: replay it alone, without --seeds`);
    }
    return [{ source: each, scenario: readScenario(each, set) }];
  });
  if (set.length === 0) {
    for (const each of scenarios) {
      const other = otherName(each);
      if (other !== null) io.error(`${other}\n`);
    }
  }
  const planned = scenarios.flatMap(({ source: each, scenario }): Planned[] => {
    const own = seed ?? seedOf(each, scenario, io);
    const { from, to } = seeds ?? { from: own, to: own };
    return Array.from({ length: to - from + 1 }, (_, i) => ({
      source: each,
      scenario,
      seed: from + i,
    }));
  });
  const [first] = planned;
  if (first === undefined) throw new Error("there is nothing to replay");
  if (!several && options.reporter === undefined) return replayOne(first, options, io);
  return replayAll(planned, options, io);
}
