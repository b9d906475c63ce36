import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import type { ServiceRequest } from "../../../src/api/requests.ts";
import { SECOND } from "../../../src/base/time.ts";
import { AUTH_ON, idOf, put, signIn } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio, type TrioSettings } from "../support/three-members.ts";

const url = (node: number) => `http://m${node}:2380`;
const list = (linearizable = true) => ({ type: "memberList", request: { linearizable } }) as const;
const add = (node: number, isLearner = false) =>
  ({ type: "memberAdd", request: { peerUrls: [url(node)], isLearner } }) as const;
const remove = (id: bigint) => ({ type: "memberRemove", request: { id } }) as const;
const promote = (id: bigint) => ({ type: "memberPromote", request: { id } }) as const;
const update = (id: bigint, ...peerUrls: string[]) =>
  ({ type: "memberUpdate", request: { id, peerUrls } }) as const;

/** Connections count as healthy after five seconds. */
function settled(settings: TrioSettings = {}): Trio {
  const trio = new Trio(settings);
  trio.pass(6 * SECOND);
  return trio;
}

/** The machine is switched on, to join. */
function start(trio: Trio, node: number): void {
  trio.cluster.addNode(node, []).boot(0);
}

describe("members", () => {
  test("are listed by their ids, with their addresses, by a quorum or by the asked one alone", () => {
    const trio = settled();
    const { members, header } = trio.get(trio.leader, list());
    const expected = [1, 2, 3]
      .map((node) => ({
        id: idOf(node),
        name: `m${node}`,
        peerUrls: [url(node)],
        clientUrls: [`http://m${node}:2379`],
        isLearner: false,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(members).toEqual(expected);
    expect(header.memberId).toBe(idOf(trio.leader));
    const [alone] = trio.followers;
    trio.isolate(alone);
    trio.pass(2 * SECOND);
    expect(trio.get(alone, list(false)).members).toEqual(expected);
    expect(trio.error(alone, list(true))?.code).toBe("Unavailable");
  });

  test("join as learners, tell their names, and are promoted once they have caught up", () => {
    const trio = settled();
    for (let n = 0; n < 50; n++) trio.get(trio.leader, put(`k${n}`));
    const [follower] = trio.followers;
    const { member, members } = trio.get(follower, add(4, true));
    expect(member).toMatchObject({ name: "", peerUrls: [url(4)], clientUrls: [], isLearner: true });
    expect(members).toHaveLength(4);
    expect(trio.error(follower, promote(member.id)), "not started").toBe(Errors.learnerNotReady);
    expect(trio.error(trio.leader, add(5, true)), "one at a time").toBe(Errors.tooManyLearners);
    start(trio, 4);
    trio.pass(3 * SECOND);
    const there = trio.get(4, { type: "status", request: {} });
    expect(there).toMatchObject({ isLearner: true, header: { memberId: member.id } });
    expect(trio.error(4, put("x"))).toBe(Errors.notSupportedForLearner);
    const listed = trio.get(trio.leader, list()).members.find(({ id }) => id === member.id);
    expect(listed).toMatchObject({ name: "m4", clientUrls: ["http://m4:2379"], isLearner: true });
    // A follower asks the leader, who alone knows how far the learner is.
    const promoted = trio.get(follower, promote(member.id)).members;
    expect(promoted.find(({ id }) => id === member.id)?.isLearner).toBe(false);
    trio.pass(SECOND);
    expect(trio.cluster.view(trio.leader).conf.voters).toEqual([1, 2, 3, 4]);
    expect(trio.error(trio.leader, promote(member.id))).toBe(Errors.memberNotLearner);
  });

  test.each([
    ["3.4.23", Errors.timeout],
    ["3.5.35", Errors.memberNotFound],
    ["3.7.3", Errors.memberNotFound],
  ])("of %s ask the leader for who has signed in, or in vain", (serverVersion, error) => {
    const trio = settled({ serverVersion });
    const { leader } = trio;
    const [follower] = trio.followers;
    for (const step of AUTH_ON) expect(trio.error(leader, step)).toBeNull();
    const reply = trio.ask(leader, signIn("root", "r")).response;
    const token = reply?.type === "authenticate" ? reply.response.token : "";
    expect(trio.error(leader, promote(77n), token)).toBe(Errors.memberNotFound);
    expect(trio.error(follower, promote(77n), token)).toBe(error);
  });

  test("B3: a learner that nobody started is promoted, and counts", () => {
    const trio = settled({ bugs: ["B3"] });
    const { member } = trio.get(trio.leader, add(4, true));
    trio.get(trio.leader, promote(member.id));
    expect(trio.cluster.view(trio.leader).conf.voters).toEqual([1, 2, 3, 4]);
  });

  test("are removed for good: the same address comes back as somebody else", () => {
    const trio = settled();
    const [gone] = trio.followers;
    expect(trio.get(trio.leader, remove(idOf(gone))).members).toHaveLength(2);
    expect(trio.error(trio.leader, remove(idOf(gone)))).toBe(Errors.memberNotFound);
    trio.pass(6 * SECOND);
    expect(trio.cluster.view(gone).status).toBe("down");
    const { member } = trio.get(trio.leader, add(gone));
    expect(member.id).not.toBe(idOf(gone));
    trio.pass(SECOND);
    const { voters } = trio.cluster.view(trio.leader).conf;
    expect(voters).toHaveLength(3);
    expect(voters).not.toContain(gone);
  });

  test("that crash once they know of their removal end when they are started again", () => {
    const trio = settled({ snapshotEntries: 1, catchUpEntries: 0 });
    const [gone] = trio.followers;
    trio.send(trio.leader, remove(idOf(gone)));
    while (trio.cluster.view(gone).conf.voters.includes(gone)) trio.cluster.step();
    // Nobody else can tell it.
    trio.isolate(gone);
    trio.pass(SECOND / 5);
    expect(trio.cluster.view(gone).status).toBe("up");
    trio.restart(gone);
    trio.pass(2 * SECOND);
    expect(trio.cluster.view(gone).status).toBe("down");
  });

  test("that sleep through their removal are told of it by the others, and end", () => {
    const trio = settled();
    const [gone] = trio.followers;
    trio.cluster.inject({ type: "crash", member: gone, disk: "lose" });
    trio.pass(SECOND);
    trio.get(trio.leader, remove(idOf(gone)));
    trio.cluster.inject({ type: "restart", member: gone });
    expect(trio.cluster.view(gone).status).toBe("up");
    trio.pass(5 * SECOND);
    expect(trio.cluster.view(gone).status).toBe("down");
  });

  test("get other addresses", () => {
    const trio = settled();
    const [moved, other] = trio.followers;
    expect(trio.error(trio.leader, update(9n, url(9)))).toBe(Errors.memberNotFound);
    expect(trio.error(trio.leader, update(idOf(moved), url(other)))).toBe(Errors.peerUrlExists);
    expect(trio.error(trio.leader, update(idOf(moved), "m9"))).toBe(Errors.memberBadUrls);
    expect(trio.error(trio.leader, update(9n, "m9"))).toBe(Errors.memberNotFound);
    const { members } = trio.get(trio.leader, update(idOf(moved), url(9)));
    expect(members.find(({ id }) => id === idOf(moved))?.peerUrls).toEqual([url(9)]);
  });

  test.each<[string, TrioSettings, (trio: Trio) => ServiceRequest, unknown]>([
    ["an address that is taken", {}, () => add(2), Errors.peerUrlExists],
    [
      "no address",
      {},
      () => ({ type: "memberAdd", request: { peerUrls: ["here"], isLearner: false } }),
      Errors.memberBadUrls,
    ],
    ["who is not there", {}, () => remove(77n), Errors.memberNotFound],
    ["a learner who is not there", {}, () => promote(77n), Errors.memberNotFound],
    [
      "a voter more while one is cut off",
      {},
      (trio) => {
        trio.isolate(trio.followers[0]);
        return add(4);
      },
      Errors.unhealthy,
    ],
    [
      "a voter less while another is cut off",
      {},
      (trio) => {
        trio.isolate(trio.followers[0]);
        return remove(idOf(trio.followers[1]));
      },
      Errors.unhealthy,
    ],
    [
      "the same without the strict check",
      { strictReconfigCheck: false },
      (trio) => {
        trio.isolate(trio.followers[0]);
        return remove(idOf(trio.followers[1]));
      },
      null,
    ],
  ])("%s is refused as etcd refuses it", (_, settings, request, error) => {
    const trio = settled(settings);
    expect(trio.error(trio.leader, request(trio))).toBe(error);
  });

  test("too new connections are not healthy ones", () => {
    const trio = new Trio();
    expect(trio.error(trio.leader, add(4))).toBe(Errors.unhealthy);
    trio.pass(SECOND);
    expect(trio.error(trio.leader, add(4))).toBeNull();
  });

  test("are root's business", () => {
    const lone = new Lone();
    for (const step of AUTH_ON) lone.get(step);
    const ann = lone.get(signIn("ann", "a")).token;
    const root = lone.get(signIn("root", "r")).token;
    for (const request of [add(4), remove(77n), update(77n, url(9)), promote(77n)]) {
      expect(lone.error(request)).toBe(Errors.userEmpty);
      expect(lone.error(request, ann)).toBe(Errors.permissionDenied);
    }
    expect(lone.error(update(idOf(1), url(9)), root)).toBeNull();
    expect(lone.error(list())).toBe(Errors.userEmpty);
    expect(lone.error(list(false))).toBe(Errors.userEmpty);
    expect(lone.get(list(), ann).members[0]?.peerUrls, "all users may look").toEqual([url(9)]);
  });
});
