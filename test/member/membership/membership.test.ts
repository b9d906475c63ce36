import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ApiError, Errors } from "../../../src/api/errors.ts";
import type { InternalOp } from "../../../src/api/requests.ts";
import { SECOND } from "../../../src/base/time.ts";
import { encodeMemberContexts } from "../../../src/member/membership/change-context.ts";
import { defaultMember } from "../../../src/member/membership/founding.ts";
import type { Membership } from "../../../src/member/membership/membership.ts";
import {
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  EMPTY,
} from "../../../src/raft/types.ts";
import { Rig, the } from "./rig.ts";

const url = (node: number) => `http://m${node}:2380`;
const founder = (node: number) => defaultMember(node, "etcd-cluster").id;

/** `1 2 3l`: the node ids, with an l for a learner. */
function nodes(membership: Membership): string {
  return membership
    .list()
    .toSorted((a, b) => a.node - b.node)
    .map(({ node, isLearner }) => `${node}${isLearner ? "l" : ""}`)
    .join(" ");
}

function idAt(rig: Rig, node: number): bigint {
  return rig.membership.byNode(node)?.id ?? 0n;
}

function joint(...parts: readonly (readonly ["add" | "learn" | "out", number])[]): ConfChangeV2 {
  const types = {
    add: ConfChangeType.AddNode,
    learn: ConfChangeType.AddLearnerNode,
    out: ConfChangeType.RemoveNode,
  };
  const changes = parts.map(([what, nodeId]) => ({ type: types[what], nodeId }));
  return { transition: ConfChangeTransition.Auto, changes, context: EMPTY };
}

describe("a founded cluster", () => {
  test("has its founders by id, under their default names, and its own id", () => {
    const { membership } = new Rig([1, 2, 3]);
    expect(membership.list().map(({ name }) => name)).toEqual(["m1", "m3", "m2"]);
    expect(membership.byNode(2)).toEqual(defaultMember(2, "etcd-cluster"));
    expect(membership.byId(founder(3))?.node).toBe(3);
    expect(membership.clusterId).toBe(0xd68d1ea027168d16n);
    expect(membership.idOf(9)).toBe(founder(9));
  });

  test("keeps its id when members come and go", () => {
    const rig = new Rig([1, 2, 3]);
    rig.call(the.removal(founder(1)));
    rig.call(the.learner(url(4)));
    expect(rig.reopened().clusterId).toBe(0xd68d1ea027168d16n);
  });

  test("whose entries say nothing is the same, except that its id follows its members", () => {
    const told = new Rig([1, 2, 3]);
    const untold = new Rig([]);
    for (const nodeId of [1, 2, 3]) {
      const change = { id: 0, type: ConfChangeType.AddNode, nodeId, context: EMPTY };
      expect(untold.membership.change(change, nodeId)).toBeNull();
    }
    expect(untold.membership.list()).toEqual(told.membership.list());
    expect(untold.membership.clusterId).toBe(told.membership.clusterId);
  });
});

