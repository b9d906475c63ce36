import { assert } from "../base/assert.ts";
import type { Disk } from "../base/disk.ts";
import type { Entry, HardState } from "../raft/types.ts";
import type { LogFile } from "./decoder.ts";
import { baseName } from "./file-names.ts";
import { type LogContents, readLog } from "./read-log.ts";
import type { SnapshotPoint, WalOptions } from "./record.ts";
import { cutOff } from "./repair.ts";
import { newestRun, readFiles, type Segment, selectSegments } from "./select-segments.ts";
import { Wal } from "./wal.ts";
import { WalError } from "./wal-error.ts";

export interface OpenedWal {
  readonly wal: Wal;
  readonly metadata: Uint8Array;
  /** All zero if none was ever saved. */
  readonly hardState: HardState;
  /** The entries after the snapshot. Payloads are views of what was read from the disk. */
  readonly entries: readonly Entry[];
  /** What had to be repaired, for people; empty if nothing. */
  readonly repaired: string;
}

/**
 * Opens a log at a snapshot that it knows ({0, 0}: the beginning), repairs a write that a crash
 * tore, and makes ready for appending. Throws WalError: then the member must not start.
 *
 * What was read may not be durable yet (a process that died without its machine leaves bytes
 * that were never synced): it is once `wal.startToken` is done, and nothing that rests on it,
 * such as an acknowledgement, should leave before.
 */
export function openWal(
  disk: Disk,
  dir: string,
  snapshot: SnapshotPoint,
  options: WalOptions,
): OpenedWal {
  const segments = selectSegments(disk, dir, snapshot.index);
  const files = readFiles(disk, segments);
  const log = readLog(files, snapshot, options);
  checkAgainst(snapshot, log, files);
  // Known mistake W4: what a crash left of the last record stays, new records come behind it, and the
  // next start finds a log that is broken in the middle.
  const { keepsTornTail } = options.mistakes;
  const repaired = keepsTornTail ? "" : mendTail(disk, files, log);
  const read = segments.slice(0, log.endFile + 1);
  // What was read need not be on the disk:
  // 1. Entry 8 is written, and the process is killed before its sync. The machine lives, so that the
  //    bytes are still there to be read.
  // 2. The process starts again, reads entry 8, and acknowledges it to the leader, who commits it.
  // 3. The machine loses its power: entry 8 was never synced, and is gone. It is committed, and on one
  //    member less than was counted.
  disk.sync((read.at(-1) as Segment).path);
  // Not read, but there: for older snapshots, until those are gone.
  const older = newestRun(disk, dir).filter(({ seq }) => seq < (read[0] as Segment).seq);
  const wal = new Wal(disk, dir, options, {
    segments: [...older, ...read],
    metadata: log.metadata,
    state: log.hardState,
    lastIndex: log.lastIndex,
    crc: log.crc,
    offset: keepsTornTail ? (files.at(-1) as LogFile).bytes.length : log.endOffset,
    token: disk.syncDirectory(dir),
  });
  const { metadata, hardState, entries } = log;
  return { wal, metadata, hardState, entries, repaired };
}

function checkAgainst(snapshot: SnapshotPoint, log: LogContents, files: readonly LogFile[]): void {
  const { path, bytes } = files.at(-1) as LogFile;
  const known = log.snapshots.some((s) => s.index === snapshot.index && s.term === snapshot.term);
  if (!known) {
    const sentence = `it does not mention snapshot ${snapshot.index} of term ${snapshot.term}`;
    throw new WalError("not found", path, bytes.length, sentence);
  }
  const last = snapshot.index + log.entries.length;
  if (log.hardState.commit > last) {
    const sentence = `it ends at entry ${last}, although ${log.hardState.commit} was committed`;
    throw new WalError("gap", path, log.endOffset, sentence);
  }
}

/**
 * Removes what is behind the last record, so that the next one is written right after it. Left alone:
 * 1. The power goes while the record of entry 8 is written: its first sector is there, its second is not.
 * 2. The member starts again, entry 8 comes once more, is written behind the remains, and is acknowledged.
 * 3. The next start finds a broken record that is not the last one: no crash leaves that, so that it must
 *    refuse, and an acknowledged entry is lost with everything behind it.
 */
function mendTail(disk: Disk, files: readonly LogFile[], log: LogContents): string {
  const file = files[log.endFile] as LogFile;
  if (log.tail === "torn") {
    const { text } = cutOff(disk, file, log.endOffset);
    // Files behind it exist only with the museum's W5, which calls any damage a torn write.
    for (const later of files.slice(log.endFile + 1)) disk.remove(later.path);
    return text;
  }
  assert(log.endFile === files.length - 1, "a whole log ends in its last file");
  if (log.endOffset === file.bytes.length) return "";
  // Zeros: preallocated, or a write lost by a crash, perhaps with later sectors of it behind them.
  disk.truncate(file.path, log.endOffset);
  const rest = file.bytes.subarray(log.endOffset);
  if (rest.every((byte) => byte === 0)) return "";
  return `a write to ${baseName(file.path)} was lost from byte ${log.endOffset} on: its remains were cut off`;
}

/**
 * The snapshots that a start may rest on: those that the log mentions and that were committed
 * (server/storage/wal ValidSnapshotEntries). Throws WalError; a torn tail is left for
 * {@link openWal} to repair.
 */
export function validSnapshots(
  disk: Disk,
  dir: string,
  options: Pick<WalOptions, "ids" | "mistakes">,
): SnapshotPoint[] {
  const segments = newestRun(disk, dir);
  if (segments.length === 0) throw new WalError("not found", dir, 0, "there are no log files");
  // Entries are of no interest here: starting beyond all of them keeps none.
  const beyond: SnapshotPoint = { index: Number.MAX_SAFE_INTEGER, term: 0 };
  const log = readLog(readFiles(disk, segments), beyond, options);
  return log.snapshots.filter((snapshot) => snapshot.index <= log.hardState.commit);
}
