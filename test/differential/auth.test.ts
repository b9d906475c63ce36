import { test as property } from "@fast-check/vitest";
import { afterAll, describe, expect } from "vitest";
import { authPrograms, ROOT_PASSWORD, tidyUpAuth } from "./auth-programs.ts";
import { AS_3_4_23, Duel } from "./duel.ts";
import { BCRYPT_COST, OurServer } from "./ours.ts";
import { found, PROGRAMS, SEED, TIMEOUT_MS, usable } from "./setting.ts";

const ROOT = { name: "root", password: ROOT_PASSWORD };

describe.skipIf(!usable)(`users against a real etcd (${found})`, () => {
  const duel = new Duel({
    ours: () => new OurServer(new Set(Object.keys(AS_3_4_23)), ROOT),
    flags: ["--bcrypt-cost", String(BCRYPT_COST)],
    root: ROOT,
    tidy: ({ revisions }) => tidyUpAuth(revisions.now),
  });

  afterAll(async () => {
    await duel.stop();
    console.log(duel.summary("auth"));
  });

  property.prop([authPrograms(40)], { seed: SEED + 2, numRuns: Math.ceil(PROGRAMS / 2) })(
    "every answer is equal, whoever asks, whatever he may",
    async (program) => {
      expect(await duel.run(program)).toBeNull();
    },
    TIMEOUT_MS,
  );
});
