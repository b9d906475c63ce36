import type { RequestOp } from "../kv-requests.ts";
import type { ServiceRequest, ServiceResponse } from "../service-requests.ts";
import type { Message } from "./message.ts";
import { METHODS } from "./method-table.ts";

/** No response that a simulated cluster gives is larger: it has not got so many bytes. */
const NO_LIMIT = 2 ** 31 - 1;

/** More than all of a KV request but keys and values takes: ids, revisions, flags, tags. */
const REST = 192;

/** How many bytes a call's request takes on the wire if that is more than `limit`, else 0. */
export function requestSizeAbove(call: ServiceRequest, limit: number): number {
  const { type, request } = call;
  if (type === "health" || sizeBound(call) <= limit) return 0;
  const size = (METHODS[type].request as Message<unknown>).size(request);
  return size > limit ? size : 0;
}

/** A request takes no more than that. A rough guess is enough for nearly all, which are small. */
export function sizeBound(op: ServiceRequest): number {
  switch (op.type) {
    case "put":
      return REST + op.request.key.length + op.request.value.length;
    case "range":
    case "deleteRange":
      return REST + op.request.key.length + op.request.rangeEnd.length;
    case "txn": {
      let bound = REST;
      for (const guard of op.request.compare) {
        bound += REST + guard.key.length + guard.rangeEnd.length;
        if (guard.target === "VALUE") bound += guard.value.length;
      }
      return bound + opsBound(op.request.success) + opsBound(op.request.failure);
    }
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function opsBound(ops: readonly RequestOp[]): number {
  let bound = 0;
  for (const op of ops) bound += REST + sizeBound(op);
  return bound;
}

/** The same of its response. A snapshot comes in pieces, which are within any limit. */
export function responseSizeAbove({ type, response }: ServiceResponse, limit: number): number {
  if (limit >= NO_LIMIT || type === "health" || type === "snapshot") return 0;
  const size = (METHODS[type].response as Message<unknown>).size(response);
  return size > limit ? size : 0;
}
