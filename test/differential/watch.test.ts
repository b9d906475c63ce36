import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { putRequest } from "../../src/api/build.ts";
import type { WatchCreateRequest } from "../../src/api/requests.ts";
import { EMPTY } from "../../src/raft/types.ts";
import { JUDGES, PROGRAMS, SEED, TIMEOUT_MS } from "./setting.ts";
import { WatchDuel } from "./watch-duel.ts";
import { type WatchStep, watchAuthPrograms, watchPrograms } from "./watch-programs.ts";

/** Each takes a second: etcd brings watches of the past up to date by rounds of 100 ms. */
const RUNS = Math.ceil(PROGRAMS / 4);
const LENGTH = 20;

const WRITE: WatchStep = { kind: "call", step: { type: "put", request: putRequest("a", EMPTY) } };
const ALL: WatchCreateRequest = {
  ...{ key: "\0", rangeEnd: "\0", startRevision: 0, filters: [], watchId: 0 },
  ...{ prevKv: false, fragment: false, progressNotify: false },
};

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(`watches against a real etcd ${judge.name}`, () => {
    const duel = new WatchDuel(judge);

    afterAll(async () => {
      await duel.stop();
      console.log(duel.summary(`${judge.version}, watches`));
    });

    property.prop([watchPrograms(LENGTH)], { seed: SEED + 3, numRuns: RUNS })(
      "every watch learns the same in the same order",
      async (program) => {
        expect(await duel.run(program)).toBeNull();
      },
      TIMEOUT_MS,
    );
  });

  describe.skipIf(judge.version === "")(`users' watches against a real etcd ${judge.name}`, () => {
    const duel = new WatchDuel(judge, { users: true });

    afterAll(async () => {
      await duel.stop();
      console.log(duel.summary(`${judge.version}, users' watches`));
    });

    property.prop([watchAuthPrograms(judge.line, LENGTH)], { seed: SEED + 4, numRuns: RUNS })(
      "every watch is let in or refused as etcd does it, and learns the same",
      async (program) => {
        expect(await duel.run(program)).toBeNull();
      },
      TIMEOUT_MS,
    );
  });
}

/** On a store that nobody has compacted, which random programs do not have: they are run after each other. */
const BLANK: Readonly<Record<string, readonly WatchStep[]>> = Object.fromEntries(
  [0, 1, 2].flatMap((writes) =>
    [-1, -2, -1_000_000, 0, 1].map((startRevision) => [
      `a watch from ${startRevision} after ${writes} writes`,
      [
        ...Array.from({ length: writes }, () => WRITE),
        { kind: "create", request: { ...ALL, startRevision } } as const,
        // It waits a round.
        { kind: "progress" } as const,
        WRITE,
        { kind: "progress" } as const,
      ],
    ]),
  ),
);

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(`a blank store against a real etcd ${judge.name}`, () => {
    const duel = new WatchDuel(judge, { blank: true });

    afterAll(async () => {
      await duel.stop();
    });

    test.each(Object.entries(BLANK))("%s", async (_, program) => {
      expect(await duel.run(program)).toBeNull();
    });
  });
}

const NEWEST = JUDGES.find(({ version, line }) => version !== "" && line !== "3.4");

describe.skipIf(NEWEST === undefined)(
  `a mistake is found by watching with etcd ${NEWEST?.version ?? "(skipped: none after 3.4 here)"}`,
  () => {
    test.each([
      ["M3", "a compaction at a deletion drops it"],
      ["M4", "a watch from the compacted revision misses a deletion"],
      ["M9a", "progress out of step with the events"],
      ["M9b", "progress to a watch of the future"],
      ["M12", "a deletion without its revision"],
      ["M14", "a transaction's events in the order of its keys"],
      ["A3", "an open range is checked as one key"],
    ])(
      "%s: %s",
      async (mistake) => {
        if (NEWEST === undefined) return;
        const users = mistake.startsWith("A");
        const duel = new WatchDuel(NEWEST, { bugs: [mistake], users });
        const programs = users ? watchAuthPrograms(NEWEST.line, LENGTH) : watchPrograms(LENGTH);
        let difference: string | null = null;
        for (const program of fc.sample(programs, { seed: SEED, numRuns: 150 })) {
          difference = await duel.run(program);
          if (difference !== null) break;
        }
        await duel.stop();
        console.log(`found by program ${duel.programs}: ${difference?.slice(0, 300)}`);
        expect(difference).not.toBeNull();
      },
      TIMEOUT_MS * 2,
    );
  },
);
