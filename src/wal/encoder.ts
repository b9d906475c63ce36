import { assert } from "../base/assert.ts";
import { crc32cUpdate } from "../base/crc32c.ts";
import { ProtobufWriter, varintSize } from "../base/protobuf.ts";
import { CURRENT_PROFILE } from "../profile/profile.ts";
import type { WalProfile } from "../profile/wal.ts";
import {
  type NodeIdMap,
  writeConfState,
  writeEntryHead,
  writeHardState,
} from "../raft/pb/index.ts";
import { type ConfState, EMPTY, type Entry, type HardState } from "../raft/types.ts";
import {
  CRC_TAG,
  DATA_TAG,
  FRAME_BYTES,
  paddingOf,
  RecordType,
  type SnapshotPoint,
  TYPE_TAG,
  topByteOf,
  type WalOptions,
} from "./record.ts";

/** Those of the log's options that say how it is written. */
type EncoderOptions = Pick<WalOptions, "ids" | "profile">;

/** Records are far below this; a length above it would need the upper half of the length field. */
const RECORD_BYTES_MAX = 0x7fff_ffff;

/**
 * Turns records into bytes, chaining their crc. Collects in one buffer that is used again: give
 * `pending` to the disk, which copies, then `clear`.
 */
export class WalEncoder {
  /** The crc over all data so far, through all files. */
  crc: number;
  readonly #ids: NodeIdMap | null;
  readonly #profile: WalProfile;
  readonly #out = new ProtobufWriter(4096);
  /** The data of the record under way, but for an entry's payload. */
  readonly #data = new ProtobufWriter(256);

  constructor(crc: number, { ids, profile = CURRENT_PROFILE }: EncoderOptions) {
    this.crc = crc;
    this.#ids = ids ?? null;
    this.#profile = profile;
  }

  /** The encoded bytes; a view, valid until the next record. */
  get pending(): Uint8Array {
    return this.#out.view();
  }

  clear(): void {
    this.#out.reset();
  }

  /** Heads a file: the chain goes on from `crc`. */
  crcRecord(crc: number): void {
    this.crc = crc;
    this.#data.reset();
    this.#record(RecordType.Crc, EMPTY);
  }

  metadata(metadata: Uint8Array): void {
    this.#data.reset();
    this.#record(RecordType.Metadata, metadata);
  }

  entry(entry: Entry): void {
    this.#data.reset();
    writeEntryHead(this.#data, entry, this.#profile.omitsUnset);
    this.#record(RecordType.Entry, entry.data);
  }

  state(state: HardState): void {
    this.#data.reset();
    writeHardState(this.#data, state, this.#ids);
    this.#record(RecordType.State, EMPTY);
  }

  /** walpb.Snapshot {index=1, term=2, conf_state=3}; the configuration goes unsaid before any snapshot. */
  snapshot(point: SnapshotPoint, confState: ConfState | null): void {
    const data = this.#data;
    data.reset();
    data.varintField(1, point.index);
    data.varintField(2, point.term);
    if (confState !== null && this.#profile.recordsConfiguration) {
      const start = data.open(3);
      writeConfState(data, confState, this.#ids);
      data.close(start);
    }
    this.#record(RecordType.Snapshot, EMPTY);
  }

  /** Frames a record whose data is what `#data` holds, then `tail`. */
  #record(type: RecordType, tail: Uint8Array): void {
    const head = this.#data;
    const out = this.#out;
    const length = head.length + tail.length;
    let crc = crc32cUpdate(this.crc, head.buffer, 0, head.length);
    if (tail.length > 0) crc = crc32cUpdate(crc, tail);
    this.crc = crc;
    const dataSize = length === 0 ? 0 : 1 + varintSize(length) + length;
    const size = 3 + varintSize(crc) + dataSize;
    assert(size <= RECORD_BYTES_MAX, "a log record is too large");
    const padding = paddingOf(size);
    const start = out.length;
    out.reserve(FRAME_BYTES + size + padding);
    out.fixed64(topByteOf(padding) << 24, size);
    out.byte(TYPE_TAG);
    out.byte(type);
    out.byte(CRC_TAG);
    out.varint(crc);
    if (length > 0) {
      out.byte(DATA_TAG);
      out.varint(length);
      out.rawRange(head.buffer, 0, head.length);
      out.raw(tail);
    }
    for (let i = 0; i < padding; i++) out.byte(0);
    assert(out.length - start === FRAME_BYTES + size + padding, "a frame has the size it states");
  }
}
