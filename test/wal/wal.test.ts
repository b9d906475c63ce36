import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { NO_MISTAKES } from "../../src/museum/switches.ts";
import { decodeHardState } from "../../src/raft/pb/entry.ts";
import { EMPTY, EntryType, type HardState } from "../../src/raft/types.ts";
import { WalDecoder } from "../../src/wal/decoder.ts";
import { WalEncoder } from "../../src/wal/encoder.ts";
import {
  createWal,
  openWal,
  repair,
  validSnapshots,
  WalError,
  walExists,
} from "../../src/wal/index.ts";
import { RecordType } from "../../src/wal/record.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import {
  DIR,
  entry,
  METADATA,
  NOTHING,
  ORIGIN,
  options,
  SAVES,
  saidDuring,
  writeLife,
} from "./sample.ts";

const CONF = {
  voters: [1, 2, 3],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};
const FIRST = `${DIR}/0000000000000000-0000000000000000.wal`;
const LAST_SAID = SAVES.reduce((said, save) => saidDuring(said, save).at(-1) ?? said, NOTHING);

function read(
  disk: MemoryDisk,
  point: { index: number; term: number } = ORIGIN,
  ...bugs: string[]
) {
  const { metadata, hardState, entries, repaired, wal } = openWal(
    disk,
    DIR,
    point,
    options(1e6, ...bugs),
  );
  return { metadata, hardState, entries, repaired, wal };
}

function refusal(act: () => unknown): WalError {
  try {
    act();
  } catch (error) {
    if (error instanceof WalError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a new log", () => {
  it("begins with crc, metadata and an empty snapshot, byte for byte as etcd's", () => {
    const disk = new MemoryDisk();
    createWal(disk, DIR, METADATA, options());
    expect(disk.list("member")).toEqual([FIRST]);
    // The frames below are those of a real etcd 3.4 but for the metadata and thus the crcs.
    const hex = toHex(disk.read(FIRST));
    expect(hex.slice(0, 32)).toBe("0400000000000084" + "0804100000000000");
    expect(hex.slice(32, 48)).toBe("0e00000000000082");
    expect(hex.slice(48, 52)).toBe("0801");
    expect(hex).toMatch(/0805 ?10[0-9a-f]{10}1a0408001000/);
    expect(disk.read(FIRST).length % 8).toBe(0);
  });

  it("is empty when opened, and holds its metadata", () => {
    const disk = new MemoryDisk();
    expect(walExists(disk, DIR)).toBe(false);
    createWal(disk, DIR, METADATA, options());
    expect(walExists(disk, DIR)).toBe(true);
    const log = read(disk);
    expect(log).toMatchObject({ metadata: METADATA, ...NOTHING, repaired: "" });
  });
});

describe("save", () => {
  it("syncs only when it must, and gives 0 otherwise", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options());
    const before = disk.syncs;
    expect(wal.save(null, [], true)).toBe(0);
    expect(wal.save({ term: 1, vote: 0, commit: 0 }, [], false)).toBe(0);
    expect(disk.syncs).toBe(before);
    expect(wal.save(null, [entry(1, 1)], true)).toBe(before + 1);
  });

  it("appends once, however many entries there are", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options());
    const before = disk.commands;
    wal.save({ term: 1, vote: 1, commit: 0 }, [entry(1, 1), entry(2, 1), entry(3, 1)], true);
    expect(disk.commands - before).toBe(2);
  });

  it("keeps what was saved: later entries overwrite, payloads and states come back", () => {
    for (const segmentBytes of [1, 300, 1000, 1e6]) {
      const disk = new MemoryDisk();
      const wal = writeLife(disk, options(segmentBytes));
      const log = read(disk);
      expect(log.entries).toEqual(LAST_SAID.entries);
      expect(log.hardState).toEqual(LAST_SAID.hardState);
      expect(log.repaired).toBe("");
      expect(log.wal.lastIndex).toBe(wal.lastIndex);
      expect(log.wal.segments).toEqual(wal.segments);
    }
  });

  it("goes on after a restart as if there had been none", () => {
    for (const segmentBytes of [1, 300, 1000, 1e6]) {
      const whole = new MemoryDisk();
      const wal = writeLife(whole, options(segmentBytes));
      wal.save({ term: 7, vote: 1, commit: 9 }, [entry(10, 7)], true);
      const broken = new MemoryDisk();
      writeLife(broken, options(segmentBytes));
      const { wal: again } = openWal(broken, DIR, ORIGIN, options(segmentBytes));
      again.save({ term: 7, vote: 1, commit: 9 }, [entry(10, 7)], true);
      expect(broken.files).toEqual(whole.files);
    }
  });
});

