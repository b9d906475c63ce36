import { virtualAmbience } from "./ambient.ts";
import { context } from "./context.ts";
import { Engine } from "./engine.ts";
import { readEnvironment, type SimulationOptions } from "./environment.ts";
import { guardHost } from "./host-guard.ts";
import { ownRejections } from "./rejections.ts";
import { SimulationError, type SimulationReport } from "./report.ts";
import { Sim } from "./sim.ts";

/**
 * Runs a workload, written with plain async and await, against a simulated etcd cluster: on its virtual
 * clock, under the faults of `options.steps`, held against every checker and the workload's own
 * invariants. The same options, seed and workload give the same run, event by event.
 *
 * Throws a {@link SimulationError} where the workload throws, something is violated, the workload uses
 * timers or I/O of the host, or waits in vain; {@link InputError} where the options make no sense.
 *
 * @public
 */
export async function simulate(
  options: SimulationOptions,
  workload: (sim: Sim) => Promise<unknown>,
): Promise<SimulationReport> {
  if (context.getStore() !== undefined) {
    throw new Error("a workload can't simulate: it is inside of a simulation already");
  }
  const engine = new Engine(readEnvironment(options), options.only);
  const unguard = guardHost();
  const restore = virtualAmbience();
  const disown = ownRejections(engine);
  try {
    const report = await engine.play(() => workload(new Sim(engine)));
    if (!report.ok && options.throws !== false) throw new SimulationError(report, engine.cause);
    return report;
  } finally {
    disown();
    restore();
    unguard();
  }
}
