import type { KeyValue, ResponseOp, ServiceResponse, TxnResponse } from "../requests.ts";
import { embedded, headerSize, intSize, keyValueSize } from "./sizes.ts";

/** No response that a simulated cluster gives is larger: it has not got so many bytes. */
const NO_LIMIT = 2 ** 31 - 1;

/**
 * How many bytes a call's response takes on the wire if that is more than `limit`, else 0. Responses
 * without keys have a few numbers and names, and a snapshot comes in pieces: they are within any limit.
 */
export function responseSizeAbove(response: ServiceResponse, limit: number): number {
  if (limit >= NO_LIMIT) return 0;
  const size = responseSize(response);
  return size > limit ? size : 0;
}

function responseSize(response: ServiceResponse): number {
  switch (response.type) {
    case "range":
    case "put":
    case "deleteRange":
    case "txn":
      return opSize(response);
    case "snapshot":
      return 0;
    case "defragment":
    case "moveLeader":
      return 0;
    default:
      return embedded(headerSize(response.response.header));
  }
}

function opSize(op: ResponseOp): number {
  const header = embedded(headerSize(op.response.header));
  switch (op.type) {
    case "range": {
      const { kvs, more, count } = op.response;
      return header + kvSizes(kvs) + (more ? 2 : 0) + intSize(count);
    }
    case "put": {
      const { prevKv } = op.response;
      return header + (prevKv === null ? 0 : embedded(keyValueSize(prevKv)));
    }
    case "deleteRange":
      return header + intSize(op.response.deleted) + kvSizes(op.response.prevKvs);
    case "txn":
      return header + txnSize(op.response);
  }
}

function txnSize({ succeeded, responses }: TxnResponse): number {
  let size = succeeded ? 2 : 0;
  // A ResponseOp, and in it the response of its kind.
  for (const op of responses) size += embedded(embedded(opSize(op)));
  return size;
}

function kvSizes(kvs: readonly KeyValue[]): number {
  let size = 0;
  for (const kv of kvs) size += embedded(keyValueSize(kv));
  return size;
}
