import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import { MILLISECOND, NEVER, SECOND } from "../../../src/base/time.ts";
import { ReadIndexLoop } from "../../../src/member/rpc/read-index-loop.ts";
import type { RawNode } from "../../../src/raft/raw-node.ts";
import { put } from "../support/asks.ts";
import { Trio } from "../support/three-members.ts";

const TIMEOUT_US = 7 * SECOND;

/** The reads of a member whose raft only hears questions. */
class Rig {
  now = 1;
  readonly asked: { readonly at: number; readonly context: Uint8Array }[] = [];
  readonly told: string[] = [];
  private readonly raft = {
    readIndex: (context: Uint8Array) => this.asked.push({ at: this.now, context }),
  };
  readonly reads = new ReadIndexLoop(this.raft as unknown as RawNode, 1, TIMEOUT_US);

  add(name: string) {
    const read = {
      serve: () => void this.told.push(name),
      fail: ({ message }: { readonly message: string }) =>
        void this.told.push(`${name}: ${message}`),
    };
    this.reads.add(read, this.now);
    return read;
  }

  passTo(then: number): void {
    while (this.reads.due() <= then) {
      this.now = Math.max(this.now, this.reads.due());
      this.reads.wake(this.now);
    }
    this.now = then;
  }

  /** Raft answers the newest question. */
  answer(index: number, applied: number): void {
    const requestContext = this.asked.at(-1)?.context ?? new Uint8Array();
    this.reads.answered({ index, requestContext }, applied, this.now);
  }

  get contexts(): number {
    return new Set(this.asked.map(({ context }) => bytesToBinary(context))).size;
  }
}

describe("linearizable reads (v3_server.go linearizableReadLoop)", () => {
  test("a question is put again every 500 ms, and given up after a request's time", () => {
    const rig = new Rig();
    rig.add("a");
    rig.passTo(TIMEOUT_US);
    expect(rig.asked.map(({ at }) => at - 1)).toEqual(
      Array.from({ length: 14 }, (_, n) => n * 500 * MILLISECOND),
    );
    expect(rig.contexts).toBe(1);
    expect(rig.told).toEqual([]);
    rig.passTo(TIMEOUT_US + 1);
    expect(rig.told).toEqual([`a: ${Errors.timeout.message}`]);
    expect(rig.asked).toHaveLength(14);
  });

  test("what comes meanwhile waits for the next question, whose time begins then", () => {
    const rig = new Rig();
    rig.add("a");
    rig.passTo(SECOND);
    rig.add("b");
    rig.passTo(TIMEOUT_US + SECOND);
    expect(rig.told).toEqual([`a: ${Errors.timeout.message}`]);
    expect(rig.contexts).toBe(2);
    rig.passTo(2 * TIMEOUT_US);
    expect(rig.told).toHaveLength(1);
    rig.passTo(2 * TIMEOUT_US + 1);
    expect(rig.told).toEqual(["a", "b"].map((name) => `${name}: ${Errors.timeout.message}`));
  });

  test("the first commit of a term has the question put again, with another 500 ms to wait", () => {
    const rig = new Rig();
    rig.add("a");
    rig.passTo(300 * MILLISECOND);
    rig.reads.repeat(rig.now);
    rig.passTo(799 * MILLISECOND);
    expect(rig.asked).toHaveLength(2);
    rig.passTo(800 * MILLISECOND);
    expect(rig.asked).toHaveLength(3);
  });

  test("the next question waits until what the last one was answered with is applied, as long as it takes", () => {
    const rig = new Rig();
    rig.add("a");
    rig.answer(5, 4);
    rig.add("b");
    rig.reads.leaderChanged(rig.now);
    rig.reads.repeat(rig.now);
    rig.passTo(100 * SECOND);
    expect(rig.told).toEqual([]);
    expect(rig.asked).toHaveLength(1);
    rig.reads.appliedTo(4, rig.now);
    expect(rig.told).toEqual([]);
    rig.reads.appliedTo(5, rig.now);
    expect(rig.told).toEqual(["a"]);
    expect(rig.contexts).toBe(2);
    rig.answer(5, 5);
    expect(rig.told).toEqual(["a", "b"]);
  });

  test("another leader fails those that asked, and those that wait ask it", () => {
    const rig = new Rig();
    rig.add("a");
    rig.add("b");
    rig.reads.leaderChanged(rig.now);
    expect(rig.told).toEqual([`a: ${Errors.leaderChanged.message}`]);
    expect(rig.contexts).toBe(2);
    rig.answer(1, 1);
    expect(rig.told.at(-1)).toBe("b");
  });

  test("a read that is dropped is not told; the question goes on", () => {
    const rig = new Rig();
    const [a, b] = [rig.add("a"), rig.add("b")];
    rig.reads.drop(a);
    rig.add("c");
    rig.reads.drop(b);
    rig.passTo(SECOND);
    expect(rig.contexts).toBe(1);
    rig.answer(1, 1);
    rig.answer(1, 1);
    expect(rig.told).toEqual(["c"]);
  });
});

describe("a client's read", () => {
  const get = { type: "memberList", request: { linearizable: true } } as const;

  /** A follower that knows what it has to apply, and does not get it. */
  function waiting(timeoutUs: number) {
    const trio = new Trio();
    const [id] = trio.followers;
    const turn = () => {
      const member = trio.cluster.node(id).member as unknown as {
        readonly requests: {
          readonly context: {
            readonly contexts: { readonly size: number };
            readonly reads: {
              readonly turn: { readonly kind: string };
              readonly current: ReadonlySet<unknown>;
            };
          };
        };
      };
      const { contexts, reads } = member.requests.context;
      return { kind: reads.turn.kind, reads: reads.current.size, calls: contexts.size };
    };
    // It missed an entry. The leader's answer comes before the entry is sent once more.
    trio.cluster.inject({ type: "cut", from: [trio.leader], to: [id] });
    trio.get(trio.leader, put("a"));
    trio.heal();
    const call = trio.send(id, get, timeoutUs);
    const until = trio.cluster.now + 60 * SECOND;
    while (turn().kind !== "confirmed" && trio.cluster.now < until) trio.cluster.step();
    trio.isolate(id);
    expect(turn()).toEqual({ kind: "confirmed", reads: 1, calls: 1 });
    return { trio, id, call, turn };
  }

  test("waits for what must be applied as long as the client does", () => {
    const { trio, call, turn } = waiting(NEVER);
    trio.pass(20 * SECOND);
    expect(trio.answered(call)).toBe(false);
    trio.heal();
    trio.pass(5 * SECOND);
    expect(trio.replyTo(call)?.error).toBeNull();
    expect(turn().calls).toBe(0);
  });

  test("is forgotten when the client waits no longer", () => {
    const { trio, call, turn } = waiting(3 * SECOND);
    trio.pass(3 * SECOND);
    expect(trio.replyTo(call)?.error).toBe(Errors.deadlineExceeded);
    expect(turn()).toEqual({ kind: "confirmed", reads: 0, calls: 0 });
  });
});
