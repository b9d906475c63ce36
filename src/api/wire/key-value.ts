import { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type { KeyValue } from "../requests.ts";
import { putBigint, putBinary, putBytes, putInt } from "./fields.ts";

// mvccpb.KeyValue {key=1, create_revision=2, mod_revision=3, version=4, value=5, lease=6}

const NO_BYTES = new Uint8Array(0);
const shared = new ProtobufWriter(1024);

export function writeKeyValue(writer: ProtobufWriter, kv: KeyValue): void {
  putBinary(writer, 1, kv.key);
  putInt(writer, 2, kv.createRevision);
  putInt(writer, 3, kv.modRevision);
  putInt(writer, 4, kv.version);
  putBytes(writer, 5, kv.value);
  putBigint(writer, 6, kv.lease);
}

/** The bytes that etcd's backend stores for a revision, and that its hashes are taken over. */
export function encodeKeyValue(kv: KeyValue): Uint8Array {
  shared.reset();
  writeKeyValue(shared, kv);
  return shared.finish();
}

/** The value is a view of the input. */
export function readKeyValue(reader: ProtobufReader): KeyValue {
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

export function decodeKeyValue(bytes: Uint8Array): KeyValue {
  return readKeyValue(new ProtobufReader(bytes));
}
