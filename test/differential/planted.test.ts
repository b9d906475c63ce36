import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { authPrograms, ROOT_PASSWORD, tidyUpAuth } from "./auth-programs.ts";
import type { Call } from "./calls.ts";
import { AS_3_4_23, Duel, type DuelOptions } from "./duel.ts";
import type { JsonObject } from "./json.ts";
import { BCRYPT_COST, OurServer } from "./ours.ts";
import { kvPrograms, leasePrograms, type Program } from "./programs.ts";
import { found, PROGRAMS, SEED, TIMEOUT_MS, usable } from "./setting.ts";

const ROOT = { name: "root", password: ROOT_PASSWORD };

/** Answers as ours does, but for one detail. */
class Liar extends OurServer {
  readonly #lie: (answer: JsonObject) => JsonObject;

  constructor(lie: (answer: JsonObject) => JsonObject) {
    super(new Set(Object.keys(AS_3_4_23)));
    this.#lie = lie;
  }

  override call(call: Call, token: string): JsonObject {
    return this.#lie(super.call(call, token));
  }
}

const KNOWN = Object.keys(AS_3_4_23);
const without = (bug: string) => new Set(KNOWN.filter((other) => other !== bug));
const withToo = (bug: string) => new Set([...KNOWN, bug]);

const kv = (ours: () => OurServer) => ({ programs: kvPrograms(40), options: { ours } });
const leases = (ours: () => OurServer) => ({ programs: leasePrograms(30), options: { ours } });
const auth = (bugs: ReadonlySet<string>) => ({
  programs: authPrograms(40),
  options: {
    ours: () => new OurServer(bugs, ROOT),
    flags: ["--bcrypt-cost", String(BCRYPT_COST)],
    tidy: ({ revisions }: OurServer) => tidyUpAuth(revisions.now),
    root: ROOT,
  } satisfies Partial<DuelOptions>,
});

const MISTAKES = {
  "M13 of etcd 3.4.23 that ours has not": kv(() => new OurServer(without("M13"))),
  "a transaction that failed half-way and keeps its first half (W17)": kv(
    () => new OurServer(withToo("W17")),
  ),
  "an answer that never says that there is more": kv(
    () =>
      new Liar((answer) => {
        const { more, ...rest } = answer;
        return rest;
      }),
  ),
  "a key that stays with its old lease (L10)": leases(() => new OurServer(withToo("L10"))),
  "A1 of etcd 3.4.23 that ours has not": auth(without("A1")),
  "A2 of etcd 3.4.23 that ours has not": auth(without("A2")),
} satisfies Record<string, { programs: fc.Arbitrary<Program>; options: Partial<DuelOptions> }>;

describe.skipIf(!usable)(`a mistake is found by comparing with etcd (${found})`, () => {
  test.each(Object.entries(MISTAKES))(
    "%s",
    async (_, { programs, options }) => {
      const duel = new Duel(options);
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
});
