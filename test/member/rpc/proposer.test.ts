import { describe, expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import type { Proposer } from "../../../src/member/rpc/proposer.ts";
import { DEFAULT_CLUSTER } from "../../../src/sim/cluster.ts";
import { grant, idOf, moveLeader, put } from "../support/asks.ts";
import { Trio } from "../support/three-members.ts";

/** A part of a member that nobody else sees. */
function insideOf(trio: Trio, id: number) {
  const member = trio.cluster.node(id).member as unknown as {
    readonly node: { readonly raft: { readonly lead: number } };
    readonly loop: { readonly saving: boolean };
    readonly requests: { readonly context: { readonly proposer: Proposer } };
  };
  const { proposer } = member.requests.context;
  const { unled } = proposer as unknown as { readonly unled: ReadonlyMap<number, unknown> };
  return { lead: member.node.raft.lead, saving: member.loop.saving, unled: unled.size };
}

const update = (id: bigint, peerUrls: readonly string[]) =>
  ({ type: "memberUpdate", request: { id, peerUrls } }) as const;

/** Until the member knows of no leader; it hears nobody, but may be heard. */
function deafen(trio: Trio, id: number): void {
  trio.cluster.inject({ type: "cut", from: trio.ids.filter((other) => other !== id), to: [id] });
  const until = trio.cluster.now + 20 * SECOND;
  while (insideOf(trio, id).lead !== 0 && trio.cluster.now < until) trio.cluster.step();
  expect(insideOf(trio, id).lead).toBe(0);
}

describe("a proposal while no leader is known", () => {
  test("is sent when the leader is heard again, though the disk was busy all the while", () => {
    const trio = new Trio();
    const [id] = trio.followers;
    const slow = { syncMinUs: 4 * SECOND, syncMeanUs: 4 * SECOND, syncMaxUs: 4 * SECOND };
    trio.cluster.inject({ type: "disk-slow", member: id, options: slow });
    trio.get(trio.leader, put("a", "1"));
    deafen(trio, id);
    // Raft has told of no leader yet, and never will: it finds the old one again before it is asked.
    expect(insideOf(trio, id).saving).toBe(true);
    const call = trio.send(id, put("b", "2"));
    trio.heal();
    trio.cluster.inject({ type: "disk-slow", member: id, options: DEFAULT_CLUSTER.disk });
    trio.pass(500 * MILLISECOND);
    expect(insideOf(trio, id)).toMatchObject({ lead: trio.leader, unled: 0 });
    trio.pass(4 * SECOND);
    expect(trio.answered(call)).toBe(true);
    expect(trio.cluster.peek(trio.leader, "b")).toBe("2");
  });

  test("waits too if it changes the membership", () => {
    const trio = new Trio();
    const [id] = trio.followers;
    deafen(trio, id);
    const call = trio.send(id, update(idOf(id), ["http://elsewhere:2380"]));
    trio.pass(SECOND);
    expect(trio.answered(call)).toBe(false);
    expect(insideOf(trio, id).unled).toBe(1);
    trio.heal();
    trio.pass(4 * SECOND);
    expect(trio.answered(call)).toBe(true);
    const { members } = trio.get(id, { type: "memberList", request: { linearizable: true } });
    expect(members.find((member) => member.id === idOf(id))?.peerUrls).toEqual([
      "http://elsewhere:2380",
    ]);
  });

  test("is forgotten when it has been given up", () => {
    const trio = new Trio();
    const [id] = trio.followers;
    deafen(trio, id);
    const calls = ["1", "2", "3"].map((value) => trio.send(id, put("a", value)));
    expect(insideOf(trio, id).unled).toBe(3);
    trio.pass(10 * SECOND);
    expect(calls.every((call) => trio.answered(call))).toBe(true);
    expect(insideOf(trio, id).unled).toBe(0);
    // In the words of a real etcd that is alone of three; up to 3.4 the code is Unknown.
    const error = { code: "DeadlineExceeded", message: "context deadline exceeded" };
    expect(trio.error(id, put("a", "4"))).toEqual(error);
    expect(trio.error(id, grant(7n))).toEqual(error);
    const moved = trio.send(id, update(idOf(id), ["http://elsewhere:2380"]), 5 * SECOND);
    trio.pass(6 * SECOND);
    expect(trio.replyTo(moved)?.error).toEqual(error);
    expect(insideOf(trio, id).unled).toBe(0);
  });
});

test("a proposal while the leader hands over is dropped, which etcd has no code for", () => {
  const trio = new Trio();
  const { leader } = trio;
  const [next] = trio.followers;
  trio.isolate(next);
  trio.send(leader, moveLeader(idOf(next)));
  expect(trio.error(leader, put("a", "1"))).toEqual({
    code: "Unknown",
    message: "raft proposal dropped",
  });
});
