import { test as property } from "@fast-check/vitest";
import { afterAll, describe, expect } from "vitest";
import { etcdVersion } from "../support/real-etcd.ts";
import { Duel } from "./duel.ts";
import { kvPrograms, leasePrograms } from "./programs.ts";

const version = etcdVersion();
// Later versions answer differently here and there, by intent.
const usable = version?.includes(" 3.4.") ?? false;
const found = `${version ?? "none in PATH"}${usable ? "" : "; skipped: wants etcd 3.4"}`;

/** `npm run differential` asks for more. */
const { DETCD_DIFFERENTIAL_PROGRAMS = "60", DETCD_DIFFERENTIAL_SEED = "3423" } = process.env;
const PROGRAMS = Number(DETCD_DIFFERENTIAL_PROGRAMS);
const SEED = Number(DETCD_DIFFERENTIAL_SEED);
const TIMEOUT_MS = 20_000 + PROGRAMS * 2_000;

describe.skipIf(!usable)(`against a real etcd (${found})`, () => {
  const duel = new Duel();

  afterAll(async () => {
    await duel.stop();
    console.log(`differential: ${duel.summary()}`);
    for (const [text, count] of duel.errors) console.log(`  ${count} × ${text}`);
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
