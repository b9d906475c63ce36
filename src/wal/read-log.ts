import { equalBytes } from "../base/bytes.ts";
import { ProtobufError, ProtobufReader } from "../base/protobuf.ts";
import type { WalMistakes } from "../museum/wal.ts";
import {
  decodeHardState,
  entrySize,
  type NodeIdMap,
  readConfState,
  readEntry,
  sizeOfHardState,
} from "../raft/pb/index.ts";
import { type Entry, EntryType, type HardState } from "../raft/types.ts";
import { type LogFile, type TailState, WalDecoder } from "./decoder.ts";
import { RecordType, type SnapshotPoint, type WalOptions } from "./record.ts";
import { WalError, type WalErrorKind } from "./wal-error.ts";

export const EMPTY_STATE: HardState = { term: 0, vote: 0, commit: 0 };

/** What a log says, and where it ends. */
export interface LogContents {
  readonly metadata: Uint8Array;
  /** All zero if none was ever saved. */
  readonly hardState: HardState;
  /** Those above the start's index, overwritten ones left out; `entries[i].index` is start + 1 + i. */
  readonly entries: Entry[];
  /** Every snapshot recorded, in the order of the log. */
  readonly snapshots: readonly SnapshotPoint[];
  /** The index of the entry or snapshot that the next file's name goes by. */
  readonly lastIndex: number;
  readonly crc: number;
  readonly tail: TailState;
  /** The file where the records end (the last, but for the museum's W5) and the end's offset in it. */
  readonly endFile: number;
  readonly endOffset: number;
}

/**
 * Reads all records, keeping entries above `start`. Throws WalError. Payloads are views of the files.
 *
 * The crc does not cover a record's type, and an entry without payload looks like a hard state.
 * The checks below tell them apart by what raft can have written, but for one case: in term 2 a
 * hard state whose type bit flipped reads as the entry that leaves a joint configuration.
 */
export function readLog(
  files: readonly LogFile[],
  start: SnapshotPoint,
  options: Pick<WalOptions, "ids" | "mistakes">,
): LogContents {
  return new LogReader(files, start, options.ids ?? null, options.mistakes).read();
}

class LogReader {
  readonly #decoder: WalDecoder;
  readonly #start: SnapshotPoint;
  readonly #ids: NodeIdMap | null;
  #metadata: Uint8Array | null = null;
  /** The file whose metadata was read last: it must come second in each. */
  #metadataFile = -1;
  #state = EMPTY_STATE;
  readonly #entries: Entry[] = [];
  readonly #snapshots: SnapshotPoint[] = [];
  #lastIndex = 0;
  /** The term of the entry at the start's index as the log has it so far; 0: it has none. */
  #termAtStart = 0;
  #reader: ProtobufReader;
  /** The offset of the record under way. */
  #offset = 0;

  constructor(
    files: readonly LogFile[],
    start: SnapshotPoint,
    ids: NodeIdMap | null,
    mistakes: WalMistakes,
  ) {
    this.#decoder = new WalDecoder(files, mistakes);
    this.#start = start;
    this.#ids = ids;
    this.#reader = new ProtobufReader(this.#decoder.bytes);
  }

  read(): LogContents {
    const decoder = this.#decoder;
    for (;;) {
      this.#offset = decoder.offset;
      if (!decoder.next()) break;
      if (decoder.bytes !== this.#reader.bytes) {
        this.#reader = new ProtobufReader(decoder.bytes);
        this.#offset = 0;
      }
      this.#record();
    }
    if (this.#metadata === null) return this.#refuse("corrupt", "it holds no metadata");
    return {
      metadata: this.#metadata,
      hardState: this.#state,
      entries: this.#entries,
      snapshots: this.#snapshots,
      lastIndex: this.#lastIndex,
      crc: decoder.crc,
      tail: decoder.tail,
      endFile: decoder.file,
      endOffset: decoder.offset,
    };
  }

  #record(): void {
    const { type } = this.#decoder;
    if (type === RecordType.Crc) return;
    try {
      if (type === RecordType.Metadata) this.#takeMetadata();
      else if (this.#metadataFile !== this.#decoder.file) {
        this.#refuse("corrupt", "a file must begin with its metadata");
      } else if (type === RecordType.Entry) this.#takeEntry();
      else if (type === RecordType.State) this.#takeState();
      else this.#takeSnapshot();
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      this.#refuse("corrupt", `the record's type and data do not fit (${error.message})`);
    }
  }

