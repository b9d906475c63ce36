import { describe, expect, test } from "vitest";
import { rangeRequest } from "../../../src/api/build.ts";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import { makeMessage } from "../../../src/raft/messages.ts";
import type { RawNode } from "../../../src/raft/raw-node.ts";
import { toConfState } from "../../../src/raft/tracker/tracker-config.ts";
import { MessageType } from "../../../src/raft/types.ts";
import { grant, put, revoke } from "../support/asks.ts";
import { Trio } from "../support/three-members.ts";

const TOO_MANY = "etcdserver: too many requests";

function slow(trio: Trio, member: number, us: number): void {
  trio.cluster.inject({ type: "slow-apply", member, us });
}

function lag(trio: Trio, id: number): number {
  const { commit, applied } = trio.cluster.view(id);
  return commit - applied;
}

/** So many entries are committed, and acknowledged by the leader. */
function fill(trio: Trio, count: number): void {
  for (let i = 0; i < count; i++) trio.get(trio.leader, put(`k${i}`, "v"));
}

describe("a member that applies slowly", () => {
  test("commits and leads as before, and answers when it has applied", () => {
    const trio = new Trio();
    const { leader } = trio;
    const [other] = trio.followers;
    const { term } = trio.cluster.view(leader);
    slow(trio, leader, SECOND);
    const calls = [1, 2, 3].map((n) => trio.send(leader, put(`a${n}`, "v")));
    trio.pass(900 * MILLISECOND);
    expect(lag(trio, leader)).toBe(3);
    expect(trio.cluster.peek(other, "a3")).toBe("v");
    const answered = () => calls.map((call) => trio.answered(call));
    expect(answered()).toEqual([false, false, false]);
    trio.pass(SECOND);
    expect(answered()).toEqual([true, false, false]);
    trio.pass(2 * SECOND);
    expect(answered()).toEqual([true, true, true]);
    expect(lag(trio, leader)).toBe(0);
    expect(trio.cluster.view(leader)).toMatchObject({ role: "leader", term });
  });

  test("goes on at its own pace after it stood still", () => {
    const trio = new Trio();
    const [id] = trio.followers;
    slow(trio, id, SECOND);
    fill(trio, 4);
    trio.cluster.inject({ type: "pause", member: id });
    trio.pass(10 * SECOND);
    trio.cluster.inject({ type: "resume", member: id });
    expect(lag(trio, id)).toBe(3);
    trio.pass(2 * SECOND + 100 * MILLISECOND);
    expect(lag(trio, id)).toBe(1);
  });

  test("has caught up as soon as it is fast again", () => {
    const trio = new Trio();
    const [id] = trio.followers;
    slow(trio, id, 3600 * SECOND);
    fill(trio, 10);
    trio.pass(SECOND);
    expect(lag(trio, id)).toBe(10);
    slow(trio, id, 0);
    trio.pass(MILLISECOND);
    expect(lag(trio, id)).toBe(0);
  });

  test("answers linearizable reads when it has applied what was committed, others at once", () => {
    const trio = new Trio();
    const [id] = trio.followers;
    trio.get(trio.leader, put("a", "old"));
    trio.pass(SECOND);
    slow(trio, id, SECOND);
    trio.get(trio.leader, put("a", "new"));
    trio.pass(500 * MILLISECOND);
    const read = (serializable: boolean) => {
      const request = { ...rangeRequest("a"), serializable };
      const [kv] = trio.get(id, { type: "range", request }).kvs;
      return new TextDecoder().decode(kv?.value);
    };
    const began = trio.cluster.now;
    expect(read(true)).toBe("old");
    expect(trio.cluster.now - began).toBeLessThan(10 * MILLISECOND);
    expect(read(false)).toBe("new");
    expect(trio.cluster.now - began).toBeGreaterThan(400 * MILLISECOND);
  });

  test("takes no more where it is too far behind", () => {
    const trio = new Trio({ maxApplyLag: 20 });
    const [id] = trio.followers;
    slow(trio, id, SECOND);
    fill(trio, 20);
    trio.pass(500 * MILLISECOND);
    const call = trio.send(id, put("b", "1"));
    trio.pass(100 * MILLISECOND);
    expect(lag(trio, id)).toBe(21);
    expect(trio.error(id, put("b", "2"))?.message).toBe(TOO_MANY);
    expect(trio.answered(call)).toBe(false);
    trio.pass(SECOND);
    expect(lag(trio, id)).toBe(20);
    trio.send(id, put("b", "3"));
    trio.pass(100 * MILLISECOND);
    expect(trio.cluster.peek(trio.leader, "b")).toBe("3");
  });

  test.each([
    [false, true],
    [true, false],
  ])("takes revokes at twice the lag if that is on: %s", (priorityRequest, refused) => {
    const trio = new Trio({ maxApplyLag: 10, priorityRequest });
    const [id] = trio.followers;
    for (const lease of [7n, 8n]) trio.get(trio.leader, grant(lease));
    trio.pass(SECOND);
    slow(trio, id, 3600 * SECOND);
    fill(trio, 20);
    trio.pass(500 * MILLISECOND);
    expect(trio.error(id, put("b", "1"))?.message).toBe(TOO_MANY);
    const first = trio.send(id, revoke(7n));
    trio.pass(500 * MILLISECOND);
    expect(trio.replyTo(first)?.error?.message).toBe(refused ? TOO_MANY : undefined);
    expect(lag(trio, id)).toBe(refused ? 20 : 21);
    if (!refused) expect(trio.error(id, revoke(8n))?.message).toBe(TOO_MANY);
  });

  test("starts again with what it had not applied, and with what it had at once", () => {
    const trio = new Trio();
    const [id] = trio.followers;
    fill(trio, 5);
    trio.pass(SECOND);
    slow(trio, id, 10 * SECOND);
    fill(trio, 3);
    trio.pass(SECOND);
    trio.restart(id);
    expect(lag(trio, id)).toBe(3);
    trio.pass(30 * SECOND);
    expect(lag(trio, id)).toBe(0);
    expect(trio.cluster.view(id).stateHash).toBe(trio.cluster.view(trio.leader).stateHash);
  });

  test("takes a snapshot after the entries that came before it", () => {
    const trio = new Trio({ snapshotEntries: 10, catchUpEntries: 2 });
    const [id] = trio.followers;
    slow(trio, id, 10 * SECOND);
    fill(trio, 5);
    trio.pass(SECOND);
    trio.isolate(id);
    trio.pass(SECOND);
    fill(trio, 30);
    trio.heal();
    trio.pass(5 * SECOND);
    const { applied, firstIndex } = trio.cluster.view(id);
    expect(firstIndex).toBeGreaterThan(applied + 1);
    const hashes = () => trio.ids.map((each) => trio.cluster.view(each).stateHash);
    trio.pass(60 * SECOND);
    expect(new Set(hashes()).size).toBe(1);
    trio.restart(id);
    trio.pass(60 * SECOND);
    expect(new Set(hashes()).size).toBe(1);
  });
});