describe("a cut", () => {
  it("gives the next file its name only when its head is durable", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options(100));
    const calls: string[] = [];
    for (const name of [
      "create",
      "append",
      "truncate",
      "rename",
      "sync",
      "syncDirectory",
    ] as const) {
      const original = (disk[name] as (...args: unknown[]) => unknown).bind(disk);
      (disk as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
        calls.push(
          `${name} ${args
            .filter((a) => typeof a === "string")
            .map((a) => a.replace(`${DIR}/`, ""))
            .join(" ")}`,
        );
        return original(...args);
      };
    }
    const token = wal.save({ term: 1, vote: 1, commit: 0 }, [entry(1, 1, 200)], true);
    const next = "0000000000000001-0000000000000002.wal";
    const first = "0000000000000000-0000000000000000.wal";
    expect(calls).toEqual([
      `append ${first}`,
      `truncate ${first}`,
      `sync ${first}`,
      "create 1.tmp",
      "append 1.tmp",
      "sync 1.tmp",
      `rename 1.tmp ${next}`,
      `syncDirectory ${DIR}`,
    ]);
    expect(token).toBe(disk.syncs);
  });

  it("carries crc, metadata and state over", () => {
    const disk = new MemoryDisk();
    writeLife(disk, options(400));
    expect(disk.list(DIR).length).toBeGreaterThan(3);
    // From any file on, the log reads without those before it.
    for (const path of disk.list(DIR).slice(1)) {
      const files = [...disk.files].filter(([name]) => name >= path);
      const alone = MemoryDisk.of(files);
      expect(validSnapshots(alone, DIR, options())).toEqual([]);
    }
    let state: HardState = { term: 0, vote: 0, commit: 0 };
    for (const [nth, path] of disk.list(DIR).entries()) {
      const decoder = new WalDecoder([{ path, bytes: disk.read(path) }], NO_MISTAKES);
      const states: HardState[] = [];
      const types: RecordType[] = [];
      while (decoder.next()) {
        const { type, bytes, from, to } = decoder;
        types.push(type);
        if (type === RecordType.State) states.push(decodeHardState(bytes.subarray(from, to)));
      }
      if (nth > 0) {
        expect(types.slice(0, 3)).toEqual([RecordType.Crc, RecordType.Metadata, RecordType.State]);
        expect(states[0]).toEqual(state);
      }
      state = states.at(-1) ?? state;
    }
    expect(state).toEqual(LAST_SAID.hardState);
  });
});

