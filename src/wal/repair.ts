import type { Disk } from "../base/disk.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import { type LogFile, WalDecoder } from "./decoder.ts";
import { baseName } from "./file-names.ts";
import { listSegments, readFiles } from "./select-segments.ts";
import { WalError } from "./wal-error.ts";

export interface Repair {
  /** Whether anything was cut off. */
  readonly repaired: boolean;
  /** What was done, for people; empty if nothing was. */
  readonly text: string;
}

export const NOTHING_REPAIRED: Repair = { repaired: false, text: "" };

/**
 * Cuts off a write that a crash tore, and only that (server/storage/wal/repair.go): the last file
 * up to its last whole record. The file as it was is kept as `….broken`. Damage of any other kind
 * throws WalError and changes nothing.
 */
export function repair(disk: Disk, dir: string): Repair {
  const last = listSegments(disk, dir).at(-1);
  if (last === undefined) throw new WalError("not found", dir, 0, "there are no log files");
  const [file] = readFiles(disk, [last]) as [LogFile];
  const decoder = new WalDecoder([file], NO_MISTAKES);
  while (decoder.next());
  return decoder.tail === "torn" ? cutOff(disk, file, decoder.offset) : NOTHING_REPAIRED;
}

/** Keeps a copy of the file, then cuts it to `length`. */
export function cutOff(disk: Disk, file: LogFile, length: number): Repair {
  const { path, bytes } = file;
  const copy = `${path}.broken`;
  disk.create(copy);
  disk.append(copy, bytes);
  disk.truncate(path, length);
  disk.sync(path);
  const lost = bytes.length - length;
  const text =
    `the last write to ${baseName(path)} was torn: ` +
    `its ${lost} bytes from byte ${length} on were cut off (and kept in ${baseName(copy)})`;
  return { repaired: true, text };
}
