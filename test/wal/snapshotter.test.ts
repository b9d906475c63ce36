import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32cUpdate } from "../../src/base/crc32c.ts";
import { mistakesOf } from "../../src/museum/switches.ts";
import { encodeSnapshot } from "../../src/raft/pb/index.ts";
import type { Snapshot } from "../../src/raft/types.ts";
import {
  parseSnapName,
  parseWalName,
  Snapshotter,
  snapDbName,
  snapName,
  walName,
} from "../../src/wal/index.ts";
import { CrashSignal, MemoryDisk } from "../support/memory-disk.ts";
import { payload } from "./sample.ts";

const DIR = "member/snap";

function snapshot(term: number, index: number, length = 100): Snapshot {
  const confState = {
    voters: [1, 2, 3],
    learners: [4],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  return { data: payload(length, index), metadata: { term, index, confState } };
}

describe("file names", () => {
  it("are etcd's, 16 hex digits each", () => {
    expect(walName(1, 255)).toBe("0000000000000001-00000000000000ff.wal");
    expect(snapName(2, 10_000)).toBe("0000000000000002-0000000000002710.snap");
    expect(snapDbName(10_000)).toBe("0000000000002710.snap.db");
  });

  it("come back as their numbers; other files are none of them", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(parseWalName(walName(a, b))).toEqual({ seq: a, index: b });
        expect(parseSnapName(snapName(a, b))).toEqual({ term: a, index: b });
      }),
      { seed: 7005 },
    );
    for (const other of [
      "0.tmp",
      `${walName(1, 1)}.broken`,
      snapName(1, 1),
      "0000000000000001-ffffffffffffffff.wal",
      "",
    ]) {
      expect(parseWalName(other), other).toBeNull();
    }
    expect(parseSnapName(snapDbName(1))).toBeNull();
  });
});

describe("Snapshotter", () => {
  it("writes crc and snapshot, and gives back the newest", () => {
    const disk = new MemoryDisk();
    const snapshotter = new Snapshotter(disk, DIR);
    expect(snapshotter.loadNewest()).toBeNull();
    for (const [term, index] of [
      [1, 300],
      [2, 5],
      [2, 17],
    ] as const) {
      expect(snapshotter.save(snapshot(term, index))).toBe(disk.syncs);
    }
    const path = `${DIR}/${snapName(2, 17)}`;
    expect(disk.list(DIR)).toContain(path);
    const raw = encodeSnapshot(snapshot(2, 17));
    const file = disk.read(path);
    expect(file[0]).toBe(0x08);
    expect(file.subarray(file.length - raw.length)).toEqual(raw);
    let crc = 0;
    for (let i = 5; i >= 1; i--) crc = crc * 128 + ((file[i] as number) & 0x7f);
    expect(crc).toBe(crc32cUpdate(0, raw));
    expect(snapshotter.loadNewest()).toEqual(snapshot(2, 17));
  });

  it("gives back only what the log vouches for", () => {
    const disk = new MemoryDisk();
    const snapshotter = new Snapshotter(disk, DIR);
    snapshotter.save(snapshot(2, 10));
    snapshotter.save(snapshot(3, 20));
    expect(
      snapshotter.loadNewest([
        { index: 20, term: 2 },
        { index: 10, term: 2 },
      ]),
    ).toEqual(snapshot(2, 10));
    expect(snapshotter.loadNewest([])).toBeNull();
    expect(snapshotter.findings).toEqual([]);
  });

  it("puts a broken file aside, whichever bit flipped or wherever it was cut, and takes an older one", () => {
    const whole = new MemoryDisk();
    new Snapshotter(whole, DIR).save(snapshot(1, 1, 10));
    new Snapshotter(whole, DIR).save(snapshot(1, 2, 10));
    const path = `${DIR}/${snapName(1, 2)}`;
    const bytes = whole.read(path);
    const broken: Uint8Array[] = [];
    for (let length = 0; length < bytes.length; length++) broken.push(bytes.subarray(0, length));
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      broken.push(flipped);
    }
    for (const content of broken) {
      const disk = MemoryDisk.of(whole.files);
      disk.put(path, content);
      const snapshotter = new Snapshotter(disk, DIR);
      expect(snapshotter.loadNewest()).toEqual(snapshot(1, 1, 10));
      expect(disk.exists(`${path}.broken`)).toBe(true);
      expect(disk.exists(path)).toBe(false);
      expect(snapshotter.findings).toHaveLength(1);
      expect(snapshotter.findings[0]).toMatch(
        /^snapshot 0{15}1-0{15}2\.snap is broken \(.+\) and was put aside$/,
      );
    }
  });

  it("purges all but the newest files", () => {
    const disk = new MemoryDisk();
    const snapshotter = new Snapshotter(disk, DIR);
    expect(snapshotter.purge(3)).toBeNull();
    for (let index = 1; index <= 5; index++) snapshotter.save(snapshot(1, index));
    expect(snapshotter.purge(3)).toEqual({ index: 3, term: 1 });
    expect(disk.list(DIR)).toHaveLength(3);
    expect(snapshotter.purge(9)).toEqual({ index: 3, term: 1 });
  });

  function survives(...bugs: string[]): boolean {
    for (let commands = 0; ; commands++) {
      const disk = new MemoryDisk();
      disk.commandsLeft = commands;
      let promised = 0;
      let crashed = false;
      try {
        const snapshotter = new Snapshotter(disk, DIR, { mistakes: mistakesOf(bugs) });
        for (let index = 1; index <= 3; index++) {
          snapshotter.save(snapshot(1, index, 20));
          promised = index;
        }
      } catch (error) {
        if (!(error instanceof CrashSignal)) throw error;
        crashed = true;
      }
      disk.commandsLeft = Number.POSITIVE_INFINITY;
      for (const state of disk.crashStates()) {
        const after = new Snapshotter(state.disk, DIR);
        const newest = after.loadNewest()?.metadata.index ?? 0;
        if (newest < promised || after.findings.length > 0) return false;
      }
      if (!crashed) return true;
    }
  }

  it("keeps a snapshot it promised, whenever the machine crashes", () => {
    expect(survives()).toBe(true);
  });

  it("without the sync of the directory (W2) does not", () => {
    expect(survives("W2")).toBe(false);
  });
});
