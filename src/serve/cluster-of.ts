import type { ScenarioData } from "../scenario/read/scenario-data.ts";
import { NOTHING_VIOLATED } from "../scenario/run/checkers.ts";

/**
 * A cluster that real clients are to talk to, where nothing else is said: its messages and disks are quick, since
 * the host's own take their time, too; versions are as in a real one; and the files of the log, of which a member keeps
 * five, are shorter than etcd's 64 MB, because they are in memory.
 */
const SERVED = {
  "monitor-versions": true,
  segment: "4MiB",
  network: { latency: { min: "20us", mean: "50us", max: "2ms" }, clients: "0us" },
  disk: { sync: { min: "30us", mean: "100us", max: "5ms" } },
} as const;

export interface ServedOptions {
  readonly seed: number;
  /** The scenario that is played meanwhile, and whose cluster it is; null: none. */
  readonly scenario: ScenarioData | null;
  /** Words of a scenario's `cluster:` that take the place of the scenario's own. */
  readonly cluster: Readonly<Record<string, unknown>>;
}

/** The scenario of a session: nothing in it ends, or is judged. */
export function servedScenario({ seed, scenario, cluster }: ServedOptions): ScenarioData {
  return {
    name: scenario?.name ?? "served",
    title: scenario?.title ?? "A cluster that real clients talk to",
    teaches: scenario?.teaches ?? "",
    seed,
    cluster: { ...SERVED, ...scenario?.cluster, ...cluster },
    impossible: scenario?.impossible ?? "fail",
    steps: scenario?.steps ?? [],
    expect: [NOTHING_VIOLATED],
  };
}
