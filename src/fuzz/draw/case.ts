import fc from "fast-check";
import { rootRandom } from "../../base/random.ts";
import type { ScenarioData, StepData } from "../../scenario/read/scenario-data.ts";
import { NOTHING_VIOLATED } from "../../scenario/run/checkers.ts";
import type { Profile } from "../profiles.ts";
import { CaseRandom } from "./case-random.ts";
import { type ClusterData, clusters } from "./cluster.ts";
import { ANN, BOB, CLIENTS, Draft, ROOT } from "./draft.ts";
import { FAULT_KINDS } from "./faults.ts";
import { GROUPS, type Group, type Kind } from "./kind.ts";
import { DATA_KINDS } from "./leases-and-watches.ts";
import { OPERATOR_KINDS } from "./operators.ts";
import { PROGRAM_KINDS } from "./programs.ts";
import { STORE_KINDS } from "./store.ts";
import { USER_KINDS } from "./users.ts";

/** Every kind of step there is to draw. */
export const KINDS: readonly Kind[] = [
  ...FAULT_KINDS,
  ...STORE_KINDS,
  ...DATA_KINDS,
  ...USER_KINDS,
  ...PROGRAM_KINDS,
  ...OPERATOR_KINDS,
];

/** A case of a campaign: a scenario, and what chance has enabled in it. */
export interface Case {
  readonly number: number;
  readonly scenario: ScenarioData;
  /** The groups of steps that it is made of. */
  readonly groups: readonly Group[];
}

/** One step as it is drawn: how long after the one before it, in µs, and what. */
interface Drawn {
  readonly waitUs: number;
  readonly write: (draft: Draft) => StepData | null;
}

interface DrawnCase {
  readonly cluster: ClusterData;
  readonly groups: readonly Group[];
  readonly steps: readonly Drawn[];
}

/** Some steps fall in the middle of what the last one set off, others wait for an election. */
const waitUs = fc.oneof(
  fc.nat(3_000),
  fc.nat(200_000),
  fc.integer({ min: 200_000, max: 3_000_000 }),
);

/** How often kinds come in one case: some not at all, some four times as often. */
const rates = fc.array(fc.constantFrom(0, 1, 1, 1, 1, 2, 4), {
  minLength: KINDS.length,
  maxLength: KINDS.length,
});

/** Arbitraries are made once a profile: they remember nothing. */
const arbitraries = new Map<Profile, fc.Arbitrary<DrawnCase>>();

function arbitraryOf(profile: Profile): fc.Arbitrary<DrawnCase> {
  let known = arbitraries.get(profile);
  if (known === undefined) {
    known = drawn(profile);
    arbitraries.set(profile, known);
  }
  return known;
}

/** Swarm testing: a case has some groups of steps only, at rates of its own. */
function drawn(profile: Profile): fc.Arbitrary<DrawnCase> {
  const optional = GROUPS.filter(
    (group) => !profile.always.includes(group) && !profile.never.includes(group),
  );
  const size = { minLength: profile.steps[0], maxLength: profile.steps[1], size: "max" } as const;
  return fc
    .record({
      cluster: clusters(fc.constantFrom(...profile.members)).map((cluster) => ({
        ...cluster,
        ...profile.cluster,
      })),
      out: fc.subarray([...optional], { maxLength: Math.max(0, optional.length - 2) }),
      rates,
    })
    .chain(({ cluster, out, rates }) => {
      const groups = GROUPS.filter(
        (group) => !profile.never.includes(group) && !out.includes(group),
      );
      const kinds = KINDS.flatMap((kind, i) => {
        const more = profile.more[kind.group] ?? 1;
        const weight = kind.weight * (rates[i] as number) * more;
        if (weight === 0 || !groups.includes(kind.group)) return [];
        return [{ weight, arbitrary: kind.drawn }];
      });
      const step = fc.record({
        waitUs,
        write: kinds.length === 0 ? fc.constant(() => null) : fc.oneof(...kinds),
      });
      return fc.record({
        cluster: fc.constant(timed(groups) ? { ...cluster, "check-quorum": true } : cluster),
        groups: fc.constant(groups),
        steps: fc.array(step, size),
      });
    });
}

/**
 * Whether clients rely on time: then the leader must know that it leads, as etcd's always does. One that goes on
 * without a majority renews leases that others let expire.
 */
function timed(groups: readonly Group[]): boolean {
  return groups.includes("leases") || groups.includes("locks");
}

/** Case `number` of the campaign with this seed. It depends on nothing else. */
export function drawCase(profile: Profile, seed: number, number: number): Case {
  const path = `fuzz/${profile.name}/${number}`;
  const [drawnCase] = fc.sample(arbitraryOf(profile), {
    numRuns: 1,
    seed: 0,
    randomType: () => new CaseRandom(seed, path),
  });
  const { cluster, groups, steps } = drawnCase as DrawnCase;
  const draft = new Draft(cluster["members"] as number, groups.includes("auth"));
  const written: StepData[] = [];
  let waited = 0;
  for (const { waitUs, write } of steps) {
    waited += waitUs;
    const step = write(draft);
    if (step === null) continue;
    written.push({ after: microseconds(waited), ...step });
    waited = 0;
  }
  const auth = draft.authSetUp ? ROOT : {};
  const scenario: ScenarioData = {
    name: `${profile.name}-${seed}-${number}`,
    title: `Case ${number} of the ${profile.name} campaign with seed ${seed}`,
    teaches: `Drawn by chance, of ${groups.join(", ")}.`,
    seed: rootRandom(seed).fork(`${path}/run`).uint32(),
    cluster,
    impossible: "skip",
    steps: [
      ...(draft.authSetUp ? signIns(draft) : []),
      ...written,
      { after: microseconds(waited), settle: { ...profile.settle, ...auth } },
    ],
    expect: [NOTHING_VIOLATED],
  };
  return { number, scenario, groups };
}

/** Everybody has a name and a password, in case auth is on. */
function signIns(draft: Draft): StepData[] {
  return draft.used.map((client) => {
    const user = includes(CLIENTS.ann, client) ? ANN : includes(CLIENTS.bob, client) ? BOB : ROOT;
    return { connect: { client, ...user } };
  });
}

function includes(clients: readonly number[], client: number): boolean {
  return clients.includes(client);
}

/** The shortest exact form: `1.5s`, `20ms`, `17us`. */
function microseconds(us: number): string {
  if (us === 0) return "0s";
  if (us % 1000 !== 0) return `${us}us`;
  return us % 1_000_000 === 0 ? `${us / 1_000_000}s` : `${us / 1000}ms`;
}
