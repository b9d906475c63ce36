import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CURRENT_LINE } from "../../src/profile/lines.ts";
import { authPrograms, ROOT_PASSWORD, tidyUpAuth } from "./auth-programs.ts";
import type { Call } from "./calls.ts";
import { Duel, type DuelOptions } from "./duel.ts";
import type { JsonObject } from "./json.ts";
import { BCRYPT_COST, OurServer } from "./ours.ts";
import { kvPrograms, leasePrograms, type Program } from "./programs.ts";
import { JUDGES, PROGRAMS, SEED, TIMEOUT_MS } from "./setting.ts";

const ROOT = { name: "root", password: ROOT_PASSWORD };

/** Answers as ours does, but for one detail. */
class Liar extends OurServer {
  readonly #lie: (answer: JsonObject) => JsonObject;

  constructor(release: string, lie: (answer: JsonObject) => JsonObject) {
    super(release);
    this.#lie = lie;
  }

  override call(call: Call, token: string): JsonObject {
    return this.#lie(super.call(call, token));
  }
}

type Ours = DuelOptions["ours"];
const wrong =
  (mistake: string): Ours =>
  (release) =>
    new OurServer(release, [mistake]);

const kv = (ours: Ours) => ({ programs: kvPrograms(40), options: { ours } });
const leases = (ours: Ours) => ({ programs: leasePrograms(30), options: { ours } });
const auth = (mistake: string) => ({
  programs: authPrograms(CURRENT_LINE, 40),
  options: {
    ours: (release) => new OurServer(release, [mistake]),
    flags: ["--bcrypt-cost", String(BCRYPT_COST)],
    tidy: ({ revisions }) => tidyUpAuth(revisions.now),
    root: ROOT,
  } satisfies Partial<DuelOptions>,
});

const MISTAKES = {
  "a hash at the compacted revision that is refused (M13)": kv(wrong("M13")),
  "a transaction that failed half-way and keeps its first half (W17)": kv(wrong("W17")),
  "the ways of another line": kv(() => new OurServer("3.4.23")),
  "an answer that never says that there is more": kv(
    (release) =>
      new Liar(release, (answer) => {
        const { more, ...rest } = answer;
        return rest;
      }),
  ),
  "a key that stays with its old lease (L10)": leases(wrong("L10")),
  "a nested transaction that is not checked (A1)": auth("A1"),
  "what a put reads that is not checked (A2)": auth("A2"),
} satisfies Record<string, { programs: fc.Arbitrary<Program>; options: Partial<DuelOptions> }>;

const NEWEST = JUDGES.find(({ version }) => version !== "" && !version.startsWith("3.4."));

describe.skipIf(NEWEST === undefined)(
  `a mistake is found by comparing with etcd ${NEWEST?.version ?? "(skipped: none after 3.4 here)"}`,
  () => {
    test.each(Object.entries(MISTAKES))(
      "%s",
      async (_, { programs, options }) => {
        if (NEWEST === undefined) return;
        const duel = new Duel(NEWEST, options);
        const drawn = fc.sample(programs, { seed: SEED, numRuns: 5 * PROGRAMS });
        let difference: string | null = null;
        for (const program of drawn) {
          difference = await duel.run(program);
          if (difference !== null) break;
        }
        await duel.stop();
        console.log(`found by program ${duel.programs}: ${difference?.slice(0, 300)}`);
        expect(difference).not.toBeNull();
      },
      TIMEOUT_MS,
    );
  },
);
