import { describe, expect, test } from "vitest";
import { toHex } from "../../src/base/bytes.ts";
import { NO_MISTAKES } from "../../src/museum/switches.ts";
import { LINES, RELEASES } from "../../src/profile/lines.ts";
import { CURRENT_PROFILE, profileOf } from "../../src/profile/profile.ts";
import { decodeConfChange, decodeEntry } from "../../src/raft/pb/index.ts";
import { EMPTY, EntryType } from "../../src/raft/types.ts";
import { WalDecoder } from "../../src/wal/decoder.ts";
import { createWal, openWal } from "../../src/wal/index.ts";
import { RecordType } from "../../src/wal/record.ts";
import { put } from "../member/support/asks.ts";
import { Lone } from "../member/support/lone-member.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { DIR, METADATA, ORIGIN } from "./sample.ts";

const ENTRY = { term: 2, index: 1, type: EntryType.Normal, data: Uint8Array.of(97) };
const CONF_CHANGE = { ...ENTRY, index: 2, type: EntryType.ConfChange };
const STATE = { term: 2, vote: 1, commit: 2 };
const confState = {
  ...{ voters: [1], learners: [], votersOutgoing: [], learnersNext: [] },
  autoLeave: false,
};

/** The data of the records of a kind in a log's only file, as hex. */
function recordsOf(disk: MemoryDisk, kind: RecordType): string[] {
  const [path, ...others] = disk.list(DIR) as [string];
  expect(others).toEqual([]);
  const decoder = new WalDecoder([{ path, bytes: disk.read(path) }], NO_MISTAKES);
  const found: string[] = [];
  while (decoder.next()) {
    const { bytes, from, to, type } = decoder;
    if (type === kind) found.push(toHex(bytes.subarray(from, to)));
  }
  return found;
}

function written(release: string): MemoryDisk {
  const disk = new MemoryDisk();
  const profile = profileOf(release);
  const options = { segmentBytes: 1_000_000, mistakes: NO_MISTAKES, profile };
  const wal = createWal(disk, DIR, METADATA, options);
  wal.save(STATE, [ENTRY, CONF_CHANGE], true);
  wal.saveSnapshot({ index: 2, term: 2, confState });
  return disk;
}

describe.each(LINES)("the log of %s", (line) => {
  const release = RELEASES[line];
  const omits = line === "3.7";

  test("holds the bytes that its release writes", () => {
    const disk = written(release);
    expect(recordsOf(disk, RecordType.Entry)).toEqual([
      omits ? "10021801220161" : "080010021801220161",
      "080110021802220161",
    ]);
    expect(recordsOf(disk, RecordType.State)).toEqual(["080210011802"]);
    const [first, second] = recordsOf(disk, RecordType.Snapshot);
    expect(first).toBe("08001000");
    expect(second).toBe(line === "3.4" ? "08021002" : "080210021a0408012800");
  });

  test("is read by every other", () => {
    for (const other of LINES) {
      const profile = profileOf(RELEASES[other]);
      const options = { segmentBytes: 1_000_000, mistakes: NO_MISTAKES, profile };
      const { entries, hardState } = openWal(written(release), DIR, ORIGIN, options);
      expect(entries).toEqual([ENTRY, CONF_CHANGE]);
      expect(hardState).toEqual(STATE);
    }
  });

  test("is what a member of it writes, its founding, too", () => {
    const lone = new Lone({ serverVersion: release });
    lone.get(put("a", "1"));
    const entries = recordsOf(lone.memory, RecordType.Entry);
    const plain = entries.filter((hex) => !hex.startsWith("0801"));
    expect(plain.length).toBeGreaterThan(1);
    for (const hex of plain) expect(hex).toMatch(omits ? /^10/ : /^080010/);
    const [founding] = entries.filter((hex) => hex.startsWith("0801"));
    const { data } = decodeEntry(Uint8Array.from(Buffer.from(founding as string, "hex")));
    expect(decodeConfChange(data)).toMatchObject({ id: 0, nodeId: 1 });
    expect(toHex(data)).toMatch(omits ? /^10001801/ : /^080010001801/);
  });
});

test("who does not say which line writes as the current one does", () => {
  const disk = new MemoryDisk();
  const wal = createWal(disk, DIR, METADATA, { segmentBytes: 1_000_000, mistakes: NO_MISTAKES });
  wal.save(null, [{ ...ENTRY, data: EMPTY }], true);
  expect(CURRENT_PROFILE.omitsUnset).toBe(true);
  expect(recordsOf(disk, RecordType.Entry)).toEqual(["10021801"]);
});
