import { assert } from "../../base/assert.ts";
import { Slab } from "../../base/bytes.ts";
import { ProtobufError, ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type { InternalOp, InternalRaftRequest, RequestHeader } from "../internal-requests.ts";
import { putMessage, readMessage } from "./fields.ts";
import { readPut, writePut } from "./kv-requests.ts";
import { OPS, type OpCodec, PUT_FIELD, type WireOp } from "./operations.ts";
import { headerOf, readHeader, writeHeader } from "./request-header.ts";
import { decodeV2, writeV2 } from "./v2-request.ts";

// InternalRaftRequest {ID=1, <operation>=3…, header=100, <operation>=1000…}

const HEADER_FIELD = 100;
const byType = new Map<string, OpCodec>(OPS.map((op) => [op.type, op]));
const byField = new Map<number, OpCodec>(OPS.map((op) => [op.field, op]));

const shared = new ProtobufWriter(4096);
const slab = new Slab();

function write(writer: ProtobufWriter, header: RequestHeader, op: WireOp): void {
  if (op.type === "put") {
    putMessage(writer, PUT_FIELD, writePut, op.request);
    putMessage(writer, HEADER_FIELD, writeHeader, header);
    return;
  }
  const codec = byType.get(op.type);
  assert(codec !== undefined, `no codec for operation ${op.type}`);
  // Fields go in the order of their numbers, as Go's generated code writes them.
  if (codec.field < HEADER_FIELD) putMessage(writer, codec.field, codec.write, op.request);
  putMessage(writer, HEADER_FIELD, writeHeader, header);
  if (codec.field > HEADER_FIELD) putMessage(writer, codec.field, codec.write, op.request);
}

/** The data of a log entry. The bytes are part of a slab: for keeping, not for changing. */
export function encodeInternalRaftRequest(request: InternalRaftRequest): Uint8Array {
  const { op, header } = request;
  shared.reset();
  if (op.type === "v2") writeV2(shared, header, op.request);
  else write(shared, header, op);
  return slab.copy(shared.view());
}

/**
 * Reads the data of a normal log entry. Values are views of `bytes`. An etcd up to 3.4 also logs
 * bare v2 requests; like etcd we take for one what does not parse as an InternalRaftRequest.
 * Throws ProtobufError, also where the operation is one that we do not know.
 */
export function decodeInternalRaftRequest(bytes: Uint8Array): InternalRaftRequest {
  try {
    return read(new ProtobufReader(bytes));
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    const v2 = asV2(bytes);
    if (v2 === null) throw error;
    return v2;
  }
}

function asV2(bytes: Uint8Array): InternalRaftRequest | null {
  try {
    const { header, request } = decodeV2(bytes);
    return { header, op: { type: "v2", request } };
  } catch (error) {
    if (error instanceof ProtobufError) return null;
    throw error;
  }
}

function read(reader: ProtobufReader): InternalRaftRequest {
  let header: RequestHeader | null = null;
  let legacyHi = 0;
  let legacyLo = 0;
  let op: InternalOp | null = null;
  let unknown = 0;
  while (reader.next()) {
    const { field } = reader;
    if (field === PUT_FIELD && op === null) {
      op = { type: "put", request: readMessage(reader, readPut) };
    } else if (field === HEADER_FIELD) header = readMessage(reader, readHeader);
    else if (field === 1) {
      reader.varint64();
      legacyHi = reader.hi;
      legacyLo = reader.lo;
    } else {
      const codec = byField.get(field);
      if (codec === undefined) {
        unknown = field;
        reader.skip();
        continue;
      }
      if (op !== null)
        throw new ProtobufError("a second operation in one request", reader.position);
      op = { type: codec.type, request: readMessage(reader, codec.read) } as InternalOp;
    }
  }
  if (op === null) {
    const problem = unknown === 0 ? "a request without operation" : `unknown operation ${unknown}`;
    throw new ProtobufError(problem, reader.position);
  }
  return { header: header ?? headerOf(legacyHi, legacyLo, "", 0), op };
}
