import { ProtobufError, ProtobufReader, type ProtobufWriter } from "../../base/protobuf.ts";
import type { V2Request } from "../cluster-requests.ts";
import type { RequestHeader } from "../internal-requests.ts";
import { headerOf, writeId } from "./request-header.ts";

// etcdserverpb.Request of etcd up to 3.5, proto2: every field without null is written always.

const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "QGET", "SYNC"];

export function writeV2(writer: ProtobufWriter, header: RequestHeader, r: V2Request): void {
  writeId(writer, 1, header);
  writer.stringField(2, r.method);
  writer.stringField(3, r.path);
  writer.stringField(4, r.value);
  writer.boolField(5, r.dir);
  writer.stringField(6, r.prevValue);
  writer.bigintField(7, r.prevIndex);
  if (r.prevExist !== null) writer.boolField(8, r.prevExist);
  writer.bigintField(9, r.expiration);
  writer.boolField(10, r.wait);
  writer.bigintField(11, r.since);
  writer.boolField(12, r.recursive);
  writer.boolField(13, r.sorted);
  writer.boolField(14, r.quorum);
  writer.bigintField(15, r.time);
  writer.boolField(16, r.stream);
  if (r.refresh !== null) writer.boolField(17, r.refresh);
}

/** Throws ProtobufError unless the bytes are a v2 request with a method that there is. */
export function decodeV2(bytes: Uint8Array): { header: RequestHeader; request: V2Request } {
  const reader = new ProtobufReader(bytes);
  let header = headerOf(0, 0, "", 0);
  let method = "";
  let path = "";
  let value = "";
  let dir = false;
  let prevValue = "";
  let prevIndex = 0n;
  let prevExist: boolean | null = null;
  let expiration = 0n;
  let wait = false;
  let since = 0n;
  let recursive = false;
  let sorted = false;
  let quorum = false;
  let time = 0n;
  let stream = false;
  let refresh: boolean | null = null;
  while (reader.next()) {
    const { field } = reader;
    if (field === 1) {
      reader.varint64();
      header = headerOf(reader.hi, reader.lo, "", 0);
    } else if (field === 2) method = reader.string();
    else if (field === 3) path = reader.string();
    else if (field === 4) value = reader.string();
    else if (field === 5) dir = reader.bool();
    else if (field === 6) prevValue = reader.string();
    else if (field === 7) prevIndex = reader.ubigint();
    else if (field === 8) prevExist = reader.bool();
    else if (field === 9) expiration = reader.bigint();
    else if (field === 10) wait = reader.bool();
    else if (field === 11) since = reader.ubigint();
    else if (field === 12) recursive = reader.bool();
    else if (field === 13) sorted = reader.bool();
    else if (field === 14) quorum = reader.bool();
    else if (field === 15) time = reader.bigint();
    else if (field === 16) stream = reader.bool();
    else if (field === 17) refresh = reader.bool();
    else reader.skip();
  }
  if (!METHODS.includes(method)) throw new ProtobufError("not a v2 request", 0);
  const request: V2Request = {
    method,
    path,
    value,
    dir,
    prevValue,
    prevIndex,
    prevExist,
    expiration,
    wait,
    since,
    recursive,
    sorted,
    quorum,
    time,
    stream,
    refresh,
  };
  return { header, request };
}