describe("a change by a client", () => {
  test("adds a member that has not started, at the next second another one", () => {
    const rig = new Rig([1, 2, 3]);
    const proposed = rig.proposal(the.voter("http://x:1", url(4)));
    rig.now += SECOND;
    const later = rig.proposal(the.voter("http://x:1", url(4)));
    if (!("change" in proposed && "change" in later)) throw new Error("it is proposed");
    expect(proposed.member).toMatchObject({ node: 4, name: "", clientUrls: [], isLearner: false });
    expect(proposed.member.peerUrls).toEqual([url(4), "http://x:1"]);
    expect(proposed.change).toMatchObject({ id: 7, type: ConfChangeType.AddNode, nodeId: 4 });
    expect(later.member.id).not.toBe(proposed.member.id);
    expect(rig.membership.change(proposed.change, 9)).toBeNull();
    expect(rig.membership.byNode(4)).toEqual(proposed.member);
    // Both wanted the same node id; the first has it.
    expect(rig.membership.change(later.change, 10)).toBe(Errors.memberExists);
  });

  const rows: readonly [what: string, (rig: Rig) => ApiError | null, ApiError | null, string][] = [
    ["learner", (r) => r.call(the.learner(url(4))), null, "1 2 3 4l"],
    ["no URL", (r) => r.call(the.voter()), Errors.memberBadUrls, "1 2 3"],
    ["bad URL", (r) => r.call(the.voter("m4:2380")), Errors.memberBadUrls, "1 2 3"],
    ["URL with a path", (r) => r.call(the.voter(`${url(4)}/x`)), Errors.memberBadUrls, "1 2 3"],
    ["known URL", (r) => r.call(the.voter(url(4), url(2))), Errors.peerUrlExists, "1 2 3"],
    [
      "second learner",
      (r) => r.call(the.learner(url(4))) ?? r.call(the.learner(url(5))),
      Errors.tooManyLearners,
      "1 2 3 4l",
    ],
    [
      "promotion",
      (r) => r.call(the.learner(url(4))) ?? r.call(the.promotion(idAt(r, 4))),
      null,
      "1 2 3 4",
    ],
    ["voter promoted", (r) => r.call(the.promotion(founder(2))), Errors.memberNotLearner, "1 2 3"],
    ["nobody promoted", (r) => r.call(the.promotion(5n)), Errors.memberNotFound, "1 2 3"],
    ["removal", (r) => r.call(the.removal(founder(2))), null, "1 3"],
    ["nobody removed", (r) => r.call(the.removal(5n)), Errors.memberNotFound, "1 2 3"],
    [
      "twice removed",
      (r) => r.call(the.removal(founder(2))) ?? r.call(the.removal(founder(2))),
      Errors.memberNotFound,
      "1 3",
    ],
    ["update", (r) => r.call(the.update(founder(2), url(9))), null, "1 2 3"],
    ["update to its own", (r) => r.call(the.update(founder(2), url(2))), null, "1 2 3"],
    [
      "update to another's",
      (r) => r.call(the.update(founder(2), url(3))),
      Errors.peerUrlExists,
      "1 2 3",
    ],
    ["nobody updated", (r) => r.call(the.update(5n, url(9))), Errors.memberNotFound, "1 2 3"],
    ["bad update", (r) => r.call(the.update(founder(2), "x")), Errors.memberBadUrls, "1 2 3"],
  ];
  test.each(rows)("%s", (_, act, error, left) => {
    const rig = new Rig([1, 2, 3]);
    expect(act(rig)).toBe(error);
    expect(nodes(rig.membership)).toBe(left);
  });

  test("that was proposed in time but comes too late is refused by those who apply it", () => {
    const rig = new Rig([1, 2, 3]);
    rig.call(the.learner(url(4)));
    const late = [
      [the.removal(founder(2)), Errors.memberNotFound],
      [the.update(founder(2), url(9)), Errors.memberNotFound],
      [the.promotion(idAt(rig, 4)), Errors.memberNotLearner],
    ] as const;
    const proposed = late.map(([op]) => rig.proposal(op));
    expect(rig.call(the.removal(founder(2)))).toBeNull();
    expect(rig.call(the.promotion(idAt(rig, 4)))).toBeNull();
    for (const [i, change] of proposed.entries()) {
      if (!("change" in change)) throw new Error("it is proposed");
      expect(rig.membership.change(change.change, 20 + i)).toBe(late[i]?.[1]);
      expect(rig.membership.wasRefused(20 + i)).toBe(true);
    }
    expect(nodes(rig.membership)).toBe("1 3 4");
    expect(rig.membership.wasRefused(rig.index)).toBe(false);
  });

  test("can't remove the last voter, checked or not", () => {
    const rig = new Rig([1]);
    expect(rig.call(the.removal(founder(1)), false)).toBe(Errors.memberNotEnoughStarted);
    expect(rig.call(the.learner(url(2)))).toBeNull();
    expect(rig.call(the.removal(founder(1)), false)).toBe(Errors.memberNotEnoughStarted);
    expect(rig.call(the.removal(idAt(rig, 2)))).toBeNull();
  });

  test("never gives a node id a second time, and takes the machine's number where it can", () => {
    const rig = new Rig([1, 2, 3]);
    expect(rig.call(the.removal(founder(2)))).toBeNull();
    expect(rig.membership.isRemoved(founder(2))).toBe(true);
    rig.now += SECOND;
    // The machine came back as another member.
    expect(rig.call(the.voter(url(2)), false)).toBeNull();
    expect(nodes(rig.membership)).toBe("1 3 4");
    expect(rig.call(the.voter(url(9)), false)).toBeNull();
    expect(rig.call(the.voter("http://10.0.0.1:2380"), false)).toBeNull();
    expect(nodes(rig.membership)).toBe("1 3 4 9 10");
    expect(rig.call(the.voter(url(63)), false)).toBeNull();
    expect(rig.call(the.voter("http://10.0.0.2:2380"), false)).toBeNull();
    expect(nodes(rig.membership)).toBe("1 3 4 5 9 10 63");
  });

  test("has no node ids left after the last", () => {
    const rig = new Rig(Array.from({ length: 63 }, (_, i) => i + 1));
    expect(rig.call(the.voter("http://x:1"), false)).toBe(Errors.memberExists);
  });
});

