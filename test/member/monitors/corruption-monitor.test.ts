import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import type { HashKvResponse } from "../../../src/api/requests.ts";
import { MINUTE, SECOND } from "../../../src/base/time.ts";
import {
  compareCompaction,
  type PeerHash,
  sameAsPeers,
  suspectOf,
} from "../../../src/member/monitors/hash-comparisons.ts";
import type { KvHash } from "../../../src/mvcc/kv-hash.ts";
import { alarm, alarms, compact, defragment, idOf, put } from "../support/asks.ts";
import { Trio, type TrioSettings } from "../support/three-members.ts";

function own(hash: number, compactRevision = 3, revision = 9): KvHash {
  return { hash, compactRevision, revision, currentRevision: revision };
}

function peer(id: number, hash: number, compactRevision = 3, current = 9): PeerHash {
  const header = { clusterId: 1n, memberId: BigInt(id), revision: current, raftTerm: 2 };
  const response: HashKvResponse = { header, hash, compactRevision, hashRevision: 9 };
  return { peer: id, hash: response };
}

const silent = (id: number): PeerHash => ({ peer: id, hash: null });

describe("hashes say of a member that starts", () => {
  test.each<[string, readonly PeerHash[], boolean]>([
    ["that it is as its peers", [peer(2, 7), peer(3, 7)], true],
    ["that it is not", [peer(2, 7), peer(3, 8)], false],
    ["nothing, after another compaction", [peer(2, 8, 5)], true],
    ["nothing, if nobody answers", [silent(2), silent(3)], true],
    ["nothing, if there is nobody", [], true],
  ])("%s", (_, peers, same) => {
    expect(sameAsPeers(own(7), peers)).toBe(same);
  });
});

describe("hashes say to the leader, m1", () => {
  test.each<[string, KvHash, readonly PeerHash[], number | null]>([
    ["that all is well", own(7), [peer(2, 7), peer(3, 7)], null],
    ["that one differs", own(7), [peer(2, 7), peer(3, 8)], 3],
    ["the first of two", own(7), [peer(2, 8), peer(3, 8)], 2],
    ["nothing of one that compacted less", own(7), [peer(2, 8, 2), silent(3)], null],
    ["that one compacted what nobody asked for", own(7), [peer(2, 7, 4)], 2],
    ["that one has a revision that nobody wrote", own(7), [peer(2, 7, 3, 10)], 2],
    ["that its own data moves", own(8), [peer(2, 7)], 1],
    ["nothing of itself if it wrote meanwhile", own(8, 3, 10), [peer(2, 7)], null],
    ["nothing of itself if it compacted meanwhile", own(8, 4), [peer(2, 7)], null],
  ])("%s", (_, after, peers, suspect) => {
    expect(suspectOf(1, own(7), after, peers)).toBe(suspect);
  });
});

describe("hashes of one compaction say to m1", () => {
  test.each<[string, readonly PeerHash[], ReturnType<typeof compareCompaction>]>([
    ["that all is well", [peer(2, 7), peer(3, 7)], { kind: "same" }],
    ["that it has not heard of all", [peer(2, 7), silent(3)], { kind: "unknown" }],
    ["nothing of another compaction", [peer(2, 7), peer(3, 8, 1)], { kind: "unknown" }],
    ["who is against the majority", [peer(2, 7), peer(3, 8)], { kind: "different", members: [3] }],
    ["that it is itself", [peer(2, 8), peer(3, 8)], { kind: "different", members: [1] }],
    ["that nobody knows who", [peer(2, 8), peer(3, 9)], { kind: "different", members: [] }],
    ["that nobody knows who, of two", [peer(2, 8), silent(3)], { kind: "different", members: [] }],
  ])("%s", (_, peers, verdict) => {
    expect(compareCompaction(1, own(7), peers)).toEqual(verdict);
  });
});

function written(settings: TrioSettings): Trio {
  const trio = new Trio(settings);
  for (let n = 0; n < 10; n++) trio.get(trio.leader, put(`k${n % 4}`, `value ${n}`));
  trio.pass(SECOND);
  return trio;
}

/** The alarms that are on, as `member type`. */
function on(trio: Trio): string[] {
  return trio
    .get(trio.leader, alarms)
    .alarms.map(({ memberId, alarm: type }) => `${memberId} ${type}`);
}

describe("the leader's look at all members' data", () => {
  const settings: TrioSettings = { corruptCheckTimeUs: 10 * SECOND };

  test("finds the one that differs, and no writes are taken until people have looked", () => {
    const trio = written(settings);
    const [victim] = trio.followers;
    trio.corrupt(victim);
    trio.pass(11 * SECOND);
    expect(on(trio)).toEqual([`${idOf(victim)} CORRUPT`]);
    expect(trio.error(trio.leader, put("a"))).toBe(Errors.corrupt);
    trio.get(trio.leader, alarm("DEACTIVATE", "CORRUPT", idOf(victim)));
    expect(trio.error(trio.leader, put("a"))).toBeNull();
    trio.pass(11 * SECOND);
    expect(on(trio), "it still does").toEqual([`${idOf(victim)} CORRUPT`]);
  });

  test("finds nothing where nothing is wrong, whatever is written and compacted meanwhile", () => {
    const trio = written(settings);
    for (let n = 0; n < 60; n++) {
      trio.get(trio.leader, put(`k${n % 5}`, `${n}`));
      if (n % 10 === 9) trio.get(trio.leader, compact(trio.cluster.view(1).revision - 2));
      trio.pass(SECOND);
    }
    expect(on(trio)).toEqual([]);
  });

  test("is off by default", () => {
    const trio = written({});
    trio.corrupt(trio.followers[0]);
    trio.pass(5 * MINUTE);
    expect(on(trio)).toEqual([]);
  });

  test("is the leader's alone", () => {
    const trio = written(settings);
    const before = trio.cluster.views().map(({ lastIndex }) => lastIndex);
    trio.corrupt(trio.leader);
    trio.pass(11 * SECOND);
    const [one, two] = trio.followers;
    // As far as the leader can tell it is the others; one alarm is raised, once.
    expect(on(trio)).toEqual([`${idOf(Math.min(one, two))} CORRUPT`]);
    expect(trio.cluster.view(trio.leader).lastIndex).toBe((before[0] as number) + 2);
  });
});

