import { test as property } from "@fast-check/vitest";
import { afterAll, describe, expect } from "vitest";
import { Duel } from "./duel.ts";
import { kvPrograms, leasePrograms } from "./programs.ts";
import { JUDGES, PROGRAMS, SEED, TIMEOUT_MS } from "./setting.ts";

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(`against a real etcd ${judge.name}`, () => {
    const duel = new Duel(judge);

    afterAll(async () => {
      await duel.stop();
      console.log(duel.summary(`${judge.version}, key-value and lease`));
    });

    property.prop([kvPrograms(40)], { seed: SEED, numRuns: PROGRAMS })(
      "every answer to puts, ranges, deletions, transactions and compactions is equal, and so is hashKV",
      async (program) => {
        expect(await duel.run(program)).toBeNull();
      },
      TIMEOUT_MS,
    );

    property.prop([leasePrograms(30)], { seed: SEED + 1, numRuns: Math.ceil(PROGRAMS / 3) })(
      "every answer is equal where keys hang on leases",
      async (program) => {
        expect(await duel.run(program)).toBeNull();
      },
      TIMEOUT_MS,
    );
  });
}
