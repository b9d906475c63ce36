import {
  BYTES,
  ProtobufReader,
  type ProtobufWriter,
  VARINT,
  varintSize,
} from "../../base/protobuf.ts";
import {
  type ConfState,
  EMPTY,
  EMPTY_CONF_STATE,
  type NodeId,
  type Snapshot,
  type SnapshotMetadata,
} from "../types.ts";
import { delimitedSize, encoded } from "./encoded.ts";
import { type NodeIdMap, nodeIdSize, readNodeId, writeNodeId } from "./node-id.ts";

// ConfState {voters=1, learners=2, voters_outgoing=3, learners_next=4, auto_leave=5}

function idListSize(list: readonly NodeId[], ids: NodeIdMap | null): number {
  let size = list.length;
  for (const id of list) size += nodeIdSize(id, ids);
  return size;
}

export function sizeOfConfState(state: ConfState, ids: NodeIdMap | null = null): number {
  return (
    idListSize(state.voters, ids) +
    idListSize(state.learners, ids) +
    idListSize(state.votersOutgoing, ids) +
    idListSize(state.learnersNext, ids) +
    2
  );
}

function writeIdList(
  writer: ProtobufWriter,
  field: number,
  list: readonly NodeId[],
  ids: NodeIdMap | null,
): void {
  for (const id of list) {
    writer.byte(field * 8);
    writeNodeId(writer, id, ids);
  }
}

export function writeConfState(
  writer: ProtobufWriter,
  state: ConfState,
  ids: NodeIdMap | null,
): void {
  writeIdList(writer, 1, state.voters, ids);
  writeIdList(writer, 2, state.learners, ids);
  writeIdList(writer, 3, state.votersOutgoing, ids);
  writeIdList(writer, 4, state.learnersNext, ids);
  writer.boolField(5, state.autoLeave);
}

export function encodeConfState(state: ConfState, ids: NodeIdMap | null = null): Uint8Array {
  return encoded(writeConfState, state, ids);
}

/** Reads the ids of one occurrence of a repeated field, packed or not. */
function readIds(reader: ProtobufReader, into: NodeId[], ids: NodeIdMap | null): void {
  if (reader.wireType !== BYTES) {
    into.push(readNodeId(reader, ids));
    return;
  }
  const outer = reader.enter();
  reader.wireType = VARINT;
  while (reader.position < reader.end) into.push(readNodeId(reader, ids));
  reader.leave(outer);
}

export function readConfState(reader: ProtobufReader, ids: NodeIdMap | null): ConfState {
  const voters: NodeId[] = [];
  const learners: NodeId[] = [];
  const votersOutgoing: NodeId[] = [];
  const learnersNext: NodeId[] = [];
  let autoLeave = false;
  while (reader.next()) {
    if (reader.field === 1) readIds(reader, voters, ids);
    else if (reader.field === 2) readIds(reader, learners, ids);
    else if (reader.field === 3) readIds(reader, votersOutgoing, ids);
    else if (reader.field === 4) readIds(reader, learnersNext, ids);
    else if (reader.field === 5) autoLeave = reader.bool();
    else reader.skip();
  }
  return { voters, learners, votersOutgoing, learnersNext, autoLeave };
}

export function decodeConfState(bytes: Uint8Array, ids: NodeIdMap | null = null): ConfState {
  return readConfState(new ProtobufReader(bytes), ids);
}

// SnapshotMetadata {conf_state=1, index=2, term=3}

export function sizeOfSnapshotMetadata(m: SnapshotMetadata, ids: NodeIdMap | null = null): number {
  const scalars = 2 + varintSize(m.index) + varintSize(m.term);
  return delimitedSize(sizeOfConfState(m.confState, ids)) + scalars;
}

export function writeSnapshotMetadata(
  writer: ProtobufWriter,
  m: SnapshotMetadata,
  ids: NodeIdMap | null,
): void {
  const start = writer.open(1);
  writeConfState(writer, m.confState, ids);
  writer.close(start);
  writer.varintField(2, m.index);
  writer.varintField(3, m.term);
}

export function encodeSnapshotMetadata(
  m: SnapshotMetadata,
  ids: NodeIdMap | null = null,
): Uint8Array {
  return encoded(writeSnapshotMetadata, m, ids);
}

function readSnapshotMetadata(reader: ProtobufReader, ids: NodeIdMap | null): SnapshotMetadata {
  let confState = EMPTY_CONF_STATE;
  let index = 0;
  let term = 0;
  while (reader.next()) {
    if (reader.field === 1) {
      const outer = reader.enter();
      confState = readConfState(reader, ids);
      reader.leave(outer);
    } else if (reader.field === 2) index = reader.uint();
    else if (reader.field === 3) term = reader.uint();
    else reader.skip();
  }
  return { confState, index, term };
}

export function decodeSnapshotMetadata(
  bytes: Uint8Array,
  ids: NodeIdMap | null = null,
): SnapshotMetadata {
  return readSnapshotMetadata(new ProtobufReader(bytes), ids);
}

// Snapshot {data=1, metadata=2}

export function sizeOfSnapshot(snapshot: Snapshot, ids: NodeIdMap | null = null): number {
  const data = snapshot.data.length;
  const metadata = delimitedSize(sizeOfSnapshotMetadata(snapshot.metadata, ids));
  return data === 0 ? metadata : delimitedSize(data) + metadata;
}

export function writeSnapshot(
  writer: ProtobufWriter,
  snapshot: Snapshot,
  ids: NodeIdMap | null,
): void {
  if (snapshot.data.length > 0) writer.bytesField(1, snapshot.data);
  const start = writer.open(2);
  writeSnapshotMetadata(writer, snapshot.metadata, ids);
  writer.close(start);
}

export function encodeSnapshot(snapshot: Snapshot, ids: NodeIdMap | null = null): Uint8Array {
  return encoded(writeSnapshot, snapshot, ids);
}

export function readSnapshot(reader: ProtobufReader, ids: NodeIdMap | null): Snapshot {
  let data: Uint8Array = EMPTY;
  let metadata: SnapshotMetadata = { confState: EMPTY_CONF_STATE, index: 0, term: 0 };
  while (reader.next()) {
    if (reader.field === 1) data = reader.view();
    else if (reader.field === 2) {
      const outer = reader.enter();
      metadata = readSnapshotMetadata(reader, ids);
      reader.leave(outer);
    } else reader.skip();
  }
  return { data, metadata };
}

export function decodeSnapshot(bytes: Uint8Array, ids: NodeIdMap | null = null): Snapshot {
  return readSnapshot(new ProtobufReader(bytes), ids);
}
