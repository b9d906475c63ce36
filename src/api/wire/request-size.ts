import { ProtobufWriter } from "../../base/protobuf.ts";
import type { RequestOp, ServiceRequest, TxnRequest } from "../requests.ts";
import { putBigint, putBool, putEnum, putText } from "./fields.ts";
import { OPS } from "./operations.ts";

/** More than all of a message but its keys, values and texts takes: ids, revisions, flags, tags. */
const REST = 192;
/** Of one character of a text in UTF-8. Keys have one byte. */
const UTF8_MAX = 3;

type Write = (writer: ProtobufWriter, request: never) => void;
type RequestOf<T extends ServiceRequest["type"]> = Extract<
  ServiceRequest,
  { readonly type: T }
>["request"];

/**
 * How many bytes a call's request takes on the wire if that is more than `limit`, else 0. It is
 * written only where a rough guess says that it may be.
 */
export function sizeAbove(request: ServiceRequest, limit: number): number {
  if (sizeBound(request) <= limit) return 0;
  const size = requestSize(request);
  return size > limit ? size : 0;
}

/** It takes no more than that. */
export function sizeBound(request: ServiceRequest): number {
  switch (request.type) {
    case "range":
    case "put":
    case "deleteRange":
    case "txn":
      return opBound(request);
    default:
      return textBound(request.request);
  }
}

function opBound(op: RequestOp): number {
  switch (op.type) {
    case "put":
      return REST + op.request.key.length + op.request.value.length;
    case "range":
    case "deleteRange":
      return REST + op.request.key.length + op.request.rangeEnd.length;
    case "txn":
      return txnBound(op.request);
  }
}

function txnBound({ compare, success, failure }: TxnRequest): number {
  let bound = REST;
  for (const guard of compare) {
    bound += REST + guard.key.length + guard.rangeEnd.length;
    if (guard.target === "VALUE") bound += guard.value.length;
  }
  for (const op of success) bound += REST + opBound(op);
  for (const op of failure) bound += REST + opBound(op);
  return bound;
}

/** Of any message: what is not a text or a list of them is small. */
function textBound(message: object): number {
  let bound = REST;
  for (const field of Object.values(message)) {
    if (typeof field === "string") bound += REST + UTF8_MAX * field.length;
    else if (typeof field === "object" && field !== null) bound += REST + textBound(field);
  }
  return bound;
}

const writers: ReadonlyMap<string, Write> = new Map<string, Write>([
  ...OPS.map(({ type, write }): [string, Write] => [type, write]),
  ["memberAdd", writeMemberAdd],
  ["memberUpdate", writeMemberUpdate],
  ["downgrade", writeDowngrade],
]);

const shared = new ProtobufWriter(4096);

function requestSize({ type, request }: ServiceRequest): number {
  const write = writers.get(type);
  // All others have a few numbers at most.
  if (write === undefined) return 0;
  shared.reset();
  write(shared, request as never);
  return shared.length;
}

function writeMemberAdd(writer: ProtobufWriter, r: RequestOf<"memberAdd">): void {
  for (const url of r.peerUrls) writer.stringField(1, url);
  putBool(writer, 2, r.isLearner);
}

function writeMemberUpdate(writer: ProtobufWriter, r: RequestOf<"memberUpdate">): void {
  putBigint(writer, 1, r.id);
  for (const url of r.peerUrls) writer.stringField(2, url);
}

function writeDowngrade(writer: ProtobufWriter, r: RequestOf<"downgrade">): void {
  putEnum(writer, 1, ["VALIDATE", "ENABLE", "CANCEL"], r.action);
  putText(writer, 2, r.version);
}
