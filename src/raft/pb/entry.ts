import {
  ProtobufError,
  ProtobufReader,
  type ProtobufWriter,
  varintSize,
} from "../../base/protobuf.ts";
import { EMPTY, type Entry, EntryType, type HardState, type NodeId } from "../types.ts";
import { delimitedSize, encoded } from "./encoded.ts";
import { type NodeIdMap, nodeIdSize, readNodeId, writeNodeId } from "./node-id.ts";

// Entry {Type=1, Term=2, Index=3, Data=4}

/** The size of the encoded entry in bytes, as etcd-raft's size limits count it. */
export function entrySize(e: Entry): number {
  const data = e.data.length;
  const scalars = 3 + varintSize(e.type) + varintSize(e.term) + varintSize(e.index);
  return data === 0 ? scalars : scalars + delimitedSize(data);
}

/**
 * Writes all of the entry but the bytes of its data, which must follow: for those who can spare a copy.
 * @param omitsUnset leave out what raft 3.7 never sets, and others write as 0: the type of a plain entry
 */
export function writeEntryHead(writer: ProtobufWriter, e: Entry, omitsUnset: boolean): void {
  if (!omitsUnset || e.type !== EntryType.Normal) writer.varintField(1, e.type);
  writer.varintField(2, e.term);
  writer.varintField(3, e.index);
  if (e.data.length > 0) {
    writer.byte(0x22);
    writer.varint(e.data.length);
  }
}

export function writeEntry(writer: ProtobufWriter, e: Entry): void {
  writeEntryHead(writer, e, false);
  writer.raw(e.data);
}

export function encodeEntry(e: Entry): Uint8Array {
  return encoded(writeEntry, e, null);
}

/** Reads up to the end of the reader's present message. */
export function readEntry(reader: ProtobufReader): Entry {
  let type = 0;
  let term = 0;
  let index = 0;
  let data: Uint8Array = EMPTY;
  while (reader.next()) {
    if (reader.field === 1) type = reader.uint();
    else if (reader.field === 2) term = reader.uint();
    else if (reader.field === 3) index = reader.uint();
    else if (reader.field === 4) data = reader.view();
    else reader.skip();
  }
  if (type > EntryType.ConfChangeV2) {
    throw new ProtobufError(`unknown entry type ${type}`, reader.position);
  }
  return { term, index, type: type as EntryType, data };
}

export function decodeEntry(bytes: Uint8Array): Entry {
  return readEntry(new ProtobufReader(bytes));
}

// HardState {term=1, vote=2, commit=3}

export function sizeOfHardState(state: HardState, ids: NodeIdMap | null = null): number {
  return 3 + varintSize(state.term) + nodeIdSize(state.vote, ids) + varintSize(state.commit);
}

export function writeHardState(
  writer: ProtobufWriter,
  state: HardState,
  ids: NodeIdMap | null,
): void {
  writer.varintField(1, state.term);
  writer.byte(0x10);
  writeNodeId(writer, state.vote, ids);
  writer.varintField(3, state.commit);
}

export function encodeHardState(state: HardState, ids: NodeIdMap | null = null): Uint8Array {
  return encoded(writeHardState, state, ids);
}

export function decodeHardState(bytes: Uint8Array, ids: NodeIdMap | null = null): HardState {
  const reader = new ProtobufReader(bytes);
  let term = 0;
  let vote: NodeId = 0;
  let commit = 0;
  while (reader.next()) {
    if (reader.field === 1) term = reader.uint();
    else if (reader.field === 2) vote = readNodeId(reader, ids);
    else if (reader.field === 3) commit = reader.uint();
    else reader.skip();
  }
  return { term, vote, commit };
}