describe("snapshot records", () => {
  function withSnapshot(): MemoryDisk {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options(200));
    for (let i = 1; i <= 10; i++) {
      wal.save({ term: 2, vote: 1, commit: i }, [entry(i, 2, 50)], true);
      if (i === 6) wal.saveSnapshot({ index: 5, term: 2, confState: CONF });
    }
    wal.saveSnapshot({ index: 12, term: 2, confState: CONF });
    return disk;
  }

  it("let the log be opened there", () => {
    const log = read(withSnapshot(), { index: 5, term: 2 });
    expect(log.entries.map((e) => e.index)).toEqual([6, 7, 8, 9, 10]);
    expect(log.wal.lastIndex).toBe(12);
  });

  it("count only if they were committed", () => {
    expect(validSnapshots(withSnapshot(), DIR, options())).toEqual([ORIGIN, { index: 5, term: 2 }]);
  });

  it("of another term, or none, are refused", () => {
    expect(refusal(() => read(withSnapshot(), { index: 5, term: 1 }))).toMatchObject({
      kind: "snapshot mismatch",
      message: expect.stringContaining("snapshot 5 is of term 2 here, of term 1 in its file"),
    });
    expect(refusal(() => read(withSnapshot(), { index: 7, term: 2 }))).toMatchObject({
      kind: "not found",
      message: expect.stringContaining("does not mention snapshot 7 of term 2"),
    });
  });

  it("let those go, too, that a start from a later snapshot did not read", () => {
    const disk = withSnapshot();
    const before = disk.list(DIR);
    const { wal } = openWal(disk, DIR, { index: 5, term: 2 }, options(200));
    expect(wal.segments.map((s) => s.path)).toEqual(before);
    expect(wal.firstOnDisk).toBe(0);
    wal.releaseTo(5);
    const left = disk.list(DIR);
    expect(left.length).toBeLessThan(before.length);
    expect(wal.segments.map((s) => s.path)).toEqual(left);
    expect(read(disk, { index: 5, term: 2 }).entries.map((e) => e.index)).toEqual([6, 7, 8, 9, 10]);
  });

  it("let older files go, and no younger ones", () => {
    const disk = withSnapshot();
    const before = disk.list(DIR);
    const { wal } = openWal(disk, DIR, ORIGIN, options(200));
    wal.releaseTo(5);
    const left = disk.list(DIR);
    expect(left.length).toBeLessThan(before.length);
    expect(wal.segments.map((s) => s.path)).toEqual(left);
    expect(read(disk, { index: 5, term: 2 }).entries.map((e) => e.index)).toEqual([6, 7, 8, 9, 10]);
    wal.releaseTo(0);
    expect(disk.list(DIR)).toEqual(left);
    wal.releaseTo(1000);
    expect(wal.segments).toHaveLength(1);
    expect(refusal(() => read(disk))).toMatchObject({
      kind: "not found",
      message: expect.stringMatching(/the log begins at \d+, the snapshot is 0/),
    });
  });
});

describe("a log opened at a snapshot", () => {
  const hard = (term: number, commit: number) => ({ term, vote: 1, commit });
  const many = (from: number, to: number, term: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term));

  it("does not revive what entries that the snapshot covers had overwritten", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options(1e6));
    wal.save(hard(1, 2), many(1, 8, 1), true);
    wal.save(hard(2, 2), many(3, 6, 2), true);
    wal.save(hard(2, 6), [], true);
    wal.saveSnapshot({ index: 6, term: 2, confState: CONF });
    expect(read(disk, { index: 6, term: 2 }).entries).toEqual([]);
    expect(read(disk).entries.map((e) => e.term)).toEqual([1, 1, 2, 2, 2, 2]);
  });

  it("does not revive what stood behind a place that the leader's snapshot replaced", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options(1e6));
    wal.save(hard(1, 2), many(1, 8, 1), true);
    wal.saveSnapshot({ index: 6, term: 2, confState: CONF });
    wal.save(hard(2, 6), [], true);
    expect(read(disk, { index: 6, term: 2 }).entries).toEqual([]);
    wal.save(hard(2, 6), many(7, 7, 2), true);
    expect(read(disk, { index: 6, term: 2 }).entries.map((e) => [e.index, e.term])).toEqual([
      [7, 2],
    ]);
  });

  it("keeps what stands behind a snapshot of its own", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options(1e6));
    wal.save(hard(1, 7), many(1, 8, 1), true);
    wal.saveSnapshot({ index: 6, term: 1, confState: CONF });
    expect(read(disk, { index: 6, term: 1 }).entries.map((e) => e.index)).toEqual([7, 8]);
  });
});

