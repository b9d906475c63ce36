import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type {
  CompactionRequest,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  SortOrder,
  SortTarget,
} from "../requests.ts";
import { putBigint, putBinary, putBool, putBytes, putEnum, putInt, readEnum } from "./fields.ts";

const NO_BYTES = new Uint8Array(0);
const SORT_ORDERS: readonly SortOrder[] = ["NONE", "ASCEND", "DESCEND"];
const SORT_TARGETS: readonly SortTarget[] = ["KEY", "VERSION", "CREATE", "MOD", "VALUE"];

export function writeRange(writer: ProtobufWriter, r: RangeRequest): void {
  putBinary(writer, 1, r.key);
  putBinary(writer, 2, r.rangeEnd);
  putInt(writer, 3, r.limit);
  putInt(writer, 4, r.revision);
  putEnum(writer, 5, SORT_ORDERS, r.sortOrder);
  putEnum(writer, 6, SORT_TARGETS, r.sortTarget);
  putBool(writer, 7, r.serializable);
  putBool(writer, 8, r.keysOnly);
  putBool(writer, 9, r.countOnly);
  putInt(writer, 10, r.minModRevision);
  putInt(writer, 11, r.maxModRevision);
  putInt(writer, 12, r.minCreateRevision);
  putInt(writer, 13, r.maxCreateRevision);
}

export function readRange(reader: ProtobufReader): RangeRequest {
  let key = "";
  let rangeEnd = "";
  let limit = 0;
  let revision = 0;
  let sortOrder: SortOrder = "NONE";
  let sortTarget: SortTarget = "KEY";
  let serializable = false;
  let keysOnly = false;
  let countOnly = false;
  let minModRevision = 0;
  let maxModRevision = 0;
  let minCreateRevision = 0;
  let maxCreateRevision = 0;
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) key = reader.binary();
    else if (field === 2) rangeEnd = reader.binary();
    else if (field === 3) limit = reader.int();
    else if (field === 4) revision = reader.int();
    else if (field === 5) sortOrder = readEnum(reader, SORT_ORDERS);
    else if (field === 6) sortTarget = readEnum(reader, SORT_TARGETS);
    else if (field === 7) serializable = reader.bool();
    else if (field === 8) keysOnly = reader.bool();
    else if (field === 9) countOnly = reader.bool();
    else if (field === 10) minModRevision = reader.int();
    else if (field === 11) maxModRevision = reader.int();
    else if (field === 12) minCreateRevision = reader.int();
    else if (field === 13) maxCreateRevision = reader.int();
    else reader.skip();
  }
  return {
    key,
    rangeEnd,
    limit,
    revision,
    sortOrder,
    sortTarget,
    serializable,
    keysOnly,
    countOnly,
    minModRevision,
    maxModRevision,
    minCreateRevision,
    maxCreateRevision,
  };
}

export function writePut(writer: ProtobufWriter, r: PutRequest): void {
  putBinary(writer, 1, r.key);
  putBytes(writer, 2, r.value);
  putBigint(writer, 3, r.lease);
  putBool(writer, 4, r.prevKv);
  putBool(writer, 5, r.ignoreValue);
  putBool(writer, 6, r.ignoreLease);
}

/** The value is a view of the input. */
export function readPut(reader: ProtobufReader): PutRequest {
  let key = "";
  let value: Uint8Array = NO_BYTES;
  let lease = 0n;
  let prevKv = false;
  let ignoreValue = false;
  let ignoreLease = false;
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) key = reader.binary();
    else if (field === 2) value = reader.view();
    else if (field === 3) lease = reader.bigint();
    else if (field === 4) prevKv = reader.bool();
    else if (field === 5) ignoreValue = reader.bool();
    else if (field === 6) ignoreLease = reader.bool();
    else reader.skip();
  }
  return { key, value, lease, prevKv, ignoreValue, ignoreLease };
}

export function writeDeleteRange(writer: ProtobufWriter, r: DeleteRangeRequest): void {
  putBinary(writer, 1, r.key);
  putBinary(writer, 2, r.rangeEnd);
  putBool(writer, 3, r.prevKv);
}

export function readDeleteRange(reader: ProtobufReader): DeleteRangeRequest {
  let key = "";
  let rangeEnd = "";
  let prevKv = false;
  while (reader.next()) {
    if (reader.field === 1) key = reader.binary();
    else if (reader.field === 2) rangeEnd = reader.binary();
    else if (reader.field === 3) prevKv = reader.bool();
    else reader.skip();
  }
  return { key, rangeEnd, prevKv };
}

export function writeCompaction(writer: ProtobufWriter, r: CompactionRequest): void {
  putInt(writer, 1, r.revision);
  putBool(writer, 2, r.physical);
}

export function readCompaction(reader: ProtobufReader): CompactionRequest {
  let revision = 0;
  let physical = false;
  while (reader.next()) {
    if (reader.field === 1) revision = reader.int();
    else if (reader.field === 2) physical = reader.bool();
    else reader.skip();
  }
  return { revision, physical };
}
