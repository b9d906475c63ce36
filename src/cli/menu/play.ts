import { InputError } from "../../scenario/read/input-error.ts";
import { type ScenarioData, scenario } from "../../scenario/read/scenario-data.ts";
import { NOTHING_VIOLATED } from "../../scenario/run/checkers.ts";
import { runScenario } from "../../scenario/run/run.ts";
import { Session } from "../../session/session.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { seedOfEnvironment } from "../option-values.ts";
import { visualize } from "../replay/visualize.ts";

export interface PlayOptions {
  readonly members: number;
  readonly seed?: number;
}

const TEACHES = `A cluster that nothing happens to, but for what you do to it.

   x    break it: crash, cut, lose a message, slow a disk …
   :    any step of a scenario, e.g.  put: { key: a, value: 1 }
   u    take it back      b, B  other branches      s  save it as a scenario
   space, ← →  time; the run goes on for as long as you play

To begin with: let it elect a leader, crash it, and see who follows.
`;

/** Shows a new cluster, until the person quits; the exit code. */
export async function play({ members, seed: given }: PlayOptions, io: Io): Promise<number> {
  if (!io.interactive) {
    throw InputError.plain(
      "play needs a terminal: tell a run as text with `detcd replay NAME --plain`",
    );
  }
  const seed = given ?? seedOfEnvironment(io.env) ?? 1;
  const data: ScenarioData = {
    name: "play",
    title: `${members} ${members === 1 ? "member" : "members"} to play with`,
    teaches: "What was done to a cluster by hand.",
    seed,
    cluster: { members },
    until: "15s",
    steps: [{ at: "0s", note: "a cluster is born" }],
    expect: [NOTHING_VIOLATED],
  };
  const run = runScenario(scenario(data));
  // The first page is about the keys; what is saved is not.
  const taught = { ...run, header: { ...run.header, teaches: TEACHES } };
  const session = Session.from(data, taught, 0);
  const command = `detcd play --members ${members} --seed ${seed}`;
  await visualize(run, { session, command }, io);
  return EXIT.held;
}
