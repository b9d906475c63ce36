import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import { deleteRangeRequest, rangeRequest } from "../build.ts";
import type * as api from "../kv-requests.ts";
import { KeyValue } from "./key-value.ts";
import { BINARY, BLOB, BOOL, choice, INT, INT_ID, NO_BYTES, optional, repeated } from "./kinds.ts";
import { type Message, mapped, message, union } from "./message.ts";
import { HEADER, ResponseHeader } from "./response-header.ts";

/** The KV service's messages (api/etcdserverpb/rpc.proto). */

export const RangeRequest = message<api.RangeRequest>(
  "etcdserverpb.RangeRequest",
  {
    key: [1, BINARY],
    rangeEnd: [2, BINARY],
    limit: [3, INT],
    revision: [4, INT],
    sortOrder: [5, choice("etcdserverpb.RangeRequest.SortOrder", ["NONE", "ASCEND", "DESCEND"])],
    sortTarget: [
      6,
      choice("etcdserverpb.RangeRequest.SortTarget", ["KEY", "VERSION", "CREATE", "MOD", "VALUE"]),
    ],
    serializable: [7, BOOL],
    keysOnly: [8, BOOL],
    countOnly: [9, BOOL],
    minModRevision: [10, INT],
    maxModRevision: [11, INT],
    minCreateRevision: [12, INT],
    maxCreateRevision: [13, INT],
  },
  { empty: () => rangeRequest("") },
);

export const RangeResponse = message<api.RangeResponse>("etcdserverpb.RangeResponse", {
  header: HEADER,
  kvs: [2, repeated(KeyValue)],
  more: [3, BOOL],
  count: [4, INT],
});

const RangeChunk = message<api.RangeChunk>("etcdserverpb.RangeResponse", {
  header: [1, optional(ResponseHeader)],
  kvs: [2, repeated(KeyValue)],
  more: [3, BOOL],
  count: [4, INT],
});

export const RangeStreamResponse = message<api.RangeStreamResponse>(
  "etcdserverpb.RangeStreamResponse",
  { rangeResponse: [1, RangeChunk] },
);

/** By hand what the table below says: most entries of a log are puts. */
function writePut(writer: ProtobufWriter, r: api.PutRequest): void {
  if (r.key !== "") writer.binaryField(1, r.key);
  if (r.value.length > 0) writer.bytesField(2, r.value);
  if (r.lease !== 0n) writer.bigintField(3, r.lease);
  if (r.prevKv) writer.boolField(4, true);
  if (r.ignoreValue) writer.boolField(5, true);
  if (r.ignoreLease) writer.boolField(6, true);
}

