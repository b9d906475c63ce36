import { ProtobufError, type ProtobufWriter } from "../../base/protobuf.ts";
import type { V2Request } from "../cluster-requests.ts";
import type { RequestHeader } from "../internal-requests.ts";
import { BOOL, INT_ID, optional, required, TEXT, UINT_ID } from "./kinds.ts";
import { decode, message } from "./message.ts";
import { headerOf, idOf } from "./request-header.ts";

/** etcdserverpb.Request of etcd up to 3.5, proto2: what is not null is always written. */
const Request = message<V2Request & { readonly id: bigint }>("etcdserverpb.Request", {
  id: [1, required(UINT_ID)],
  method: [2, required(TEXT)],
  path: [3, required(TEXT)],
  value: [4, required(TEXT)],
  dir: [5, required(BOOL)],
  prevValue: [6, required(TEXT)],
  prevIndex: [7, required(UINT_ID)],
  prevExist: [8, optional(BOOL)],
  expiration: [9, required(INT_ID)],
  wait: [10, required(BOOL)],
  since: [11, required(UINT_ID)],
  recursive: [12, required(BOOL)],
  sorted: [13, required(BOOL)],
  quorum: [14, required(BOOL)],
  time: [15, required(INT_ID)],
  stream: [16, required(BOOL)],
  refresh: [17, optional(BOOL)],
});

const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "QGET", "SYNC"];

export function writeV2(writer: ProtobufWriter, header: RequestHeader, r: V2Request): void {
  Request.write(writer, { ...r, id: idOf(header) });
}

/** Throws ProtobufError unless the bytes are a v2 request with a method that there is. */
export function decodeV2(bytes: Uint8Array): { header: RequestHeader; request: V2Request } {
  const { id, ...request } = decode(Request, bytes);
  if (!METHODS.includes(request.method)) throw new ProtobufError("not a v2 request", 0);
  const header = headerOf(Number(id >> 32n), Number(id & 0xffff_ffffn), "", 0);
  return { header, request };
}
