import fc from "fast-check";
import { MEMBERS_MAX } from "../scenario/read/cluster-schema.ts";
import { InputError } from "../scenario/read/input-error.ts";
import type { ScenarioData } from "../scenario/read/scenario-data.ts";
import { drawCase } from "./draw/case.ts";
import { GROUPS, type Group } from "./draw/kind.ts";
import { DEFAULT_PROFILE, type Profile } from "./profiles.ts";
import { PASSES } from "./shrink/passes.ts";

/**
 * What faults {@link plan} draws.
 *
 * @public
 */
export interface PlanOptions {
  /** Members at the start; default 3. */
  readonly members?: number;
  /** Faults at most; default 12. */
  readonly faults?: number;
}

/** Whatever happens to a cluster that nobody asks for anything: clients are the user's. */
const FAULTS: readonly Group[] = ["processes", "network", "disks", "clocks"];

/**
 * An arbitrary of fault schedules for a user's own workload: `test.prop([plan()])`, with the plan handed on
 * to `simulate`. It is a scenario without clients, and it shrinks as scenarios do: fewer faults first.
 * A schedule may leave the cluster without a quorum for as long as the workload runs (all crash, and nobody
 * starts them): who tries until it succeeds then never ends, which `simulate` says.
 * Throws InputError where the options make no sense.
 *
 * @public
 */
export function plan({ members = 3, faults = 12 }: PlanOptions = {}): fc.Arbitrary<ScenarioData> {
  if (!Number.isInteger(members) || members < 1 || members > MEMBERS_MAX) {
    throw InputError.plain(`members: 1 to ${MEMBERS_MAX}, not ${members}`);
  }
  if (!Number.isInteger(faults) || faults < 0) {
    throw InputError.plain(`faults: a whole number from 0 on, not ${faults}`);
  }
  return new PlanArbitrary({
    ...DEFAULT_PROFILE,
    name: "plan",
    members: [members],
    steps: [0, faults],
    always: FAULTS,
    never: GROUPS.filter((group) => !FAULTS.includes(group)),
  });
}

class PlanArbitrary extends fc.Arbitrary<ScenarioData> {
  private readonly profile: Profile;

  constructor(profile: Profile) {
    super();
    this.profile = profile;
  }

  generate(random: fc.Random): fc.Value<ScenarioData> {
    const seed = random.nextInt(0, 0x7fff_ffff);
    return new fc.Value(drawCase(this.profile, seed, 0).scenario, undefined);
  }

  /** It is plain data, whoever made it. */
  canShrinkWithoutContext(value: unknown): value is ScenarioData {
    return typeof value === "object" && value !== null && "steps" in value;
  }

  shrink(value: ScenarioData): fc.Stream<fc.Value<ScenarioData>> {
    return new fc.Stream(candidates(value));
  }
}

/** What the passes would try of it, were none of that to fail. */
function* candidates(data: ScenarioData): IterableIterator<fc.Value<ScenarioData>> {
  const seen = new Set([JSON.stringify(data)]);
  for (const pass of PASSES) {
    const tried: ScenarioData[] = [];
    pass.reduce(data, (candidate) => {
      tried.push(candidate);
      return false;
    });
    for (const candidate of tried) {
      const text = JSON.stringify(candidate);
      if (seen.has(text)) continue;
      seen.add(text);
      yield new fc.Value(candidate, undefined);
    }
  }
}
