import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import { SECOND } from "../../src/base/time.ts";
import { Session } from "../../src/client/recipes/session.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { foldFrame } from "../../src/trace/frames/fold.ts";
import { timeLeft } from "../../src/trace/frames/fold-data.ts";
import { alarmsOf, type Frame, firstFrame } from "../../src/trace/frames/frame.ts";
import { FrameIndex } from "../../src/trace/frames/frames.ts";
import { ClientWorld } from "../client/support.ts";
import { DataWriter, dataTrace, putOf } from "../support/data-trace.ts";
import { SAMPLE_HEADER } from "../support/sample-trace.ts";

const events = dataTrace();

function folded(list: readonly TraceEvent[], count = list.length): Frame {
  return list.slice(0, count).reduce(foldFrame, firstFrame(SAMPLE_HEADER));
}

/** The frame of what `write` makes happen after the start. */
function frameAfter(write: (w: DataWriter) => void): Frame {
  const w = new DataWriter();
  w.begin();
  write(w);
  return folded(w.events);
}

property.prop(
  [
    fc.array(fc.integer({ min: 0, max: events.length }), { minLength: 1 }),
    fc.integer({ min: 1, max: 20 }),
  ],
  { seed: 11, numRuns: 40 },
)("time travel: any moment by any way equals folding from the start", (seeks, every) => {
  const index = new FrameIndex(SAMPLE_HEADER, events, every);
  for (const position of seeks) {
    expect(index.seek(position).data).toEqual(folded(events, position).data);
  }
});

describe("leases", () => {
  test("count once, whoever tells of them, with the time that the primary gives them", () => {
    const { data } = frameAfter((w) => {
      w.now = 1_000_000;
      w.apply((id) => {
        w.lease(id, "grant", "7b", 3);
        w.now += 1000;
      });
    });
    expect(data.primary).toBe(1);
    expect(data.leases).toMatchObject([{ id: "7b", ttl: 3, expires: 4_000_000, index: 2 }]);
  });

  test("a primary that applies the grant later than others counts from then on", () => {
    const { data } = frameAfter((w) => {
      w.applyOn(2, 2, (id) => w.lease(id, "grant", "7b", 3));
      w.now = 500_000;
      w.applyOn(1, 2, (id) => w.lease(id, "grant", "7b", 3));
    });
    expect(data.leases).toMatchObject([{ id: "7b", expires: 3_500_000 }]);
  });

  test("a member that lags does not bring them back", () => {
    const { data } = frameAfter((w) => {
      w.apply((id) => w.lease(id, "grant", "7b", 3));
      w.apply((id) => w.lease(id, "revoke", "7b"));
      w.applyOn(3, 2, (id) => w.lease(id, "grant", "7b", 3));
    });
    expect(data.leases).toEqual([]);
  });

  test("have the keys that were put with them last", () => {
    const { data } = frameAfter((w) => {
      w.apply((id) => w.lease(id, "grant", "7b", 3));
      w.apply((id) => w.lease(id, "grant", "8c", 3));
      w.put("a", "1", "7b", 2);
      w.put("b", "1", "7b", 3);
      w.put("c", "1", "7b", 4);
      w.put("a", "2", "8c", 5);
      w.put("b", "2", "", 6);
      w.apply((id, index) => {
        const changes = [{ ...putOf("c", "", "", 0), type: "delete" } as const];
        w.emit(id, 0, "changes", { index, revision: 7, changes });
      });
    });
    expect(data.leases.map(({ id, keys }) => [id, keys.map(({ key }) => key)])).toEqual([
      ["7b", []],
      ["8c", ["a"]],
    ]);
  });

  test("are counted down by one member, by nobody, and anew by the next", () => {
    const frames = [...events.keys()].map((i) => folded(events, i + 1));
    const at = (kind: TraceEvent["kind"], action?: string) => {
      const i = events.findIndex((e) => {
        return (
          e.kind === kind &&
          (action === undefined || (e.kind === "lease" && e.action === action && e.member === 2))
        );
      });
      return (frames[i] as Frame).data;
    };
    expect(at("crash")).toMatchObject({ primary: 0, leases: [{ expires: -1 }] });
    // Its whole 3 s, and an election timeout (1 s) for the time without a leader.
    expect(at("lease", "promote")).toMatchObject({ primary: 2, leases: [{ expires: 8_000_000 }] });
    expect(at("lease", "expire").leases[0]).toMatchObject({ expired: true });
    expect(at("lease", "revoke").leases.map(({ id }) => id)).toEqual(["8c00000000000002"]);
  });

  test.each([
    ["the checkpoint", 2, 4_000_000 + 3_000_000],
    ["nothing that a renewal undid", 0, 4_000_000 + 6_000_000],
  ])("a new primary goes by %s", (_, remaining, expires) => {
    const { data } = frameAfter((w) => {
      w.apply((id) => w.lease(id, "grant", "7b", 5));
      w.apply((id) => w.lease(id, "checkpoint", "7b", remaining));
      w.now = 4_000_000;
      w.emit(2, 0, "role", { role: "leader", term: 2, lead: 2, reason: "election won" });
      w.lease(2, "promote", "");
    });
    expect(data.leases[0]).toMatchObject({ expires });
  });

  test("what a deposed leader's lessor still does or ends is nobody's business", () => {
    const { data } = frameAfter((w) => {
      w.apply((id) => w.lease(id, "grant", "7b", 5));
      w.emit(2, 0, "role", { role: "leader", term: 2, lead: 2, reason: "election won" });
      w.lease(2, "promote", "");
      w.now = 900_000;
      w.lease(1, "renew", "7b", 5);
      w.lease(1, "demote", "");
    });
    expect(data).toMatchObject({ primary: 2, leases: [{ expires: 6_000_000 }] });
  });
});

