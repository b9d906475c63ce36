import { test as property } from "@fast-check/vitest";
import { afterAll, describe, expect } from "vitest";
import { Duel } from "./duel.ts";
import { kvPrograms, leasePrograms } from "./programs.ts";
import { found, PROGRAMS, SEED, TIMEOUT_MS, usable } from "./setting.ts";

describe.skipIf(!usable)(`against a real etcd (${found})`, () => {
  const duel = new Duel();

  afterAll(async () => {
    await duel.stop();
    console.log(duel.summary("key-value and lease"));
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