describe("openWal refuses", () => {
  function life(segmentBytes = 400): MemoryDisk {
    const disk = new MemoryDisk();
    writeLife(disk, options(segmentBytes));
    return disk;
  }

  it("a directory without a log", () => {
    expect(refusal(() => read(new MemoryDisk()))).toMatchObject({ kind: "not found", file: DIR });
    expect(refusal(() => validSnapshots(new MemoryDisk(), DIR, options())).kind).toBe("not found");
    expect(refusal(() => repair(new MemoryDisk(), DIR)).kind).toBe("not found");
  });

  it("a missing file in between", () => {
    const disk = life();
    const [, second] = disk.list(DIR);
    disk.remove(second as string);
    expect(refusal(() => read(disk))).toMatchObject({
      kind: "gap",
      message: expect.stringContaining("1 files before it are missing"),
    });
  });

  it("files of different members", () => {
    const disk = life();
    const other = new MemoryDisk();
    const wal = createWal(other, DIR, Uint8Array.from([8, 9]), options(400));
    for (const save of SAVES) wal.save(save.state, save.entries, save.mustSync);
    const paths = disk.list(DIR);
    const stranger = other.list(DIR).at(-1) as string;
    disk.put(paths.at(-1) as string, other.read(stranger));
    expect(refusal(() => read(disk)).kind).toBe("crc mismatch");
  });

  it("entries with a gap between them, and a log that ends before what was committed", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options());
    wal.save({ term: 1, vote: 1, commit: 0 }, [entry(1, 1)], true);
    const whole = disk.files;
    wal.save(null, [entry(3, 1)], true);
    expect(refusal(() => read(disk))).toMatchObject({
      kind: "gap",
      message: expect.stringContaining("entry 3 follows 1"),
    });
    const short = MemoryDisk.of(whole);
    read(short).wal.save({ term: 1, vote: 1, commit: 2 }, [], true);
    expect(refusal(() => read(short))).toMatchObject({
      kind: "gap",
      message: expect.stringContaining("ends at entry 1, although 2 was committed"),
    });
  });

  it("a term that goes back, and a committed entry that comes again", () => {
    for (const [state, entries] of [
      [{ term: 5, vote: 3, commit: 9 }, []],
      [null, [entry(9, 7)]],
    ] as const) {
      const disk = life(1e6);
      // A log cannot be brought to say so: append what another one wrote.
      const { wal } = read(disk);
      wal.save(state, entries, true);
      expect(refusal(() => read(disk)).kind).toBe("corrupt");
    }
  });

  it("in words that name file, offset and problem", () => {
    const disk = life(1e6);
    const bytes = disk.read(FIRST);
    bytes[200] = (bytes[200] as number) ^ 4;
    disk.put(FIRST, bytes);
    const error = refusal(() => read(disk));
    expect(error.file).toBe(FIRST);
    expect(error.offset).toBeGreaterThan(100);
    expect(error.message).toBe(
      `wal: crc mismatch in ${FIRST} at byte ${error.offset}: the crc does not match the data`,
    );
  });
});

describe("a torn write", () => {
  it("is cut off, kept aside and told of", () => {
    const disk = new MemoryDisk();
    writeLife(disk, options(1e6));
    const whole = disk.read(FIRST);
    disk.put(FIRST, whole.subarray(0, whole.length - 5));
    const log = read(disk);
    expect(log.entries).toEqual(LAST_SAID.entries);
    expect(log.hardState.commit).toBe(6);
    expect(log.repaired).toMatch(
      /^the last write to 0{16}-0{16}\.wal was torn: its \d+ bytes from byte \d+ on were cut off/,
    );
    expect(disk.read(`${FIRST}.broken`)).toEqual(whole.subarray(0, whole.length - 5));
    expect(read(disk).repaired).toBe("");
  });

  it("is repaired by repair, which refuses anything else", () => {
    const disk = new MemoryDisk();
    writeLife(disk, options(1e6));
    expect(repair(disk, DIR)).toEqual({ repaired: false, text: "" });
    const whole = disk.read(FIRST);
    disk.put(FIRST, whole.subarray(0, whole.length - 5));
    expect(repair(disk, DIR)).toMatchObject({ repaired: true });
    expect(repair(disk, DIR)).toEqual({ repaired: false, text: "" });
    const flipped = whole.slice();
    flipped[300] = (flipped[300] as number) ^ 1;
    disk.put(FIRST, flipped);
    expect(refusal(() => repair(disk, DIR)).kind).toBe("crc mismatch");
    expect(disk.read(FIRST)).toEqual(flipped);
  });

  it("is none where the crc is a number that no encoder writes", () => {
    const disk = new MemoryDisk();
    writeLife(disk, options(1e6));
    const whole = disk.read(FIRST);
    // 40 bytes were to come: an entry whose crc is 0 in two bytes, instead of one.
    const frame = [40, 0, 0, 0, 0, 0, 0, 0, 0x08, RecordType.Entry, 0x10, 0x80, 0x00];
    disk.put(FIRST, Uint8Array.of(...whole, ...frame));
    expect(refusal(() => read(disk)).kind).toBe("corrupt");
    // In one byte it is torn.
    disk.put(FIRST, Uint8Array.of(...whole, ...frame.slice(0, -2), 0x00));
    expect(read(disk).repaired).toContain("was torn");
  });

  it("is none where the length is a number that no encoder writes", () => {
    const disk = new MemoryDisk();
    writeLife(disk, options(1e6));
    const whole = disk.read(FIRST);
    const head = [40, 0, 0, 0, 0, 0, 0, 0, 0x08, RecordType.Entry, 0x10, 0x00, 0x1a];
    // 33 bytes of data, in two bytes instead of one.
    disk.put(FIRST, Uint8Array.of(...whole, ...head, 0x80 + 33, 0x00, 1, 2, 3));
    expect(refusal(() => read(disk)).kind).toBe("corrupt");
    // 34, in one: it is torn.
    disk.put(FIRST, Uint8Array.of(...whole, ...head, 34, 1, 2, 3));
    expect(read(disk).repaired).toContain("was torn");
  });

  it("in a file before the last is no torn write", () => {
    const disk = new MemoryDisk();
    writeLife(disk, options(400));
    const whole = disk.read(FIRST);
    disk.put(FIRST, whole.subarray(0, whole.length - 5));
    expect(refusal(() => read(disk)).kind).toBe("crc mismatch");
  });
});

