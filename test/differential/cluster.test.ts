import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { authPrograms, ROOT_PASSWORD, tidyUpAuth } from "./auth-programs.ts";
import { Duel } from "./duel.ts";
import { OurMember } from "./our-cluster.ts";
import { BCRYPT_COST } from "./ours.ts";
import { kvPrograms, leasePrograms } from "./programs.ts";
import { JUDGES, type Judge, PROGRAMS, SEED, TIMEOUT_MS } from "./setting.ts";

const MEMBERS = 3;
/** Each command goes around, and all members are looked at in the end. */
const RUNS = Math.ceil(PROGRAMS / 10);
/** A machine that is busy must not cost a leader his term. */
const PATIENT = ["--heartbeat-interval=300", "--election-timeout=3000"];

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(`three members against real etcds ${judge.name}`, () => {
    const ours = (release: string, leads: boolean) => OurMember.cluster(release, leads);
    const duels = {
      leases: new Duel(judge, { members: MEMBERS, ours, flags: PATIENT }),
      users: new Duel(judge, {
        ...{ members: MEMBERS, ours, root: { name: "root", password: ROOT_PASSWORD } },
        flags: [...PATIENT, "--bcrypt-cost", String(BCRYPT_COST)],
        tidy: ({ revisions }) => tidyUpAuth(revisions.now),
      }),
    };

    afterAll(async () => {
      for (const [what, duel] of Object.entries(duels)) {
        await duel.stop();
        console.log(duel.summary(`${judge.version}, three members, ${what}`));
      }
    });

    property.prop([leasePrograms(30)], { seed: SEED + 5, numRuns: RUNS })(
      "what one of them is asked, it answers the same, and all hold the same in the end",
      async (program) => {
        expect(await duels.leases.run(program)).toBeNull();
      },
      TIMEOUT_MS,
    );

    property.prop([authPrograms(judge.line, 30)], { seed: SEED + 6, numRuns: RUNS })(
      "also where several users ask",
      async (program) => {
        expect(await duels.users.run(program)).toBeNull();
      },
      TIMEOUT_MS,
    );
  });
}

const NEWEST = JUDGES.find(({ version, line }) => version !== "" && line === "3.7");

test.skipIf(NEWEST === undefined)(
  "a mistake of those whom nobody asked is found: reads that they leave out (W16)",
  async () => {
    const ours = (release: string, leads: boolean) => OurMember.cluster(release, leads, ["W16"]);
    const duel = new Duel(NEWEST as Judge, { members: MEMBERS, ours, flags: PATIENT });
    let difference: string | null = null;
    for (const program of fc.sample(kvPrograms(40), { seed: SEED, numRuns: 60 })) {
      difference = await duel.run(program);
      if (difference !== null) break;
    }
    await duel.stop();
    console.log(`found by program ${duel.programs}: ${difference?.slice(0, 300)}`);
    expect(difference).not.toBeNull();
  },
  TIMEOUT_MS,
);