  #takeMetadata(): void {
    const { bytes, from, to, file } = this.#decoder;
    const metadata = bytes.subarray(from, to);
    if (this.#metadataFile === file) this.#refuse("corrupt", "a second metadata record in a file");
    if (this.#metadata !== null && !equalBytes(this.#metadata, metadata)) {
      this.#refuse("metadata conflict", "its metadata differ from those of the file before");
    }
    this.#metadata = metadata;
    this.#metadataFile = file;
  }

  #takeEntry(): void {
    const { from, to } = this.#decoder;
    this.#reader.reset(from, to);
    const entry = readEntry(this.#reader);
    const { index, term, data } = entry;
    const empty = data.length === 0 && entry.type === EntryType.ConfChange;
    if (!isSizeOf(entry, to - from) || empty || term === 0 || index === 0) {
      this.#refuse("corrupt", "an entry that raft would not have written");
    }
    if (index <= this.#state.commit && index <= this.#lastIndex) {
      this.#refuse(
        "corrupt",
        `entry ${index} comes again, although the log is committed up to ${this.#state.commit}`,
      );
    }
    this.#lastIndex = index;
    const entries = this.#entries;
    const at = index - this.#start.index - 1;
    if (at < 0) {
      // Whatever stood behind it is overwritten too, though the snapshot covers the entry itself.
      entries.length = 0;
      this.#termAtStart = at === -1 ? term : 0;
      return;
    }
    if (at > entries.length) {
      const last = this.#start.index + entries.length;
      this.#refuse("gap", `entry ${index} follows ${last}: those between are missing`);
    }
    entries.length = at;
    entries.push(entry);
  }

  #takeState(): void {
    const { bytes, from, to } = this.#decoder;
    const state = decodeHardState(bytes.subarray(from, to), this.#ids);
    const before = this.#state;
    if (sizeOfHardState(state, this.#ids) !== to - from || state.term === 0) {
      this.#refuse("corrupt", "a hard state that raft would not have written");
    }
    if (state.term < before.term || state.commit < before.commit) {
      this.#refuse(
        "corrupt",
        `term ${state.term}, commit ${state.commit} after term ${before.term}, commit ${before.commit}`,
      );
    }
    this.#state = state;
  }

  #takeSnapshot(): void {
    const { from, to } = this.#decoder;
    const reader = this.#reader;
    reader.reset(from, to);
    let index = -1;
    let term = -1;
    while (reader.next()) {
      if (reader.field === 1) index = reader.uint();
      else if (reader.field === 2) term = reader.uint();
      else if (reader.field === 3) {
        const outer = reader.enter();
        readConfState(reader, this.#ids);
        reader.leave(outer);
      } else this.#refuse("corrupt", "a snapshot record with an unknown field");
    }
    if (index < 0 || term < 0) this.#refuse("corrupt", "a snapshot record without index or term");
    if (index === this.#start.index && term !== this.#start.term) {
      this.#refuse(
        "snapshot mismatch",
        `snapshot ${index} is of term ${term} here, of term ${this.#start.term} in its file`,
      );
    }
    // A leader's snapshot that the log did not hold replaces the log: what stood behind is void.
    if (index === this.#start.index && term !== this.#termAtStart) this.#entries.length = 0;
    this.#snapshots.push({ index, term });
    if (index > this.#lastIndex) this.#lastIndex = index;
  }

  #refuse(kind: WalErrorKind, sentence: string): never {
    throw new WalError(kind, this.#decoder.path, this.#offset, sentence);
  }
}

/**
 * Whether some etcd encodes the entry in so many bytes: with the type of a plain one or without it
 * (`omitsUnset` of the profile; a log may be written by one line first and by another one later), and
 * Go code may write an empty payload, where we write none.
 */
function isSizeOf(entry: Entry, bytes: number): boolean {
  const size = entrySize(entry);
  const untyped = entry.type === EntryType.Normal ? 2 : 0;
  const emptyPayload = entry.data.length === 0 ? 2 : 0;
  return [size, size - untyped, size + emptyPayload].includes(bytes);
}