/** The value is a view of the input. */
function readPut(reader: ProtobufReader): api.PutRequest {
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

export const PutRequest = message<api.PutRequest>(
  "etcdserverpb.PutRequest",
  {
    key: [1, BINARY],
    value: [2, BLOB],
    lease: [3, INT_ID],
    prevKv: [4, BOOL],
    ignoreValue: [5, BOOL],
    ignoreLease: [6, BOOL],
  },
  { write: writePut, read: readPut },
);

export const PutResponse = message<api.PutResponse>("etcdserverpb.PutResponse", {
  header: HEADER,
  prevKv: [2, optional(KeyValue)],
});

export const DeleteRangeRequest = message<api.DeleteRangeRequest>(
  "etcdserverpb.DeleteRangeRequest",
  { key: [1, BINARY], rangeEnd: [2, BINARY], prevKv: [3, BOOL] },
  { empty: () => deleteRangeRequest("") },
);

export const DeleteRangeResponse = message<api.DeleteRangeResponse>(
  "etcdserverpb.DeleteRangeResponse",
  { header: HEADER, deleted: [2, INT], prevKvs: [3, repeated(KeyValue)] },
);

// ---- transactions -------------------------------------------------------------------------------

/** A {@link api.Compare} with all operands that there are; at most one is given. */
interface CompareFields {
  readonly result: api.CompareResult;
  readonly target: api.CompareTarget;
  readonly key: string;
  readonly version: number | null;
  readonly createRevision: number | null;
  readonly modRevision: number | null;
  readonly value: Uint8Array | null;
  readonly lease: bigint | null;
  readonly rangeEnd: string;
}

const OPERAND = { oneof: "target_union" };

export const CompareFields = message<CompareFields>(
  "etcdserverpb.Compare",
  {
    result: [
      1,
      choice("etcdserverpb.Compare.CompareResult", ["EQUAL", "GREATER", "LESS", "NOT_EQUAL"]),
    ],
    target: [
      2,
      choice("etcdserverpb.Compare.CompareTarget", ["VERSION", "CREATE", "MOD", "VALUE", "LEASE"]),
    ],
    key: [3, BINARY],
    version: [4, optional(INT), OPERAND],
    createRevision: [5, optional(INT), OPERAND],
    modRevision: [6, optional(INT), OPERAND],
    value: [7, optional(BLOB), OPERAND],
    lease: [8, optional(INT_ID), OPERAND],
    rangeEnd: [64, BINARY],
  },
  {
    empty: () => ({
      result: "EQUAL",
      target: "VERSION",
      key: "",
      version: null,
      createRevision: null,
      modRevision: null,
      value: null,
      lease: null,
      rangeEnd: "",
    }),
  },
);

/** An operand of another kind than the target counts as none, and none as zero, as etcd applies it. */
function compareOf(fields: CompareFields): api.Compare {
  const { result, target, key, rangeEnd } = fields;
  switch (target) {
    case "VERSION":
      return { result, key, rangeEnd, target, version: fields.version ?? 0 };
    case "CREATE":
      return { result, key, rangeEnd, target, createRevision: fields.createRevision ?? 0 };
    case "MOD":
      return { result, key, rangeEnd, target, modRevision: fields.modRevision ?? 0 };
    case "VALUE":
      return { result, key, rangeEnd, target, value: fields.value ?? NO_BYTES };
    case "LEASE":
      return { result, key, rangeEnd, target, lease: fields.lease ?? 0n };
  }
}

/** Has the operand of its target, and no other. */
const Compare = mapped(
  CompareFields,
  (compare: api.Compare) => compare as CompareFields,
  compareOf,
);

export const RequestOp: Message<api.RequestOp> = union("etcdserverpb.RequestOp", "request", () => ({
  range: [1, RangeRequest, { name: "request_range", oneof: "request" }],
  put: [2, PutRequest, { name: "request_put", oneof: "request" }],
  deleteRange: [3, DeleteRangeRequest, { name: "request_delete_range", oneof: "request" }],
  txn: [4, TxnRequest, { name: "request_txn", oneof: "request" }],
}));

export const TxnRequest: Message<api.TxnRequest> = message<api.TxnRequest>(
  "etcdserverpb.TxnRequest",
  {
    compare: [1, repeated(Compare)],
    success: [2, repeated(RequestOp)],
    failure: [3, repeated(RequestOp)],
  },
  { empty: () => ({ compare: [], success: [], failure: [] }) },
);

export const ResponseOp: Message<api.ResponseOp> = union(
  "etcdserverpb.ResponseOp",
  "response",
  () => ({
    range: [1, RangeResponse, { name: "response_range", oneof: "response" }],
    put: [2, PutResponse, { name: "response_put", oneof: "response" }],
    deleteRange: [3, DeleteRangeResponse, { name: "response_delete_range", oneof: "response" }],
    txn: [4, TxnResponse, { name: "response_txn", oneof: "response" }],
  }),
);

export const TxnResponse: Message<api.TxnResponse> = message("etcdserverpb.TxnResponse", {
  header: HEADER,
  succeeded: [2, BOOL],
  responses: [3, repeated(ResponseOp)],
});

export const CompactionRequest = message<api.CompactionRequest>("etcdserverpb.CompactionRequest", {
  revision: [1, INT],
  physical: [2, BOOL],
});

export const CompactionResponse = message<api.CompactionResponse>(
  "etcdserverpb.CompactionResponse",
  { header: HEADER },
);
