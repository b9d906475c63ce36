import { describe, expect, test } from "vitest";
import { type ApiError, Errors } from "../../../src/api/errors.ts";
import { MILLISECOND, MINUTE, NEVER } from "../../../src/base/time.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { WatchWorld } from "./support.ts";

interface Row {
  readonly name: string;
  readonly run: (world: WatchWorld) => void;
  readonly told: readonly string[];
}

const ROUND = 100 * MILLISECOND;

const ROWS: readonly Row[] = [
  {
    name: "a key alone, from now on",
    run: (w) => {
      w.write("a=0");
      w.create(1, "a");
      w.write("a=1");
      w.write("ab=1");
      w.write("-a");
    },
    told: ["#0 r2 created", "#0 r3 a=1@3", "#0 r5 -a@5"],
  },
  {
    name: "a range, whole transactions",
    run: (w) => {
      w.create(1, "a", { rangeEnd: "c" });
      w.write("a=1", "b=2", "c=3");
      w.write("c=4");
      w.write("-a..z");
    },
    told: ["#0 r1 created", "#0 r2 a=1@2 b=2@2", "#0 r4 -a@4 -b@4"],
  },
  {
    name: "an open range, and the empty key, which is the smallest one",
    run: (w) => {
      w.create(1, "b", { rangeEnd: "\0" });
      w.create(1, "", { rangeEnd: "\0" });
      w.create(1, "", { rangeEnd: "b" });
      w.create(1, "");
      w.write("a=1");
      w.write("\xff=2");
      w.write("\0=3");
    },
    told: [
      ...["#0 r1 created", "#1 r1 created", "#2 r1 created", "#3 r1 created"],
      ...["#2 r2 a=1@2", "#1 r2 a=1@2", "#1 r3 \xff=2@3", "#0 r3 \xff=2@3"],
      ...["#3 r4 \0=3@4", "#2 r4 \0=3@4", "#1 r4 \0=3@4"],
    ],
  },
  {
    name: "from the past: in the next round, in one response",
    run: (w) => {
      for (const change of ["a=1", "b=2", "a=3"]) w.write(change);
      w.create(1, "a", { startRevision: 2 });
      w.write("a=4");
      w.wait(ROUND);
      w.write("a=5");
    },
    told: ["#0 r4 created", "#0 r5 a=1@2 a=3@4 a=4@5", "#0 r6 a=5@6"],
  },
  {
    name: "from a revision to come",
    run: (w) => {
      w.create(1, "a", { startRevision: 4 });
      for (const change of ["a=2", "a=3", "a=4"]) w.write(change);
    },
    told: ["#0 r1 created", "#0 r4 a=4@4"],
  },
  {
    name: "filters",
    run: (w) => {
      w.write("a=1");
      w.create(1, "a", { filters: ["NOPUT"], startRevision: 1 });
      w.create(1, "a", { filters: ["NODELETE"], startRevision: 1 });
      w.create(1, "a", { filters: ["NODELETE", "NOPUT"], startRevision: 1 });
      w.wait(ROUND);
      w.write("-a");
      w.write("a=2");
    },
    told: [
      ...["#0 r2 created", "#1 r2 created", "#2 r2 created"],
      ...["#1 r2 a=1@2", "#0 r3 -a@3", "#1 r4 a=2@4"],
    ],
  },
  {
    name: "what was before, as far as it is not compacted when it is sent",
    run: (w) => {
      w.create(1, "a", { prevKv: true });
      for (const change of ["a=1", "a=2", "-a", "a=3"]) w.write(change);
      w.compact(4);
      w.create(1, "a", { prevKv: true, startRevision: 4 });
      w.wait(ROUND);
    },
    told: [
      ...["#0 r1 created", "#0 r2 a=1@2", "#0 r3 a=2@3<1@2>", "#0 r4 -a@4<2@3>", "#0 r5 a=3@5"],
      ...["#1 r5 created", "#1 r5 -a@4 a=3@5"],
    ],
  },
  {
    name: "of a key that its own transaction created there is no before",
    run: (w) => {
      w.write("a=1");
      w.create(1, "a", { prevKv: true });
      w.write("-a", "a=2");
    },
    told: ["#0 r2 created", "#0 r3 -a@3<1@2> a=2@3"],
  },
  {
    name: "all is told in the order in which it happened, also to a client that reads late",
    run: (w) => {
      w.create(1, "a");
      w.stalled.add(1);
      w.write(`a=${"x".repeat(70_000)}`);
      w.write("a=2");
      w.progress(1);
      w.create(1, "a", { startRevision: 9 });
      w.write("a=3");
      w.cancel(1, 0);
      w.write("a=4");
      w.stalled.clear();
      w.read();
    },
    told: [
      ...["#0 r1 created", "#0 r2 a=70000 bytes@2", "#0 r3 a=2@3", "#-1 r3", "#1 r3 created"],
      ...["#0 r4 a=3@4", "#0 r4 canceled"],
    ],
  },
  {
    name: "requests that had to wait are answered in their order, progress too",
    run: (w) => {
      w.create(1, "a");
      w.stalled.add(1);
      w.write(`a=${"x".repeat(70_000)}`);
      for (let i = 0; i < 16; i++) w.create(1, "q");
      w.create(1, "a");
      w.progress(1);
      w.stalled.clear();
      w.read();
    },
    told: [
      ...["#0 r1 created", "#0 r2 a=70000 bytes@2"],
      ...Array.from({ length: 17 }, (_, i) => `#${i + 1} r2 created`),
      "#-1 r2",
    ],
  },
  {
    name: "ids: given, chosen around those, given twice, free again after a cancel",
    run: (w) => {
      w.create(1, "a", { watchId: 1 });
      w.create(1, "a");
      w.create(1, "a");
      w.create(1, "a", { watchId: 2 });
      w.create(2, "a");
      w.cancel(1, 2);
      w.cancel(1, 2);
      w.create(1, "b", { watchId: 2 });
      w.write("a=1");
    },
    told: [
      ...["#1 r1 created", "#0 r1 created", "#2 r1 created"],
      "#-1 r1 created canceled (mvcc: duplicate watch ID provided on the WatchStream)",
      ...["#2 r1 canceled", "#2 r1 created", "#1 r2 a=1@2", "#0 r2 a=1@2"],
    ],
  },
  {
    name: "an empty range is refused, and a revision before all",
    run: (w) => {
      w.create(1, "b", { rangeEnd: "a" });
      w.create(1, "b", { rangeEnd: "b", watchId: 5 });
      w.create(1, "b", { startRevision: -1 });
      w.write("b=1");
    },
    told: [
      "#-1 r1 created canceled (mvcc: watcher range is empty)",
      "#-1 r1 created canceled (mvcc: watcher range is empty)",
      "#-1 r1 created canceled (etcdserver: mvcc: required revision has been compacted)",
    ],
  },
  {
    name: "a compacted revision: cancelled, and its id kept until that is taken back",
    run: (w) => {
      for (const change of ["a=1", "a=2", "a=3"]) w.write(change);
      w.compact(3);
      w.create(1, "a", { startRevision: 2, watchId: 7 });
      w.create(1, "a", { startRevision: 3 });
      w.wait(ROUND);
      w.create(1, "a", { watchId: 7 });
      w.progress(1);
      w.cancel(1, 7);
      w.progress(1);
    },
    told: [
      ...["#7 r4 created", "#0 r4 created", "#7 r0 canceled compacted 3", "#0 r4 a=2@3 a=3@4"],
      "#-1 r4 created canceled (mvcc: duplicate watch ID provided on the WatchStream)",
      ...["#7 r4 canceled", "#-1 r4"],
    ],
  },
  {
    name: "progress: only if all watchers have seen everything, and there is one",
    run: (w) => {
      w.write("a=1");
      w.progress(1);
      w.create(1, "x");
      w.create(1, "a", { startRevision: 1 });
      w.progress(1);
      w.wait(ROUND);
      w.progress(1);
      w.write("b=1");
      w.progress(1);
    },
    told: ["#0 r2 created", "#1 r2 created", "#1 r2 a=1@2", "#-1 r2", "#-1 r3"],
  },
  {
    name: "a cancelled watch is told nothing more",
    run: (w) => {
      w.create(1, "a");
      w.write("a=1");
      w.cancel(1, 0);
      w.write("a=2");
    },
    told: ["#0 r1 created", "#0 r2 a=1@2", "#0 r2 canceled"],
  },
  {
    name: "a snapshot: what it skipped is told, nothing twice, and the future stays the future",
    run: (w) => {
      w.write("a=1");
      w.create(1, "a");
      w.create(1, "a", { startRevision: 7 });
      w.write("a=2");
      w.restore((store) => {
        for (let i = 0; i < 2; i++) {
          store.begin();
          store.put("a", Uint8Array.of(0x33 + i), 0n);
          store.end();
        }
      });
      w.wait(ROUND);
      for (const change of ["a=6", "a=7"]) w.write(change);
    },
    told: [
      ...["#0 r2 created", "#1 r2 created", "#0 r3 a=2@3", "#0 r5 a=3@4 a=4@5"],
      ...["#0 r6 a=6@6", "#0 r7 a=7@7", "#1 r7 a=7@7"],
    ],
  },
];

