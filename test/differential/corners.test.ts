import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest, rangeRequest } from "../../src/api/build.ts";
import type { Call } from "./calls.ts";
import { Duel } from "./duel.ts";
import type { Program, Step } from "./programs.ts";
import { JUDGES } from "./setting.ts";

const lease = (id: bigint, ttl: number): Step => ({ type: "leaseGrant", request: { id, ttl } });
const revoke = (id: bigint): Step => ({ type: "leaseRevoke", request: { id } });
const put = (key: string, text = "x"): Step => ({
  type: "put",
  request: putRequest(key, new Uint8Array(Buffer.from(text))),
});
const compaction = (revision: number): Step => ({
  type: "compaction",
  request: { revision, physical: true },
});
const hash = (revision: number): Step => ({ type: "hashKv", request: { revision } });
const alarm = (action: "GET" | "ACTIVATE" | "DEACTIVATE", kind: "NOSPACE" | "CORRUPT"): Step => ({
  type: "alarm",
  request: { action, memberId: 5n, alarm: kind },
});
const txn = (...success: readonly Extract<Call, { type: "put" | "range" | "deleteRange" }>[]) =>
  ({ type: "txn", request: { compare: [], success, failure: [] } }) as Step;
const read = { type: "range", request: rangeRequest("a") } as const;
const write = { type: "put", request: putRequest("a", new Uint8Array(2)) } as const;
const remove = { type: "deleteRange", request: deleteRangeRequest("a") } as const;

/** What each of them does while there is an alarm. */
const WORK: Program = [
  write,
  read,
  txn(write),
  txn(read),
  txn(remove, read),
  lease(3n, 100),
  revoke(3n),
  remove,
  { type: "leaseLeases", request: {} },
];

/** What random programs come to rarely, or must not do in their midst. */
const CORNERS: Readonly<Record<string, Program>> = {
  "a lease lives for two seconds at least, and 9,000,000,000 at most": [
    ...[0, -1, 1, -9_000_000_000, 9_000_000_000, 9_000_000_001].flatMap((ttl) => [
      lease(2n, ttl),
      { type: "leaseKeepAlive", request: { id: 2n } } as Step,
      revoke(2n),
    ]),
  ],
  "a compaction at 0 of a store that never was compacted, and at 0 and 1 after it": [
    ...["1", "2", "3"].map((text) => put("a", text)),
    compaction(0),
    hash(1),
    hash(3),
    put("b"),
    compaction(-1),
    compaction(0),
    compaction(1),
    compaction(3),
    compaction(3),
    compaction(0),
    hash(3),
    hash(5),
  ],
  // etcd keeps the hash of each compaction by its revision, and 0 means the newest to who asks: he is told
  // what was there at the compaction, until ten later ones have pushed it out.
  "the newest hash after a compaction at 0, which is that of then": [
    ...["1", "2", "3"].map((text) => put("a", text)),
    compaction(0),
    hash(0),
    put("b"),
    hash(0),
    hash(5),
    ...Array.from({ length: 11 }, (_, i) => [
      put("c", String(i)),
      compaction(i + 2),
      hash(0),
      hash(i + 6),
    ]).flat(),
  ],
  "while there is no space": [
    put("a"),
    alarm("ACTIVATE", "NOSPACE"),
    ...WORK,
    { type: "defragment", request: {} },
    alarm("GET", "NOSPACE"),
    compaction(2),
    alarm("DEACTIVATE", "CORRUPT"),
    alarm("DEACTIVATE", "NOSPACE"),
    ...WORK,
  ],
  "while a member's data is corrupt": [
    put("a"),
    alarm("ACTIVATE", "CORRUPT"),
    ...WORK,
    alarm("DEACTIVATE", "CORRUPT"),
    ...WORK,
  ],
  "changes of a cluster of one that are refused": [
    { type: "memberRemove", request: { id: 5n } },
    { type: "memberUpdate", request: { id: 5n, peerUrls: ["http://127.0.0.1:1"] } },
    { type: "memberUpdate", request: { id: 5n, peerUrls: [] } },
    { type: "memberPromote", request: { id: 5n } },
    { type: "memberAdd", request: { peerUrls: [], isLearner: false } },
    { type: "memberAdd", request: { peerUrls: ["there"], isLearner: true } },
    { type: "memberAdd", request: { peerUrls: ["http://there"], isLearner: true } },
    { type: "memberAdd", request: { peerUrls: ["ftp://there:1"], isLearner: true } },
    { type: "memberAdd", request: { peerUrls: ["http://there:1/path"], isLearner: true } },
  ],
  "a learner, and no second one": [
    { type: "memberAdd", request: { peerUrls: ["http://127.0.0.1:1"], isLearner: true } },
    { type: "memberAdd", request: { peerUrls: ["http://127.0.0.1:1"], isLearner: true } },
    { type: "memberAdd", request: { peerUrls: ["http://127.0.0.1:2"], isLearner: true } },
    { type: "memberList", request: { linearizable: true } },
    put("a"),
  ],
  "leadership goes to no stranger": [
    { type: "moveLeader", request: { targetId: 5n } },
    { type: "moveLeader", request: { targetId: 0n } },
  ],
};

for (const judge of JUDGES) {
  describe.skipIf(judge.version === "")(`corners against a real etcd ${judge.name}`, () => {
    let duel: Duel;

    beforeAll(() => {
      duel = new Duel(judge, { tidy: () => [] });
    });

    afterAll(async () => {
      await duel.stop();
    });

    test.each(Object.entries(CORNERS))("%s", async (_, program) => {
      // A cluster of its own: some of it can't be undone.
      await duel.stop();
      expect(await duel.run(program)).toBeNull();
    });
  });
}
