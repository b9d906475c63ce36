import {
  ProtobufError,
  ProtobufReader,
  type ProtobufWriter,
  varintSize,
} from "../../base/protobuf.ts";
import {
  EMPTY,
  type Entry,
  type Message,
  MessageType,
  type NodeId,
  type Snapshot,
} from "../types.ts";
import { delimitedSize, encoded } from "./encoded.ts";
import { entrySize, readEntry, writeEntry } from "./entry.ts";
import { type NodeIdMap, nodeIdSize, readNodeId, writeNodeId } from "./node-id.ts";
import { readSnapshot, sizeOfSnapshot, writeSnapshot } from "./snapshot.ts";

// Message {type=1, to=2, from=3, term=4, logTerm=5, index=6, entries=7, commit=8, snapshot=9,
// reject=10, rejectHint=11, context=12, vote=13, responses=14}

/** Responses hold no responses themselves; a few levels more do no harm. */
const DEPTH_MAX = 8;

export function sizeOfMessage(m: Message, ids: NodeIdMap | null = null): number {
  let size =
    11 +
    varintSize(m.type) +
    nodeIdSize(m.to, ids) +
    nodeIdSize(m.from, ids) +
    varintSize(m.term) +
    varintSize(m.logTerm) +
    varintSize(m.index) +
    varintSize(m.commit) +
    varintSize(m.rejectHint) +
    nodeIdSize(m.vote, ids);
  for (const entry of m.entries) size += delimitedSize(entrySize(entry));
  if (m.snapshot !== null) size += delimitedSize(sizeOfSnapshot(m.snapshot, ids));
  if (m.context.length > 0) size += delimitedSize(m.context.length);
  if (m.responses === null) return size;
  for (const response of m.responses) size += delimitedSize(sizeOfMessage(response, ids));
  return size;
}

export function writeMessage(writer: ProtobufWriter, m: Message, ids: NodeIdMap | null): void {
  writer.varintField(1, m.type);
  writer.byte(0x10);
  writeNodeId(writer, m.to, ids);
  writer.byte(0x18);
  writeNodeId(writer, m.from, ids);
  writer.varintField(4, m.term);
  writer.varintField(5, m.logTerm);
  writer.varintField(6, m.index);
  for (const entry of m.entries) {
    const start = writer.open(7);
    writeEntry(writer, entry);
    writer.close(start);
  }
  writer.varintField(8, m.commit);
  if (m.snapshot !== null) {
    const start = writer.open(9);
    writeSnapshot(writer, m.snapshot, ids);
    writer.close(start);
  }
  writer.boolField(10, m.reject);
  writer.varintField(11, m.rejectHint);
  if (m.context.length > 0) writer.bytesField(12, m.context);
  writer.byte(0x68);
  writeNodeId(writer, m.vote, ids);
  if (m.responses === null) return;
  for (const response of m.responses) {
    const start = writer.open(14);
    writeMessage(writer, response, ids);
    writer.close(start);
  }
}

/** As etcd-raft 3.6 writes it. (3.5 and older write an empty snapshot always and know no vote.) */
export function encodeMessage(m: Message, ids: NodeIdMap | null = null): Uint8Array {
  return encoded(writeMessage, m, ids);
}

/**
 * Reads a message of any version. An empty snapshot, as older ones send with every message, is
 * none unless the message is a MsgSnap.
 */
export function decodeMessage(bytes: Uint8Array, ids: NodeIdMap | null = null): Message {
  return readMessage(new ProtobufReader(bytes), ids, 0);
}

function readMessage(reader: ProtobufReader, ids: NodeIdMap | null, depth: number): Message {
  if (depth > DEPTH_MAX) throw new ProtobufError("messages nest too deep", reader.position);
  let type = 0;
  let to: NodeId = 0;
  let from: NodeId = 0;
  let term = 0;
  let logTerm = 0;
  let index = 0;
  const entries: Entry[] = [];
  let commit = 0;
  let snapshot: Snapshot | null = null;
  let reject = false;
  let rejectHint = 0;
  let context: Uint8Array = EMPTY;
  let vote: NodeId = 0;
  let responses: Message[] | null = null;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        type = reader.uint();
        break;
      case 2:
        to = readNodeId(reader, ids);
        break;
      case 3:
        from = readNodeId(reader, ids);
        break;
      case 4:
        term = reader.uint();
        break;
      case 5:
        logTerm = reader.uint();
        break;
      case 6:
        index = reader.uint();
        break;
      case 7: {
        const outer = reader.enter();
        entries.push(readEntry(reader));
        reader.leave(outer);
        break;
      }
      case 8:
        commit = reader.uint();
        break;
      case 9: {
        const outer = reader.enter();
        snapshot = readSnapshot(reader, ids);
        reader.leave(outer);
        break;
      }
      case 10:
        reject = reader.bool();
        break;
      case 11:
        rejectHint = reader.uint();
        break;
      case 12:
        context = reader.view();
        break;
      case 13:
        vote = readNodeId(reader, ids);
        break;
      case 14: {
        const outer = reader.enter();
        responses ??= [];
        responses.push(readMessage(reader, ids, depth + 1));
        reader.leave(outer);
        break;
      }
      default:
        reader.skip();
    }
  }
  if (type > MessageType.ForgetLeader) {
    throw new ProtobufError(`unknown message type ${type}`, reader.position);
  }
  if (snapshot !== null && snapshot.metadata.index === 0 && type !== MessageType.Snap) {
    snapshot = null;
  }
  return {
    type: type as MessageType,
    to,
    from,
    term,
    logTerm,
    index,
    entries,
    commit,
    vote,
    snapshot,
    reject,
    rejectHint,
    context,
    responses,
  };
}
