import { test as property } from "@fast-check/vitest";
import { afterAll, describe, expect } from "vitest";
import { authPrograms, ROOT_PASSWORD, tidyUpAuth } from "./auth-programs.ts";
import { Duel } from "./duel.ts";
import { BCRYPT_COST } from "./ours.ts";
import { JUDGES, PROGRAMS, SEED, TIMEOUT_MS } from "./setting.ts";

const ROOT = { name: "root", password: ROOT_PASSWORD };

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(`users against a real etcd ${judge.name}`, () => {
    const duel = new Duel(judge, {
      flags: ["--bcrypt-cost", String(BCRYPT_COST)],
      root: ROOT,
      tidy: ({ revisions }) => tidyUpAuth(revisions.now),
    });

    afterAll(async () => {
      await duel.stop();
      console.log(duel.summary(`${judge.version}, auth`));
    });

    property.prop([authPrograms(judge.line, 40)], {
      seed: SEED + 2,
      numRuns: Math.ceil(PROGRAMS / 2),
    })(
      "every answer is equal, whoever asks, whatever he may",
      async (program) => {
        expect(await duel.run(program)).toBeNull();
      },
      TIMEOUT_MS,
    );
  });
}
