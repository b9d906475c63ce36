import { unreachable } from "../../base/assert.ts";
import { ProtobufError, type ProtobufReader, type ProtobufWriter } from "../../base/protobuf.ts";
import type { Compare, CompareResult, CompareTarget, RequestOp, TxnRequest } from "../requests.ts";
import { putBinary, putEnum, putMessage, readEnum, readMessage } from "./fields.ts";
import {
  readDeleteRange,
  readPut,
  readRange,
  writeDeleteRange,
  writePut,
  writeRange,
} from "./kv-requests.ts";

const RESULTS: readonly CompareResult[] = ["EQUAL", "GREATER", "LESS", "NOT_EQUAL"];
const TARGETS: readonly CompareTarget[] = ["VERSION", "CREATE", "MOD", "VALUE", "LEASE"];
const NO_BYTES = new Uint8Array(0);

/** Transactions nest; etcd's gRPC server gives up at 100 levels (protobuf's recursion limit). */
const DEPTH_MAX = 100;

function writeCompare(writer: ProtobufWriter, c: Compare): void {
  putEnum(writer, 1, RESULTS, c.result);
  putEnum(writer, 2, TARGETS, c.target);
  putBinary(writer, 3, c.key);
  // The operand is a oneof: written even if zero.
  if (c.target === "VERSION") writer.intField(4, c.version);
  else if (c.target === "CREATE") writer.intField(5, c.createRevision);
  else if (c.target === "MOD") writer.intField(6, c.modRevision);
  else if (c.target === "VALUE") writer.bytesField(7, c.value);
  else if (c.target === "LEASE") writer.bigintField(8, c.lease);
  else unreachable(c);
  putBinary(writer, 64, c.rangeEnd);
}

/** An operand of another kind than the target counts as none, and none as zero, as etcd applies it. */
function readCompare(reader: ProtobufReader): Compare {
  let result: CompareResult = "EQUAL";
  let target: CompareTarget = "VERSION";
  let key = "";
  let rangeEnd = "";
  let operand = 0;
  let number = 0;
  let value: Uint8Array = NO_BYTES;
  let lease = 0n;
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) result = readEnum(reader, RESULTS);
    else if (field === 2) target = readEnum(reader, TARGETS);
    else if (field === 3) key = reader.binary();
    else if (field === 64) rangeEnd = reader.binary();
    else if (field < 4 || field > 8) reader.skip();
    else {
      operand = field;
      if (field === 7) value = reader.view();
      else if (field === 8) lease = reader.bigint();
      else number = reader.int();
    }
  }
  const base = { result, key, rangeEnd };
  const given = operand === TARGETS.indexOf(target) + 4;
  const n = given ? number : 0;
  if (target === "VERSION") return { ...base, target, version: n };
  if (target === "CREATE") return { ...base, target, createRevision: n };
  if (target === "MOD") return { ...base, target, modRevision: n };
  if (target === "VALUE") return { ...base, target, value: given ? value : NO_BYTES };
  return { ...base, target, lease: given ? lease : 0n };
}

function writeOp(writer: ProtobufWriter, op: RequestOp): void {
  if (op.type === "range") putMessage(writer, 1, writeRange, op.request);
  else if (op.type === "put") putMessage(writer, 2, writePut, op.request);
  else if (op.type === "deleteRange") putMessage(writer, 3, writeDeleteRange, op.request);
  else if (op.type === "txn") putMessage(writer, 4, writeTxn, op.request);
  else unreachable(op);
}

function readOp(reader: ProtobufReader, depth: number): RequestOp {
  const at = reader.position;
  let op: RequestOp | null = null;
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) op = { type: "range", request: readMessage(reader, readRange) };
    else if (field === 2) op = { type: "put", request: readMessage(reader, readPut) };
    else if (field === 3)
      op = { type: "deleteRange", request: readMessage(reader, readDeleteRange) };
    else if (field === 4) {
      const outer = reader.enter();
      op = { type: "txn", request: readTxnAt(reader, depth + 1) };
      reader.leave(outer);
    } else reader.skip();
  }
  if (op === null) throw new ProtobufError("a transaction's operation is empty", at);
  return op;
}

export function writeTxn(writer: ProtobufWriter, r: TxnRequest): void {
  for (const compare of r.compare) putMessage(writer, 1, writeCompare, compare);
  for (const op of r.success) putMessage(writer, 2, writeOp, op);
  for (const op of r.failure) putMessage(writer, 3, writeOp, op);
}

export function readTxn(reader: ProtobufReader): TxnRequest {
  return readTxnAt(reader, 0);
}

function readTxnAt(reader: ProtobufReader, depth: number): TxnRequest {
  if (depth > DEPTH_MAX) throw new ProtobufError("transactions nest too deep", reader.position);
  const compare: Compare[] = [];
  const success: RequestOp[] = [];
  const failure: RequestOp[] = [];
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) compare.push(readMessage(reader, readCompare));
    else if (field === 2 || field === 3) {
      const outer = reader.enter();
      (field === 2 ? success : failure).push(readOp(reader, depth));
      reader.leave(outer);
    } else reader.skip();
  }
  return { compare, success, failure };
}
