import { assert } from "../../base/assert.ts";
import { type ProtobufReader, type ProtobufWriter, varint64Size } from "../../base/protobuf.ts";
import type { NodeId } from "../types.ts";

/** Translates our small node ids to a real etcd's 64-bit member ids and back; halves are unsigned. */
export interface NodeIdMap {
  toWire(id: NodeId): { readonly hi: number; readonly lo: number };
  /** Throws where the id is unknown. */
  fromWire(hi: number, lo: number): NodeId;
}

/** A node id on the wire that is no safe integer, and no map to translate it. */
export class NodeIdError extends Error {
  override name = "NodeIdError";
}

const TWO_32 = 0x1_0000_0000;
const SAFE_HI = 0x20_0000;
/** LocalAppendThread and LocalApplyThread are the two greatest 64-bit integers in etcd-raft. */
const LOWEST_LOCAL_LO = 0xffff_fffe;

function high(id: NodeId): number {
  return Math.floor(id / TWO_32) >>> 0;
}

/** Writes a node id as a uint64; 0 stays 0 ("none") with any map. */
export function writeNodeId(writer: ProtobufWriter, id: NodeId, ids: NodeIdMap | null): void {
  assert(Number.isSafeInteger(id), "a node id is a safe integer");
  if (ids === null || id <= 0) writer.int(id);
  else {
    const { hi, lo } = ids.toWire(id);
    writer.varint64(hi, lo);
  }
}

export function nodeIdSize(id: NodeId, ids: NodeIdMap | null): number {
  if (ids === null || id <= 0) return varint64Size(high(id), id - Math.floor(id / TWO_32) * TWO_32);
  const { hi, lo } = ids.toWire(id);
  return varint64Size(hi, lo);
}

/** Reads a node id. Throws NodeIdError for one above 2^53 without a map. */
export function readNodeId(reader: ProtobufReader, ids: NodeIdMap | null): NodeId {
  reader.varint64();
  const { hi, lo } = reader;
  if (hi === 0 && lo === 0) return 0;
  if (hi === 0xffff_ffff && lo >= LOWEST_LOCAL_LO) return lo - TWO_32;
  if (ids !== null) return ids.fromWire(hi, lo);
  if (hi >= SAFE_HI) {
    const hex = hi.toString(16) + lo.toString(16).padStart(8, "0");
    throw new NodeIdError(
      `node id ${hex} is a 64-bit id of a real etcd: reading it needs a map to our ids`,
    );
  }
  return hi * TWO_32 + lo;
}