describe("an operator's change, in node ids alone", () => {
  test("of several members is made as raft makes it", () => {
    const rig = new Rig([1, 2, 3]);
    const { membership } = rig;
    const change = joint(["add", 4], ["out", 1], ["learn", 2], ["learn", 5], ["out", 8]);
    expect(membership.change(change, 7)).toBeNull();
    expect(nodes(membership)).toBe("2l 3 4 5l");
    expect(membership.byNode(4)).toEqual(defaultMember(4, "etcd-cluster"));
    expect(membership.change(joint(["add", 2], ["add", 5], ["add", 3]), 8)).toBeNull();
    expect(nodes(membership)).toBe("2 3 4 5");
    expect(membership.change(joint(), 9)).toBeNull();
  });

  test("brings nobody back who was removed, and then does nothing else either", () => {
    const rig = new Rig([1, 2, 3]);
    rig.membership.change(joint(["out", 1]), 7);
    expect(rig.membership.change(joint(["add", 4], ["add", 1]), 8)).toBe(Errors.memberNotFound);
    expect(nodes(rig.membership)).toBe("2 3");
    expect(rig.membership.wasRefused(8)).toBe(true);
  });

  test("with words is held to them, all parts or none", () => {
    const rig = new Rig([1, 2, 3]);
    const said = (node: number, member = defaultMember(node, "x")) => ({
      member,
      isPromote: false,
      clusterId: null,
    });
    const twice = { ...defaultMember(5, "x"), peerUrls: [url(4)] };
    const change = joint(["add", 4], ["add", 5]);
    const bad = { ...change, context: encodeMemberContexts(1, [said(4), said(5, twice)]) };
    expect(rig.membership.change(bad, 7)).toBe(Errors.peerUrlExists);
    expect(nodes(rig.membership)).toBe("1 2 3");
    const good = { ...change, context: encodeMemberContexts(1, [said(4), said(5)]) };
    expect(rig.membership.change(good, 8)).toBeNull();
    expect(rig.membership.byNode(5)).toEqual(defaultMember(5, "x"));
  });
});

describe("what members publish", () => {
  const attributes = { name: "new", clientUrls: ["http://c:1"] };
  const set = (memberId: bigint): InternalOp => ({
    type: "clusterMemberAttrSet",
    request: { memberId, attributes },
  });
  const v2 = (path: string, value: string, method = "PUT"): InternalOp => {
    const none = { dir: false, prevValue: "", prevIndex: 0n, prevExist: null, expiration: 0n };
    const flags = { wait: false, since: 0n, recursive: false, sorted: false, quorum: false };
    const rest = { time: 0n, stream: false, refresh: null };
    return { type: "v2", request: { method, path, value, ...none, ...flags, ...rest } };
  };

  test("is known of them from then on, by 3.5's request and by 3.4's", () => {
    const path = `/0/members/${founder(2).toString(16)}/attributes`;
    const json = '{"name":"new","clientURLs":["http://c:1"]}';
    for (const op of [set(founder(2)), v2(path, json)]) {
      const rig = new Rig([1, 2, 3]);
      rig.membership.publish(op);
      expect(rig.reopened().byNode(2)).toMatchObject({ ...attributes, peerUrls: [url(2)] });
      expect(rig.reopened().byNode(1)?.name).toBe("m1");
    }
  });

  test("is passed over where it is about nobody, or nothing known", () => {
    const rig = new Rig([1, 2, 3]);
    const before = rig.membership.list();
    const path = `/0/members/${founder(2).toString(16)}/attributes`;
    const ops = [set(5n), v2(path, "{"), v2(path, "{}", "QGET"), v2(`${path}/x`, "{}")];
    for (const op of [...ops, v2("/1/x", "y")]) rig.membership.publish(op);
    expect(rig.membership.list()).toEqual(before);
  });

  test("the cluster's version, by the v2 request of etcd 3.4", () => {
    const rig = new Rig([1]);
    expect(rig.membership.clusterVersion).toBe("");
    rig.membership.publish(v2("/0/version", "3.4.0"));
    expect(rig.reopened().clusterVersion).toBe("3.4.0");
  });
});