describe("a watch stream", () => {
  test("of 3.4 is made also from a revision below 0, and cancelled once there was a compaction", () => {
    const world = new WatchWorld([], {}, profileOf("3.4.23"));
    world.create(1, "a", { startRevision: -1 });
    world.wait(ROUND);
    world.write("a=1");
    world.write("a=2");
    world.compact(2);
    world.create(1, "a", { startRevision: -1 });
    world.wait(ROUND);
    expect(world.lines(1)).toEqual([
      ...["#0 r1 created", "#0 r2 a=1@2", "#0 r3 a=2@3"],
      ...["#1 r3 created", "#1 r0 canceled compacted 2"],
    ]);
  });

  test.each(ROWS)("$name", ({ run, told }) => {
    const world = new WatchWorld();
    run(world);
    expect(world.lines(1)).toEqual(told);
    expect(world.server.due()).toBe(NEVER);
  });

  const custom: ApiError = { code: "Internal", message: "something else" };
  test.each([
    [Errors.invalidAuthToken, "code = Unauthenticated desc = etcdserver: invalid auth token"],
    [
      Errors.authOldRevision,
      "code = InvalidArgument desc = etcdserver: revision of auth store is old",
    ],
    [Errors.userEmpty, "code = InvalidArgument desc = etcdserver: user name is empty"],
    [Errors.permissionDenied, "code = PermissionDenied desc = etcdserver: permission denied"],
    [custom, "code = PermissionDenied desc = etcdserver: permission denied"],
  ])("refused: %o", (error, reason) => {
    const world = new WatchWorld();
    world.denied = error;
    world.create(1, "a", { watchId: 3 });
    world.write("a=1");
    expect(world.lines(1)).toEqual([`#-1 r1 created canceled (rpc error: ${reason})`]);
  });

  test("what is asked of the permission", () => {
    const world = new WatchWorld();
    const asked: string[] = [];
    world.open(1);
    const request = { ...{ startRevision: 0, progressNotify: false, filters: [], prevKv: false } };
    for (const [key, rangeEnd] of [
      ["", "\0"],
      ["k", ""],
      ["k", "l"],
    ] as const) {
      const create = { ...request, key, rangeEnd, watchId: 0, fragment: false };
      world.server.request(world.now, 1, { type: "create", request: create }, (k, end) => {
        asked.push(`${k}|${end}`);
        return null;
      });
    }
    expect(asked).toEqual(["\0|\0", "k|", "k|l"]);
  });

  test("large responses are split for those who allow it, between events", () => {
    const world = new WatchWorld([], { maxResponseBytes: 100, windowBytes: 1_000_000 });
    world.create(1, "a", { rangeEnd: "z" });
    world.create(1, "a", { rangeEnd: "z", fragment: true });
    world.write(...["a", "b", "c", "d", "e"].map((key) => `${key}=${"x".repeat(20)}`));
    world.write(`a=${"x".repeat(200)}`);
    const x = (key: string) => `${key}=20 bytes@2`;
    expect(world.lines(1).slice(2)).toEqual([
      `#0 r2 ${["a", "b", "c", "d", "e"].map(x).join(" ")}`,
      `#1 r2 … ${x("a")} ${x("b")}`,
      `#1 r2 … ${x("c")} ${x("d")}`,
      `#1 r2 ${x("e")}`,
      "#0 r3 a=200 bytes@3",
      "#1 r3 a=200 bytes@3",
    ]);
    for (const { response, bytes } of world.sent.get(1) ?? []) {
      if (response.watchId === 1 && response.header.revision === 2) expect(bytes).toBeLessThan(105);
    }
  });

  test("progress notifications come in silence only, every ten minutes and a bit", () => {
    const world = new WatchWorld();
    world.create(1, "a", { progressNotify: true });
    world.create(1, "b");
    const due = world.server.due() - world.now;
    expect(due).toBeGreaterThan(10 * MINUTE);
    expect(due).toBeLessThan(11 * MINUTE);
    expect(world.wait(due - 1)).toBe(0);
    expect(world.wait(1)).toBe(1);
    world.write("b=1");
    world.wait(due);
    world.write("a=1");
    expect(world.wait(due)).toBe(1);
    world.wait(due);
    world.cancel(1, 0);
    world.wait(due);
    expect(world.lines(1)).toEqual([
      ...["#0 r1 created", "#1 r1 created", "#0 r1", "#1 r2 b=1@2", "#0 r2"],
      ...["#0 r3 a=1@3", "#0 r3", "#0 r3 canceled"],
    ]);
    expect(world.server.due()).toBe(NEVER);
  });

  test("streams opened together have periods of their own", () => {
    const world = new WatchWorld();
    const periods = [1, 2].map((id) => {
      world.create(id, "a", { progressNotify: true });
      const due = world.server.due();
      world.server.close(id);
      world.wait(20 * MINUTE);
      return due - world.now;
    });
    expect(periods[0]).not.toBe(periods[1]);
  });

  test("a client that does not read: window, channel, victims, and all of it in order after that", () => {
    const world = new WatchWorld([], { windowBytes: 100 });
    world.create(1, "a");
    world.create(1, "b", { rangeEnd: "c" });
    world.create(2, "a");
    world.stalled.add(1);
    for (let i = 3; i < 203; i++) world.write(`a=${i}`, `b=${i}`);
    expect(world.server.hub.counts).toEqual({ synced: 1, unsynced: 0, victims: 2 });
    // Nothing is tried as long as there is no room.
    expect(world.server.due()).toBe(NEVER);
    world.progress(1);
    world.stalled.clear();
    world.read();
    expect(world.server.due()).toBe(world.now + 10 * MILLISECOND);
    world.wait(300 * MILLISECOND);
    world.progress(1);
    expect(world.server.hub.counts).toEqual({ synced: 3, unsynced: 0, victims: 0 });
    const lines = world.lines(1);
    const seen = lines.flatMap((line) => line.match(/a=\d+/g) ?? []);
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => `a=${i + 3}`));
    // What the victim held comes with its own revision, then all else at once, then progress.
    expect(lines.at(-1)).toBe("#-1 r201");
    expect(lines.filter((line) => line.startsWith("#-1"))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("#0 r201"))).toHaveLength(1);
    expect(world.lines(2)).toHaveLength(201);
  });

  test("a client that asks and does not read holds up its own requests", () => {
    const world = new WatchWorld([], { windowBytes: 10 });
    world.open(1);
    world.stalled.add(1);
    for (let i = 0; i < 40; i++) world.create(1, "a");
    // One was sent, 16 wait to be.
    expect(world.server.hub.counts.synced).toBe(17);
    world.stalled.clear();
    world.read();
    expect(world.server.hub.counts.synced).toBe(40);
    expect(world.lines(1)).toEqual(Array.from({ length: 40 }, (_, i) => `#${i} r1 created`));
  });

  test("no part is sent once the window is used up to the byte", () => {
    const stalled = (windowBytes: number): WatchWorld => {
      const world = new WatchWorld([], { windowBytes, maxResponseBytes: 80 });
      world.stalled.add(1);
      world.create(1, "a", { rangeEnd: "z", fragment: true });
      world.write(...["a", "b", "c", "d", "e", "f"].map((key) => `${key}=1`));
      return world;
    };
    const [created, first] = stalled(1_000_000).sent.get(1) ?? [];
    const used = (created?.bytes ?? 0) + (first?.bytes ?? 0);
    expect(stalled(used).lines(1)).toHaveLength(2);
    expect(stalled(used + 1).lines(1)).toHaveLength(3);
  });

  test("parts of a split response wait for the window too, and nothing comes between", () => {
    const world = new WatchWorld([], { windowBytes: 60, maxResponseBytes: 80 });
    world.create(1, "a", { rangeEnd: "z", fragment: true });
    world.stalled.add(1);
    world.write("a=1", "b=1", "c=1", "d=1", "e=1", "f=1", "g=1", "h=1", "i=1", "j=1");
    world.create(1, "q");
    world.write("q=1");
    expect(world.lines(1)).toHaveLength(2);
    world.stalled.clear();
    world.read();
    const lines = world
      .lines(1)
      .slice(1)
      .map((line) => line.slice(0, 8));
    expect(lines).toEqual(["#0 r2 … ", "#0 r2 … ", "#0 r2 i=", "#1 r2 cr", "#1 r3 q=", "#0 r3 q="]);
  });

  test("closing and ending", () => {
    const world = new WatchWorld();
    for (const id of [1, 2, 3, 4]) world.create(id, "a", { startRevision: id === 4 ? 1 : 0 });
    world.server.close(1);
    world.server.end(2, Errors.noLeader);
    world.server.end(2, Errors.noLeader);
    world.write("a=1");
    for (const id of [3, 4]) world.server.end(id, Errors.stopped);
    world.write("a=2");
    world.create(3, "a");
    expect(world.ended).toEqual([
      ...["2: etcdserver: no leader", "3: etcdserver: server stopped"],
      "4: etcdserver: server stopped",
    ]);
    expect([1, 2, 3, 4].map((id) => world.lines(id).length)).toEqual([1, 1, 2, 1]);
    expect(world.server.hub.counts).toEqual({ synced: 0, unsynced: 0, victims: 0 });
    expect(world.server.size).toBe(0);
  });
});