describe("a change of the configuration that is committed and not applied", () => {
  test("keeps a follower from sending", () => {
    const trio = new Trio();
    const { leader } = trio;
    const [id, away] = trio.followers;
    slow(trio, id, 2 * SECOND);
    trio.isolate(away);
    trio.cluster.inject({ type: "add-member", member: 4, learner: true });
    // The leader tells of its commit; from then on the follower acknowledges nothing, for 2 s.
    trio.pass(500 * MILLISECOND);
    const call = trio.send(leader, put("a", "1"));
    trio.pass(SECOND);
    expect(trio.answered(call)).toBe(false);
    trio.pass(SECOND);
    expect(trio.answered(call)).toBe(true);
  });

  test("is nothing to raft where a later snapshot has come meanwhile", () => {
    const trio = new Trio();
    const { leader } = trio;
    const [id] = trio.followers;
    slow(trio, id, 10 * SECOND);
    trio.cluster.inject({ type: "add-member", member: 4, learner: true });
    trio.pass(SECOND);
    trio.isolate(id);
    trio.cluster.inject({ type: "remove-member", member: 4 });
    trio.pass(SECOND);
    // As one that was sent before, and delayed.
    const { store } = trio.machine(leader);
    store.backend.commit();
    const snapshot = trio.machine(leader).snapshot(store.backend.image());
    const { term } = trio.cluster.view(leader);
    const message = makeMessage({ type: MessageType.Snap, from: leader, to: id, term, snapshot });
    trio.cluster.node(id).receive(message, 0);
    trio.pass(20 * SECOND);
    expect(trio.cluster.view(id).applied).toBeGreaterThanOrEqual(snapshot.metadata.index);
    const { node } = trio.cluster.node(id).member as unknown as { readonly node: RawNode };
    expect(toConfState(node.raft.tracker.config)).toEqual(snapshot.metadata.confState);
    expect(trio.machine(id).configuration.conf).toEqual(snapshot.metadata.confState);
  });
});

describe("a leader that applies slowly", () => {
  test.each([
    ["3.7.3", true],
    ["3.6.16", false],
  ])("of %s renews a lease that it knows before it has applied all: %s", (serverVersion, fast) => {
    const trio = new Trio({ serverVersion });
    const { leader } = trio;
    trio.get(leader, grant(7n));
    slow(trio, leader, 500 * MILLISECOND);
    trio.send(leader, put("a", "1"));
    trio.pass(50 * MILLISECOND);
    expect(lag(trio, leader)).toBe(1);
    const known = trio.send(leader, { type: "leaseKeepAlive", request: { id: 7n } });
    const unknown = trio.send(leader, { type: "leaseKeepAlive", request: { id: 8n } });
    trio.pass(50 * MILLISECOND);
    expect([trio.answered(known), trio.answered(unknown)]).toEqual([fast, false]);
    trio.pass(SECOND);
    expect([trio.answered(known), trio.answered(unknown)]).toEqual([true, true]);
  });
});
