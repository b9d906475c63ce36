import type { Disk } from "../base/disk.ts";
import type { LogFile } from "./decoder.ts";
import { baseName, directoryOf, parseWalName } from "./file-names.ts";
import { WalError } from "./wal-error.ts";

/** A file of a log, by its name. */
export interface Segment {
  readonly path: string;
  readonly seq: number;
  /** The index of the first entry that it may hold. */
  readonly index: number;
}

/** The log's files in order; leftovers of other names are passed over. */
export function listSegments(disk: Disk, dir: string): Segment[] {
  const segments: Segment[] = [];
  for (const path of disk.list(dir)) {
    const name = directoryOf(path) === dir ? parseWalName(baseName(path)) : null;
    if (name !== null) segments.push({ path, ...name });
  }
  return segments.sort((a, b) => a.seq - b.seq);
}

/** Whether there is a log in `dir`; a creation that was cut short leaves none. */
export function walExists(disk: Disk, dir: string): boolean {
  return listSegments(disk, dir).length > 0;
}

/** The files that hold everything after `index`. Throws WalError where they are not all there. */
export function selectSegments(disk: Disk, dir: string, index: number): Segment[] {
  const all = listSegments(disk, dir);
  if (all.length === 0) throw new WalError("not found", dir, 0, "there are no log files");
  let first = all.length - 1;
  while (first >= 0 && (all[first] as Segment).index > index) first--;
  if (first < 0) {
    const oldest = (all[0] as Segment).index;
    throw new WalError(
      "not found",
      dir,
      0,
      `the log begins at ${oldest}, the snapshot is ${index}`,
    );
  }
  const selected = all.slice(first);
  refuseGaps(selected);
  return selected;
}

/** The newest files without a gap between them: what is before one can't belong to them. */
export function newestRun(disk: Disk, dir: string): Segment[] {
  const all = listSegments(disk, dir);
  let first = all.length - 1;
  while (first > 0 && (all[first - 1] as Segment).seq + 1 === (all[first] as Segment).seq) first--;
  return all.slice(first < 0 ? 0 : first);
}

function refuseGaps(segments: readonly Segment[]): void {
  for (let i = 1; i < segments.length; i++) {
    const before = segments[i - 1] as Segment;
    const here = segments[i] as Segment;
    if (here.seq === before.seq + 1) continue;
    const missing = here.seq - before.seq - 1;
    throw new WalError("gap", here.path, 0, `${missing} files before it are missing`);
  }
}

export function readFiles(disk: Disk, segments: readonly Segment[]): LogFile[] {
  return segments.map(({ path }) => ({ path, bytes: disk.read(path) }));
}