/** The n-th of the members that a random plan means. */
const member = fc.nat(6);
const acts = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom("voter", "learner", "publish", "remove", "promote"), member }),
    fc.record({ do: fc.constant("update"), member }),
    fc.record({ do: fc.constantFrom("join", "drop", "learn"), member }),
  ),
  { maxLength: 25 },
);

/** Carries out a plan and says whether a restart finds what is in memory, and ids stay unique. */
function survives(plan: readonly { do: string; member: number }[], bugs: string[] = []): boolean {
  const rig = new Rig([1, 2, 3], bugs);
  const { membership } = rig;
  for (const { do: act, member: n } of plan) {
    rig.now += SECOND / 2;
    const id = membership.list()[n]?.id ?? BigInt(n);
    const peer = url(n + 1);
    if (act === "voter") rig.call(the.voter(peer), false);
    else if (act === "learner") rig.call(the.learner(peer), false);
    else if (act === "remove") rig.call(the.removal(id), false);
    else if (act === "promote") rig.call(the.promotion(id), false);
    else if (act === "update") rig.call(the.update(id, url(n + 20)), false);
    else if (act === "publish") {
      const attributes = { name: `n${n}`, clientUrls: [] };
      membership.publish({ type: "clusterMemberAttrSet", request: { memberId: id, attributes } });
    } else {
      const what = act === "join" ? "add" : act === "learn" ? "learn" : "out";
      membership.change(joint([what, n + 1]), ++rig.index);
    }
    const again = rig.reopened();
    const used = (m: Membership) => [...m.usedNodes()].sort((a, b) => a - b).join();
    const same =
      JSON.stringify(again.list(), text) === JSON.stringify(membership.list(), text) &&
      used(again) === used(membership) &&
      [...Array(rig.index + 1).keys()].every(
        (i) => again.wasRefused(i) === membership.wasRefused(i),
      );
    const members = membership.list();
    const unique = new Set(members.map((each) => each.node)).size === members.length;
    if (!same || !unique || members.some((each) => membership.wasRemoved(each.node))) return false;
  }
  return true;
}

const text = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

describe("a restart finds what was applied", () => {
  test("whatever that was", () => {
    fc.assert(
      fc.property(acts, (plan) => survives(plan)),
      { numRuns: 300 },
    );
  });

  test("B1: a promotion that is not written is gone after it", () => {
    const rig = new Rig([1, 2, 3], ["B1"]);
    rig.call(the.learner(url(4)));
    rig.call(the.promotion(idAt(rig, 4)));
    expect(nodes(rig.membership)).toBe("1 2 3 4");
    expect(nodes(rig.reopened())).toBe("1 2 3 4l");
    const found = fc.check(
      fc.property(acts, (plan) => survives(plan, ["B1"])),
      { seed: 1 },
    );
    expect(found.failed).toBe(true);
  });

  test("B2: an update of a learner's addresses makes it a voter in the records alone", () => {
    for (const [bugs, left] of [
      [[], "1 2 3 4l"],
      [["B2"], "1 2 3 4"],
    ] as const) {
      const rig = new Rig([1, 2, 3], bugs);
      rig.call(the.learner(url(4)));
      expect(rig.call(the.update(idAt(rig, 4), url(5)))).toBeNull();
      expect(nodes(rig.reopened())).toBe(left);
      expect(rig.reopened().byNode(4)?.peerUrls).toEqual([url(5)]);
    }
  });

  test("so does a snapshot's receiver", () => {
    const rig = new Rig([1, 2, 3]);
    rig.call(the.removal(founder(2)));
    rig.call(the.removal(founder(2)), false);
    const other = new Rig([]);
    other.membership.recover(rig.backend);
    expect(other.membership.list()).toEqual(rig.membership.list());
    expect(other.membership.wasRemoved(2)).toBe(true);
    expect(other.membership.clusterId).toBe(rig.membership.clusterId);
  });
});
