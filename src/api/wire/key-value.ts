import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type * as api from "../kv-requests.ts";
import { BINARY, BLOB, bytesSize, INT, INT_ID, idSize, intSize, NO_BYTES } from "./kinds.ts";
import { message } from "./message.ts";

/**
 * The bytes that etcd's backend stores for a revision, and that its hashes are taken over. Here by
 * hand what the table below says: all that is stored and read passes here.
 */
export function writeKeyValue(writer: ProtobufWriter, kv: api.KeyValue): void {
  if (kv.key !== "") writer.binaryField(1, kv.key);
  if (kv.createRevision !== 0) writer.intField(2, kv.createRevision);
  if (kv.modRevision !== 0) writer.intField(3, kv.modRevision);
  if (kv.version !== 0) writer.intField(4, kv.version);
  if (kv.value.length > 0) writer.bytesField(5, kv.value);
  if (kv.lease !== 0n) writer.bigintField(6, kv.lease);
}

/** The value is a view of the input. */
export function readKeyValue(reader: ProtobufReader): api.KeyValue {
  let key = "";
  let createRevision = 0;
  let modRevision = 0;
  let version = 0;
  let value: Uint8Array = NO_BYTES;
  let lease = 0n;
  while (reader.next()) {
    if (reader.field === 1) key = reader.binary();
    else if (reader.field === 2) createRevision = reader.int();
    else if (reader.field === 3) modRevision = reader.int();
    else if (reader.field === 4) version = reader.int();
    else if (reader.field === 5) value = reader.view();
    else if (reader.field === 6) lease = reader.bigint();
    else reader.skip();
  }
  return { key, createRevision, modRevision, version, value, lease };
}

function keyValueSize(kv: api.KeyValue): number {
  const revisions = intSize(kv.createRevision) + intSize(kv.modRevision) + intSize(kv.version);
  return bytesSize(kv.key.length) + revisions + bytesSize(kv.value.length) + idSize(kv.lease);
}

export const KeyValue = message<api.KeyValue>(
  "mvccpb.KeyValue",
  {
    key: [1, BINARY],
    createRevision: [2, INT],
    modRevision: [3, INT],
    version: [4, INT],
    value: [5, BLOB],
    lease: [6, INT_ID],
  },
  { write: writeKeyValue, read: readKeyValue, size: keyValueSize },
);
