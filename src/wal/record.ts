import type { FaultPoints } from "../base/fault-points.ts";
import type { WalMistakes } from "../museum/wal.ts";
import type { WalProfile } from "../profile/wal.ts";
import type { NodeIdMap } from "../raft/pb/index.ts";
import type { Index, Term } from "../raft/types.ts";

/**
 * The layout of a log file (server/storage/wal/{encoder,decoder}.go, walpb/record.proto).
 *
 * A file is a row of frames. A frame is a 64-bit little-endian length, the record, and zeros up to
 * the next multiple of 8, so that no length field lies across two sectors of a disk. The low 56
 * bits of the length count the record's bytes; the top byte is 0x80 | padding if there is any.
 *
 * A record is walpb.Record {type=1, crc=2, data=3}. The crc goes on from record to record over
 * their data: a record is valid only behind the very records it was written behind.
 */
export const RecordType = {
  Metadata: 1,
  Entry: 2,
  State: 3,
  /** Heads every file and hands the crc over from the file before. */
  Crc: 4,
  Snapshot: 5,
} as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

export const FRAME_BYTES = 8;
/** What a disk writes as a whole or not at all. */
export const SECTOR_BYTES = 512;

export const TYPE_TAG = 0x08;
export const CRC_TAG = 0x10;
export const DATA_TAG = 0x1a;

/** Zeros behind a record of `size` bytes. */
export function paddingOf(size: number): number {
  return -size & 7;
}

/** The top byte of a frame's length field. */
export function topByteOf(padding: number): number {
  return padding === 0 ? 0 : 0x80 | padding;
}

/** The options that all of the log's functions share. */
export interface WalOptions {
  /** A file that has grown to this size is followed by a new one. etcd: 64 * 10^6. */
  readonly segmentBytes: number;
  /** Translates node ids to a real etcd's; absent: they are written as they are. */
  readonly ids?: NodeIdMap;
  /** How the lines of etcd write each in its own way; absent: as the current one does. */
  readonly profile?: WalProfile;
  /** Known mistakes to make on purpose. */
  readonly mistakes: WalMistakes;
  readonly points?: FaultPoints;
}

/** The name of a snapshot: what the log is opened at. */
export interface SnapshotPoint {
  readonly index: Index;
  readonly term: Term;
}
