import {
  ProtobufError,
  ProtobufReader,
  type ProtobufWriter,
  varintSize,
} from "../../base/protobuf.ts";
import {
  type ConfChange,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  EMPTY,
  type NodeId,
} from "../types.ts";
import { delimitedSize, encoded } from "./encoded.ts";
import { type NodeIdMap, nodeIdSize, readNodeId, writeNodeId } from "./node-id.ts";

function changeType(value: number, offset: number): ConfChangeType {
  if (value <= ConfChangeType.AddLearnerNode) return value as ConfChangeType;
  throw new ProtobufError(`unknown type of configuration change ${value}`, offset);
}

// ConfChange {id=1, type=2, node_id=3, context=4}

/** Of what says 0 where nothing is set. */
export function sizeOfConfChange(change: ConfChange, ids: NodeIdMap | null = null): number {
  const context = change.context.length;
  const scalars =
    3 + varintSize(change.id) + varintSize(change.type) + nodeIdSize(change.nodeId, ids);
  return context === 0 ? scalars : scalars + delimitedSize(context);
}

function writeConfChange(writer: ProtobufWriter, change: ConfChange, ids: NodeIdMap | null): void {
  writer.varintField(1, change.id);
  writeUnnamedConfChange(writer, change, ids);
}

function writeUnnamedConfChange(
  writer: ProtobufWriter,
  change: ConfChange,
  ids: NodeIdMap | null,
): void {
  writer.varintField(2, change.type);
  writer.byte(0x18);
  writeNodeId(writer, change.nodeId, ids);
  if (change.context.length > 0) writer.bytesField(4, change.context);
}

/** @param omitsUnset as raft 3.7 leaves it out: the id of a change that has none, where others say 0 */
export function encodeConfChange(
  change: ConfChange,
  ids: NodeIdMap | null = null,
  omitsUnset = false,
): Uint8Array {
  const unnamed = omitsUnset && change.id === 0;
  return encoded(unnamed ? writeUnnamedConfChange : writeConfChange, change, ids);
}

/** A real etcd's 64-bit proposal id is cut to its low 53 bits: it means something to its proposer only. */
export function decodeConfChange(bytes: Uint8Array, ids: NodeIdMap | null = null): ConfChange {
  const reader = new ProtobufReader(bytes);
  let id = 0;
  let type: ConfChangeType = ConfChangeType.AddNode;
  let nodeId: NodeId = 0;
  let context: Uint8Array = EMPTY;
  while (reader.next()) {
    if (reader.field === 1) {
      reader.varint64();
      id = (reader.hi & 0x1f_ffff) * 0x1_0000_0000 + reader.lo;
    } else if (reader.field === 2) type = changeType(reader.uint(), reader.position);
    else if (reader.field === 3) nodeId = readNodeId(reader, ids);
    else if (reader.field === 4) context = reader.view();
    else reader.skip();
  }
  return { id, type, nodeId, context };
}

// ConfChangeSingle {type=1, node_id=2}, ConfChangeV2 {transition=1, changes=2, context=3}

function singleSize(change: ConfChangeSingle, ids: NodeIdMap | null): number {
  return 2 + varintSize(change.type) + nodeIdSize(change.nodeId, ids);
}

export function sizeOfConfChangeV2(change: ConfChangeV2, ids: NodeIdMap | null = null): number {
  let size = 1 + varintSize(change.transition);
  for (const single of change.changes) size += delimitedSize(singleSize(single, ids));
  const context = change.context.length;
  return context === 0 ? size : size + delimitedSize(context);
}

function writeConfChangeV2(
  writer: ProtobufWriter,
  change: ConfChangeV2,
  ids: NodeIdMap | null,
): void {
  writer.varintField(1, change.transition);
  for (const single of change.changes) {
    const start = writer.open(2);
    writer.varintField(1, single.type);
    writer.byte(0x10);
    writeNodeId(writer, single.nodeId, ids);
    writer.close(start);
  }
  if (change.context.length > 0) writer.bytesField(3, change.context);
}

export function encodeConfChangeV2(change: ConfChangeV2, ids: NodeIdMap | null = null): Uint8Array {
  return encoded(writeConfChangeV2, change, ids);
}

function readSingle(reader: ProtobufReader, ids: NodeIdMap | null): ConfChangeSingle {
  let type: ConfChangeType = ConfChangeType.AddNode;
  let nodeId: NodeId = 0;
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) type = changeType(reader.uint(), reader.position);
    else if (reader.field === 2) nodeId = readNodeId(reader, ids);
    else reader.skip();
  }
  reader.leave(outer);
  return { type, nodeId };
}

/** No bytes at all are the change that leaves a joint configuration. */
export function decodeConfChangeV2(bytes: Uint8Array, ids: NodeIdMap | null = null): ConfChangeV2 {
  const reader = new ProtobufReader(bytes);
  let transition = 0;
  const changes: ConfChangeSingle[] = [];
  let context: Uint8Array = EMPTY;
  while (reader.next()) {
    if (reader.field === 1) transition = reader.uint();
    else if (reader.field === 2) changes.push(readSingle(reader, ids));
    else if (reader.field === 3) context = reader.view();
    else reader.skip();
  }
  if (transition > ConfChangeTransition.JointExplicit) {
    throw new ProtobufError(`unknown transition ${transition}`, reader.position);
  }
  return { transition: transition as ConfChangeTransition, changes, context };
}
