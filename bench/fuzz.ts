import { drawCase } from "../src/fuzz/draw/case.ts";
import { DEFAULT_PROFILE } from "../src/fuzz/profiles.ts";
import { runCase } from "../src/fuzz/run-case.ts";
import { type ScenarioData, type StepData, scenario } from "../src/scenario/read/scenario-data.ts";
import { runScenario } from "../src/scenario/run/run.ts";
import type { Bench } from "./measure.ts";

/** Cases of the default profile, drawn, run and judged by all checkers. */
export function casesBench(cases: number): Bench {
  let from = 0;
  return {
    name: `fuzz: ${cases} cases of the default profile`,
    unit: "cases",
    measure: "per second",
    runs: 3,
    run() {
      // Others each time: some are much longer than others.
      for (let i = 0; i < cases; i++) runCase(drawCase(DEFAULT_PROFILE, 1, from + i).scenario);
      from += cases;
      return cases;
    },
  };
}

/** Five members, 30 virtual seconds, 500 operations of five clients, faults all the while, all checkers. */
function episode(seed: number): ScenarioData {
  const faults: StepData[] = [
    { after: "2s", isolate: "leader" },
    { after: "3s", heal: true },
    { after: "1s", crash: { member: "leader", disk: "tear" } },
    { after: "2s", link: { loss: "5%", duplicate: "5%", reorder: "5%" } },
    { after: "3s", restart: "down" },
    { after: "2s", "transfer-to": "follower" },
    { after: "3s", partition: { minority: "leader" } },
    { after: "3s", heal: true },
    { after: "2s", crash: { member: "majority", disk: "random" } },
    { after: "2s", restart: "down" },
    { after: "5s", heal: true },
  ];
  const texts = { name: "episode", title: "An episode", teaches: "Nothing." };
  return {
    ...texts,
    seed,
    cluster: { members: 5, "snapshot-entries": 100, "catch-up-entries": 20 },
    impossible: "skip",
    until: "30s",
    steps: [
      {
        after: "1500ms",
        traffic: { clients: [1, 2, 3, 4, 5], of: "mixed", count: 100, every: "250ms", keys: 5 },
      },
      { watch: { prefix: "k", client: 6, as: "W" } },
      ...faults,
    ],
    expect: ["nothing is violated"],
  };
}

export function episodeBench(): Bench {
  let seed = 0;
  return {
    name: "fuzz: an episode (5 members, 30 s, 500 operations, faults, all checkers)",
    unit: "episodes",
    target: 24,
    measure: "ms",
    runs: 15,
    run() {
      const options = { digests: false, events: false, stopAtViolation: true };
      const { report } = runScenario(scenario(episode(++seed)), options);
      if (!report.ok) throw new Error(`the episode is not well: ${report.violations.join("; ")}`);
      return 1;
    },
  };
}