describe("zeros at the end", () => {
  it("are room that was set aside: cut off before going on", () => {
    const disk = new MemoryDisk();
    writeLife(disk, options(1e6));
    const whole = disk.read(FIRST);
    const preallocated = new Uint8Array(100_000);
    preallocated.set(whole);
    disk.put(FIRST, preallocated);
    const log = read(disk);
    expect(log).toMatchObject({ ...LAST_SAID, repaired: "" });
    expect(disk.read(FIRST)).toEqual(whole);
    log.wal.save(null, [entry(10, 6)], true);
    expect(read(disk).entries).toHaveLength(10);
  });
});

describe("payloads", () => {
  it("that Go wrote as empty rather than absent are read", () => {
    const disk = new MemoryDisk();
    const wal = createWal(disk, DIR, METADATA, options());
    wal.save({ term: 1, vote: 1, commit: 0 }, [{ index: 1, term: 1, type: 0, data: EMPTY }], true);
    expect(read(disk).entries).toEqual([{ index: 1, term: 1, type: 0, data: fromHex("") }]);
  });
});

describe("entries as etcd 3.7 writes them", () => {
  /** A log with one record of an entry, whose bytes these are. */
  function logOf(hex: string): MemoryDisk {
    const disk = new MemoryDisk();
    createWal(disk, DIR, METADATA, options());
    const written = disk.read(FIRST).slice();
    const decoder = new WalDecoder([{ path: FIRST, bytes: written }], NO_MISTAKES);
    while (decoder.next());
    const encoder = new WalEncoder(decoder.crc, {});
    encoder.metadata(fromHex(hex));
    const record = encoder.pending.slice();
    // The crc does not cover the type.
    expect(record[9]).toBe(RecordType.Metadata);
    record[9] = RecordType.Entry;
    const whole = new Uint8Array(decoder.offset + record.length);
    whole.set(written.subarray(0, decoder.offset));
    whole.set(record, decoder.offset);
    disk.put(FIRST, whole);
    return disk;
  }

  const index1 = { index: 1, term: 2, type: EntryType.Normal };
  const change = { ...index1, type: EntryType.ConfChange };
  it.each([
    ["a plain one, without its type", "10021801" + "2203616263", { ...index1, data: "616263" }],
    ["an empty one, which a new leader begins with", "10021801", { ...index1, data: "" }],
    [
      "an empty one whose payload is written all the same",
      "10021801" + "2200",
      { ...index1, data: "" },
    ],
    ["a conf change, with its type", "080110021801" + "2203616263", { ...change, data: "616263" }],
  ])("are read: %s", (_, hex, { data, ...rest }) => {
    expect(read(logOf(hex)).entries).toEqual([{ ...rest, data: fromHex(data) }]);
  });

  it.each([
    ["a term of two bytes that one would do for", "10820018012203616263"],
    ["a hard state, by a type bit that flipped", "080110011801"],
    ["a conf change that says so twice", "08010801100218012203616263"],
  ])("are told from %s", (_, hex) => {
    expect(refusal(() => read(logOf(hex)))).toMatchObject({ kind: "corrupt" });
  });
});
