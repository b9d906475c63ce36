import { describe, expect, test } from "vitest";
import { CLIENT_EXPECTATIONS } from "../../../src/scenario/language/expectations/clients.ts";
import { DATABASE_EXPECTATIONS } from "../../../src/scenario/language/expectations/database.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import type { ExpectationReport } from "../../../src/scenario/run/report.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";

/** Clients watch, hold leases and locks, and are refused: rich enough for everything about them. */
const STORY = `
name: story
title: A story of clients
teaches: Nothing.
cluster: { monitor-versions: true, etcd: 3.4.9 }
steps:
  - at: 200ms
    campaign: m1
  - when: m1 is leader
  - connect: { client: 2, to: m2 }
  - watch: { prefix: a, client: 2, as: W }
  - watch: { prefix: a, client: 2, as: ended }
  - lease: { ttl: 3s, as: L }
  - lease: { ttl: 3s, as: kept, keep-alive: true }
  - when: nothing pending
  - after: 50ms
    put: { key: a, value: 1, lease: L }
  - when: nothing pending
  - put: { key: a, value: 2, lease: L, prev-kv: true, as: second }
  - cancel-watch: ended
  - when: nothing pending
  - txn: { if: [version of a = 2, lease of a = L], then: [put b=1] }
  - time-to-live: { lease: L, as: left }
  - time-to-live: { lease: L, keys: false, as: without keys }
  - lock: { name: jobs, client: 3, hold: 100ms, write: put c=1, as: worker }
  - observe: { name: chief, client: 4, as: O }
  - elect: { name: chief, client: 5 }
  - bank: { name: bank, clients: [6], transfers: 2 }
  - when: { lease gone: L }
  - compact: 3
  - when: { compacted: 3 }
  - watch: { key: a, from: 1, client: 7, as: late }
  - when: { watch cancelled: late }
  - request-progress: { client: 2 }
  - get: { key: a, revision: 2, as: old read }
  - corrupt: { member: m3, key: b, value: 7 }
  - watch: { prefix: v, client: 8, read-every: 10s, as: slow }
  - after: 50ms
    puts: { count: 200, every: 1ms, key: v%d, bytes: 8KiB, open: true }
  - when: puts done
  - bank: { name: poor, clients: [6], accounts: 2, transfers: 1 }
  - after: 200ms
    put: { key: poor/0, value: 1 }
`;

function judge(expectations: readonly string[]): ExpectationReport[] {
  const list = expectations.map((expectation) => `  - ${expectation}\n`).join("");
  const { report } = runScenario(parseScenario(`${STORY}expect:\n${list}`, "story.yaml"));
  expect(report.failure).toBeNull();
  expect(report.violations).toEqual([]);
  return [...report.expectations];
}

const TRUE = [
  "watched: { W: [put a=1, put a=2, delete a], late: 0 }",
  "progress told: { W: [12] }",
  "watch cancelled: { late: 3, ended: 0 }",
  "served by: { W: [m2] }",
  "victim at least: { slow: 1 }",
  "lease lasted: { L: { from: 3s, to: 3.6s } }",
  "lease alive: kept",
  "held: { jobs: [3], chief: [5] }",
  "observed: { O: [c5] }",
  "sum kept: bank",
  "alarms: {}",
  "database smaller than: 4MiB",
  "database larger than: 1KiB",
  "revision: { all: 214 }",
  "cluster version: 3.4.0",
  "compacted to: { m1: 3, m2: 3 }",
  "read: { second: 1 }",
  "answered with error: { old read: has been compacted }",
  "succeeded: { txn: true, worker: true }",
  "time left: { left: { from: 2s, to: 3s } }",
  "attached keys: { left: [a], without keys: [] }",
  "value on: { m1: { b: 1 }, m3: { b: 7, z: null } }",
  "hashes differ",
];

/** Expectation and what is said about it. */
const FALSE: readonly (readonly [string, string])[] = [
  ["watched: { W: [put a=1, delete a] }", "W: put a=1, put a=2, delete a"],
  ["watched: { W: 2 }", "W: 3 changes"],
  ["progress told: { W: [] }", "W: 12"],
  ["watch cancelled: { W: 3 }", "W goes on"],
  ["watch cancelled: { late: 4 }", "late was cancelled: compacted to 3"],
  ["watch cancelled: { ended: 3 }", "ended was cancelled: context canceled"],
  ["served by: { W: [m1, m2] }", "W: m2"],
  ["victim at least: { W: 1 }", "W became a victim 0 times"],
  ["lease lasted: { L: { from: 0s, to: 2s } }", "L: 3."],
  ["lease lasted: { kept: { from: 0s, to: 2s } }", "kept is still there"],
  ["lease alive: [kept, L]", "L ended after 3."],
  ["held: { jobs: [1] }", "jobs: client 3 (fence"],
  ["observed: { O: [c1] }", "O: c5"],
  ["sum kept: poor", "1 transfer, 0 unsure; the sum on m1, m2, m3: "],
  ["alarms: { m1: NOSPACE }", "none is on"],
  ["database smaller than: 1KiB", "m1: "],
  ["database larger than: 4MiB", "m1: "],
  ["cluster version: 3.5.0", "m1: 3.4.0"],
  ["revision: { m1: 3 }", "m1: revision 214"],
  ["compacted to: { all: 4 }", "m1: 3"],
  ["read: { second: 2 }", 'second read "1"'],
  ["read: { old read: 2 }", "get a at revision 2 of client 1 is fail"],
  ["answered with error: { old read: permission denied }", "required revision has been compacted"],
  ["succeeded: { txn: false }", "the guards of txn held"],
  ["succeeded: { left: true }", "how long lease L lives of client 1 is acknowledged"],
  ["time left: { left: { from: 3.5s, to: 4s } }", "left: "],
  ["time left: { txn: { from: 0s, to: 4s } }", "a transaction of 1 operations of client 1"],
  ["attached keys: { left: [] }", "left: a"],
  ["attached keys: { without keys: [a] }", "without keys: none"],
  ["attached keys: { txn: [a] }", "a transaction of 1 operations of client 1"],
  ["value on: { m3: { b: 1 } }", 'b on m3 is "7"'],
  ["hashes equal", "m1, m2: "],
];

describe("an expectation about clients and databases", () => {
  test("that is true holds", () => {
    expect(judge(TRUE).filter(({ ok }) => !ok)).toEqual([]);
  });

  test("that is false does not, and says what was found", () => {
    const found = judge(FALSE.map(([expectation]) => expectation));
    const wanted = FALSE.map(([, text]) => [false, expect.stringContaining(text)]);
    expect(found.map(({ ok, found: said }) => [ok, said])).toEqual(wanted);
  });

  test("of each kind is seen holding and failing here", () => {
    const names = [...Object.keys(CLIENT_EXPECTATIONS), ...Object.keys(DATABASE_EXPECTATIONS)];
    const missing = (said: readonly string[]) =>
      names.filter((name) => !said.some((text) => text.startsWith(`${name}:`)));
    expect(missing(TRUE)).toEqual([]);
    expect(missing(FALSE.map(([text]) => text))).toEqual([]);
  });

  test("that hashes differ fails where they are equal", () => {
    const { report } = runScenario(
      parseScenario(`${STORY.replace(/ {2}- corrupt.*\n/, "")}expect: [hashes differ]`, "x.yaml"),
    );
    expect(report.expectations[0]).toMatchObject({ ok: false });
  });
});