describe("the look at the hashes of compactions", () => {
  const settings: TrioSettings = { compactHashCheck: true };

  test.each([0, 1])("finds who is against the majority, be it the leader (%i)", (which) => {
    const trio = written(settings);
    const victim = [trio.leader, trio.followers[0]][which] as number;
    trio.corrupt(victim);
    trio.get(trio.leader, compact(trio.cluster.view(1).revision));
    trio.pass(30 * SECOND);
    expect(on(trio), "not before its time").toEqual([]);
    trio.pass(40 * SECOND);
    expect(on(trio)).toEqual([`${idOf(victim)} CORRUPT`]);
  });

  test("finds nothing where nothing is wrong, and asks for no compaction twice", () => {
    const trio = written(settings);
    trio.get(trio.leader, compact(trio.cluster.view(1).revision - 3));
    trio.pass(2 * MINUTE);
    trio.get(trio.leader, put("more"));
    trio.get(trio.leader, compact(trio.cluster.view(1).revision));
    trio.pass(2 * MINUTE);
    expect(on(trio)).toEqual([]);
    let asked = 0;
    const { peers } = trio.cluster.node(trio.leader);
    const ask = peers.rpc.bind(peers);
    peers.rpc = (...rest) => {
      asked++;
      ask(...rest);
    };
    trio.pass(3 * MINUTE);
    expect(asked).toBe(0);
  });

  test("begins with the newest compaction", () => {
    const trio = written(settings);
    const [victim] = trio.followers;
    trio.get(trio.leader, compact(trio.cluster.view(1).revision - 4));
    trio.pass(SECOND);
    trio.corrupt(victim);
    trio.get(trio.leader, compact(trio.cluster.view(1).revision));
    trio.pass(65 * SECOND);
    expect(on(trio)).toEqual([`${idOf(victim)} CORRUPT`]);
  });

  test("can't tell who is wrong while somebody is silent", () => {
    const trio = written(settings);
    const [victim, behind] = trio.followers;
    trio.corrupt(victim);
    trio.get(trio.leader, compact(trio.cluster.view(1).revision));
    trio.pass(SECOND);
    trio.isolate(behind);
    trio.pass(70 * SECOND);
    // Two of three differ: without the third nobody can tell which is right.
    expect(on(trio)).toEqual(["0 CORRUPT"]);
  });

  test("does not do for what nobody compacted", () => {
    const trio = written(settings);
    trio.corrupt(trio.followers[0]);
    trio.pass(5 * MINUTE);
    expect(on(trio)).toEqual([]);
  });
});

describe("a member that starts", () => {
  const settings: TrioSettings = { initialCorruptCheck: true };

  test("with other data than its peers' does not take part", () => {
    const trio = written(settings);
    const [victim] = trio.followers;
    trio.corrupt(victim);
    // Takes what is in memory to the disk.
    trio.get(victim, defragment);
    trio.pass(SECOND);
    trio.restart(victim);
    trio.pass(5 * SECOND);
    expect(trio.cluster.view(victim).status).toBe("down");
    expect(trio.stops).toEqual(["it exits: found data inconsistency with peers"]);
    // Without the check it would.
    const careless = written({});
    careless.corrupt(victim);
    careless.get(victim, defragment);
    careless.pass(SECOND);
    careless.restart(victim);
    expect(careless.cluster.view(victim).status).toBe("up");
  });

  test("with the same data does, and so do all that start at once", () => {
    const trio = written(settings);
    const [one] = trio.followers;
    trio.restart(one);
    expect(trio.cluster.view(one).status).toBe("up");
    for (const id of trio.ids) trio.cluster.inject({ type: "crash", member: id, disk: "keep" });
    for (const id of trio.ids) trio.cluster.inject({ type: "restart", member: id });
    trio.pass(20 * SECOND);
    expect(trio.leader).not.toBe(0);
    expect(trio.error(trio.leader, put("a"))).toBeNull();
  });

  test("serves nobody before it knows", () => {
    const trio = written(settings);
    const [one] = trio.followers;
    trio.cluster.inject({ type: "crash", member: one, disk: "lose" });
    trio.isolate(one);
    trio.cluster.inject({ type: "restart", member: one });
    const read = { type: "status", request: {} } as const;
    expect(trio.error(one, read)).toBe(Errors.stopped);
    const { peers } = trio.cluster.node(one);
    let sent = 0;
    peers.send = () => {
      sent++;
    };
    trio.pass(5 * SECOND);
    expect(sent, "it does not even vote").toBe(0);
    delete (peers as { send?: unknown }).send;
    trio.pass(10 * SECOND);
    expect(trio.error(one, read), "nobody answered in time").toBeNull();
  });
});
