import { describe, expect, test } from "vitest";
import { Errors } from "../../src/api/errors.ts";
import { type Duration, MILLISECOND, MINUTE, SECOND } from "../../src/base/time.ts";
import { addedId } from "../../src/member/membership/ids.ts";
import { EPOCH } from "../../src/sim/machine/local-clock.ts";
import { AUTH_ON, grant, idOf, put, signIn } from "./support/asks.ts";
import { Trio, type TrioSettings } from "./support/three-members.ts";

function jump(trio: Trio, id: number, us: Duration): void {
  trio.cluster.inject({ type: "skew", member: id, us });
}

describe("a token", () => {
  /** A cluster with auth on, and root's token by its leader. */
  function signedIn(settings: TrioSettings): [Trio, string] {
    const trio = new Trio(settings);
    for (const request of AUTH_ON) trio.get(trio.leader, request);
    return [trio, trio.get(trio.leader, signIn("root", "r")).token];
  }

  const JWT = { authToken: "jwt" } as const;

  test("that is signed ends by the wall clock of the member that reads it", () => {
    const [trio, token] = signedIn(JWT);
    const [ahead, right] = trio.followers;
    jump(trio, ahead, 6 * MINUTE);
    expect(trio.error(ahead, put("a"), token), "it was signed just now").toBe(
      Errors.invalidAuthToken,
    );
    expect(trio.error(right, put("a"), token)).toBeNull();
    jump(trio, ahead, -60 * MINUTE);
    trio.pass(6 * MINUTE);
    expect(trio.error(ahead, put("a"), token), "it ended a minute ago").toBeNull();
    expect(trio.error(right, put("a"), token)).toBe(Errors.invalidAuthToken);
  });

  test("that is signed begins by the wall clock of the member that was asked for it", () => {
    const [trio] = signedIn(JWT);
    const [ahead, right] = trio.followers;
    jump(trio, ahead, 60 * MINUTE);
    const { token } = trio.get(ahead, signIn("root", "r"));
    trio.pass(59 * MINUTE);
    expect(trio.error(right, put("a"), token)).toBeNull();
    trio.pass(7 * MINUTE);
    expect(trio.error(right, put("a"), token)).toBe(Errors.invalidAuthToken);
  });

  test("that is simple ends by the time that passed", () => {
    const [trio, token] = signedIn({});
    for (const id of trio.ids) jump(trio, id, 60 * MINUTE);
    expect(trio.error(trio.leader, put("a"), token)).toBeNull();
    for (const id of trio.ids) jump(trio, id, -120 * MINUTE);
    trio.pass(5 * MINUTE + SECOND);
    expect(trio.error(trio.leader, put("a"), token)).toBe(Errors.invalidAuthToken);
  });
});

test("a lease lives as long as time passes, whatever the wall clocks say", () => {
  const trio = new Trio();
  trio.get(trio.leader, grant(7n));
  const left = () =>
    trio.get(trio.leader, { type: "leaseTimeToLive", request: { id: 7n, keys: false } }).ttl;
  for (const us of [60 * MINUTE, -120 * MINUTE]) {
    for (const id of trio.ids) jump(trio, id, us);
    trio.pass(40 * SECOND);
  }
  expect(left()).toBeGreaterThanOrEqual(18);
  expect(left()).toBeLessThanOrEqual(20);
  trio.pass(25 * SECOND);
  expect(left()).toBe(-1);
});

test("a new member's id is made of the date that the asked member reads", () => {
  const trio = new Trio();
  trio.pass(6 * SECOND);
  const [asked] = trio.followers;
  jump(trio, asked, -60 * MINUTE);
  const peerUrls = ["http://m4:2380"];
  const seconds = Math.floor((EPOCH + trio.cluster.now) / SECOND) - 3600;
  const { member } = trio.get(asked, {
    type: "memberAdd",
    request: { peerUrls, isLearner: true },
  });
  expect(member.id).toBe(addedId(peerUrls, seconds));
});

/**
 * What idutil's ids do not guard against. Member 1 leads, alone: it has put a=1 into its log as its
 * first proposal, and nowhere else. It goes down, its clock is set back to the millisecond in which
 * it started, and it starts again. It leads again, and the old entry is committed at last; b=2, the
 * first proposal of the new life, waits for an entry with the very same id.
 */
describe("an entry of an earlier life", () => {
  /** Member 1 leads its second life, which began `later` than the first by its wall clock. */
  function restarted(later: Duration): Trio {
    const trio = new Trio();
    const began = trio.cluster.node(1).upSince;
    trio.cluster.inject({ type: "transfer", to: 1 });
    trio.pass(SECOND);
    expect(trio.leader).toBe(1);
    trio.cluster.inject({ type: "partition", groups: [[1]] });
    trio.send(1, put("a", "1"));
    trio.pass(SECOND / 10);
    trio.cluster.inject({ type: "crash", member: 1, disk: "keep" });
    jump(trio, 1, began + later - trio.cluster.now);
    trio.cluster.inject({ type: "restart", member: 1 });
    trio.pass(SECOND / 10);
    trio.cluster.inject({ type: "heal" });
    trio.cluster.inject({ type: "campaign", member: 1 });
    while (trio.leader !== 1) trio.cluster.step();
    return trio;
  }

  test("answers a call where the clock was set back to when that life began", () => {
    const trio = restarted(0);
    expect(trio.get(1, put("b", "2")).header.revision, "that of a=1").toBe(2);
  });

  test("answers nobody where the clock was set back to a millisecond later", () => {
    const trio = restarted(MILLISECOND);
    expect(trio.get(1, put("b", "2")).header.revision).toBe(3);
  });
});

test("founders' ids have nothing to do with a date", () => {
  const trio = new Trio();
  const { members } = trio.get(1, { type: "memberList", request: { linearizable: true } });
  expect(members.map(({ id }) => id).toSorted()).toEqual(trio.ids.map(idOf).toSorted());
});