describe("watches", () => {
  const watched = (write: (w: DataWriter) => void) => frameAfter(write).data.watches;

  test("stand where their client's library would go on", () => {
    const next = (write: (w: DataWriter) => void) =>
      watched((w) => {
        w.watch(1, 1, "a");
        w.answer(1, 1, "created", 2, 7);
        write(w);
      })[0]?.next;
    expect(next(() => undefined)).toBe(8);
    expect(next((w) => w.hear(1, 1, 2, "a", 9))).toBe(10);
    expect(next((w) => w.answer(1, 1, "progress", 2, 12))).toBe(13);
    expect(next((w) => w.answer(1, 1, "progress", 2, 3))).toBe(8);
  });

  test("lose a member that crashes, are found on the next, and end", () => {
    const crash = (w: DataWriter) => {
      w.watch(1, 1, "a", 4);
      w.answer(1, 1, "created", 2, 7);
      w.emit(2, 0, "crash", { text: "", lostBytes: 0 });
    };
    expect(watched(crash)).toMatchObject([{ watch: 1, member: 2, lost: true, next: 4 }]);
    const found = (w: DataWriter) => {
      crash(w);
      w.hear(1, 1, 3, "a", 9);
    };
    expect(watched(found)).toMatchObject([{ member: 3, lost: false, next: 10, deliveries: 1 }]);
    expect(
      watched((w) => {
        found(w);
        w.answer(1, 1, "canceled", 3, 0);
      }),
    ).toEqual([]);
  });
});

test("a lock is known with the lease of its key, and two who believe to hold it", () => {
  const { data } = folded(events);
  expect(data.holds).toMatchObject([
    { client: 1, fence: 2, lease: "7b00000000000001" },
    { client: 2, fence: 4, lease: "8c00000000000002" },
  ]);
  const released = frameAfter((w) => {
    w.hold(1, "acquire", 2);
    w.hold(1, "release", 2);
  });
  expect(released.data.holds).toEqual([]);
});

test("alarms are as the member knows them that has applied most", () => {
  const raise = (w: DataWriter, active: boolean) =>
    w.apply((id) => w.emit(id, 0, "alarm", { alarm: "NOSPACE", of: 3, active }));
  expect(alarmsOf(frameAfter((w) => raise(w, true)))).toEqual([{ alarm: "NOSPACE", of: 3 }]);
  const disarmed = frameAfter((w) => {
    w.appliers = [2, 3];
    raise(w, true);
    raise(w, false);
    w.applyOn(1, 2, (id) => w.emit(id, 0, "alarm", { alarm: "NOSPACE", of: 3, active: true }));
  });
  expect(alarmsOf(disarmed)).toEqual([]);
});

test("in a real run, leases last as long as the leader says, and their keys as the store says", () => {
  const world = new ClientWorld({ seed: 3 });
  const { cluster, list } = world;
  const client = world.client(1);
  const session = world.do(client, Session.open(client, 4));
  world.do(client, client.do(op.put("a", "1", { lease: session.lease })));
  world.do(client, client.do(op.put("b", "1", { lease: session.lease })));
  world.do(client, client.do(op.delete("b")));
  const header = { ...SAMPLE_HEADER, tickUs: 100_000, electionTicks: 10 };
  const compare = () => {
    const request = { id: session.lease, keys: true };
    const { response } = world.call(client, { type: "leaseTimeToLive", request });
    const frames = new FrameIndex(header, list.events);
    const { data } = frames.seek(list.events.length);
    const [lease] = data.leases;
    if (response?.type !== "leaseTimeToLive" || lease === undefined) throw new Error("no lease");
    const { ttl, keys } = response.response;
    expect(lease.keys.map(({ key }) => key)).toEqual(keys);
    // The answer took a moment to arrive; the server cuts fractions off.
    const left = timeLeft(lease, cluster.now) ?? -1;
    expect(Math.abs(left / SECOND - ttl)).toBeLessThanOrEqual(1.01);
    return left;
  };
  compare();
  world.run(2);
  compare();
  session.orphan();
  cluster.inject({ type: "crash", member: cluster.leader(), disk: "lose" });
  world.run(4);
  world.leader();
  compare();
  world.run(12);
  const end = new FrameIndex(header, list.events).seek(list.events.length);
  expect(end.data.leases).toEqual([]);
});
