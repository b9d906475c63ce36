import { Slab } from "../../base/bytes.ts";
import { ProtobufError, ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type { InternalOp, InternalRaftRequest, RequestHeader } from "../internal-requests.ts";
import { PutRequest } from "./kv.ts";
import type { Message } from "./message.ts";
import { OPERATIONS, type WireOp } from "./operations.ts";
import { headerOf, readHeader, writeHeader } from "./request-header.ts";
import { decodeV2, writeV2 } from "./v2-request.ts";

// InternalRaftRequest {ID=1, <operation>=3…, header=100, <operation>=1000…}

const HEADER_FIELD = 100;
const [PUT_FIELD] = OPERATIONS.put;

interface Operation {
  readonly type: WireOp["type"];
  readonly message: Message<unknown>;
}

const byField = new Map<number, Operation>(
  Object.entries(OPERATIONS).map(([type, [field, message]]) => [
    field,
    { type: type as WireOp["type"], message: message as Message<unknown> },
  ]),
);

const shared = new ProtobufWriter(4096);
const slab = new Slab();

function write(writer: ProtobufWriter, header: RequestHeader, op: WireOp): void {
  // Most are puts: without a look into the table.
  if (op.type === "put") {
    PutRequest.writeField(writer, PUT_FIELD, op.request);
    writeHeaderField(writer, header);
    return;
  }
  const [field, message] = OPERATIONS[op.type] as readonly [number, Message<unknown>];
  // Fields go in the order of their numbers, as Go's generated code writes them.
  if (field < HEADER_FIELD) message.writeField(writer, field, op.request);
  writeHeaderField(writer, header);
  if (field > HEADER_FIELD) message.writeField(writer, field, op.request);
}

function writeHeaderField(writer: ProtobufWriter, header: RequestHeader): void {
  const start = writer.open(HEADER_FIELD);
  writeHeader(writer, header);
  writer.close(start);
}

function readHeaderField(reader: ProtobufReader): RequestHeader {
  const outer = reader.enter();
  const header = readHeader(reader);
  reader.leave(outer);
  return header;
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
      op = { type: "put", request: PutRequest.readField(reader, 0) };
    } else if (field === HEADER_FIELD) header = readHeaderField(reader);
    else if (field === 1) {
      reader.varint64();
      legacyHi = reader.hi;
      legacyLo = reader.lo;
    } else {
      const found = byField.get(field);
      if (found === undefined) {
        unknown = field;
        reader.skip();
        continue;
      }
      if (op !== null)
        throw new ProtobufError("a second operation in one request", reader.position);
      const { type, message } = found;
      op = { type, request: message.readField(reader, 0, null) } as InternalOp;
    }
  }
  if (op === null) {
    const problem = unknown === 0 ? "a request without operation" : `unknown operation ${unknown}`;
    throw new ProtobufError(problem, reader.position);
  }
  return { header: header ?? headerOf(legacyHi, legacyLo, "", 0), op };
}
