import type { KeyValue } from "../api/requests.ts";
import { decodeKeyValue, encodeKeyValue } from "../api/wire/key-value.ts";
import { assert } from "../base/assert.ts";
import { ProtobufReader, ProtobufWriter } from "../base/protobuf.ts";
import type { Version } from "./key-history.ts";
import { Store } from "./store.ts";

/**
 * The content of a member's backend as bytes: what a snapshot carries. A list of (bucket, key,
 * value) as etcd's buckets hold them: bucket `key` maps a revision (8 bytes main, `_`, 8 bytes
 * sub, and `t` for a tombstone) to a mvccpb.KeyValue; bucket `meta` holds counters.
 */
interface Image {
  readonly store: Store;
  /** Other buckets: `bucket/key` → value, the caller's business. */
  readonly extra: ReadonlyMap<string, Uint8Array>;
}

const PAIR = 1;
const BUCKET = 1;
const KEY = 2;
const VALUE = 3;

const NO_BYTES = new Uint8Array(0);
const ABSENT = { createRevision: 0, modRevision: 0, version: 0, value: NO_BYTES, lease: 0n };

export function encodeImage(store: Store, extra: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const writer = new ProtobufWriter(4096);
  const pair = (bucket: string, key: string, value: Uint8Array): void => {
    const start = writer.open(PAIR);
    writer.binaryField(BUCKET, bucket);
    writer.binaryField(KEY, key);
    writer.bytesField(VALUE, value);
    writer.close(start);
  };
  pair("meta", "current", decimal(store.revision));
  pair("meta", "compacted", decimal(store.compactRevision));
  for (const { key, version } of store.versions()) {
    const kv = version.kv ?? { key, ...ABSENT };
    pair("key", revisionKey(version), encodeKeyValue(kv));
  }
  for (const [name, value] of extra) pair("extra", name, value);
  return writer.finish();
}

/** Throws ProtobufError on damaged bytes. */
export function decodeImage(bytes: Uint8Array): Image {
  let current = 1;
  let compacted = -1;
  const versions: { key: string; version: Version }[] = [];
  const extra = new Map<string, Uint8Array>();
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field !== PAIR) {
      reader.skip();
      continue;
    }
    const { bucket, key, value } = decodePair(reader);
    if (bucket === "key") versions.push(decodeVersion(key, decodeKeyValue(value)));
    else if (bucket === "extra") extra.set(key, value);
    else if (key === "current") current = parseDecimal(value);
    else if (key === "compacted") compacted = parseDecimal(value);
  }
  return { store: Store.restore(current, compacted, versions), extra };
}

function decodePair(reader: ProtobufReader): { bucket: string; key: string; value: Uint8Array } {
  let bucket = "";
  let key = "";
  let value: Uint8Array = NO_BYTES;
  const end = reader.enter();
  while (reader.next()) {
    if (reader.field === BUCKET) bucket = reader.binary();
    else if (reader.field === KEY) key = reader.binary();
    else if (reader.field === VALUE) value = reader.view();
    else reader.skip();
  }
  reader.leave(end);
  return { bucket, key, value };
}

/** server/storage/mvcc/revision.go: big-endian main and sub with `_` between, `t` for a tombstone. */
function revisionKey(version: Version): string {
  const mark = version.kv === null ? "t" : "";
  return `${bigEndian(version.main)}_${bigEndian(version.sub)}${mark}`;
}

function bigEndian(n: number): string {
  let text = "";
  let rest = n;
  for (let i = 0; i < 8; i++) {
    text = String.fromCharCode(rest % 256) + text;
    rest = Math.floor(rest / 256);
  }
  return text;
}

function decodeVersion(revision: string, kv: KeyValue): { key: string; version: Version } {
  assert(revision.length >= 17, "a revision key has 17 bytes or 18");
  const tombstone = revision.length === 18;
  const main = fromBigEndian(revision, 0);
  const sub = fromBigEndian(revision, 9);
  return { key: kv.key, version: { main, sub, kv: tombstone ? null : kv } };
}

function fromBigEndian(text: string, at: number): number {
  let n = 0;
  for (let i = at; i < at + 8; i++) n = n * 256 + text.charCodeAt(i);
  return n;
}

function decimal(n: number): Uint8Array {
  return Uint8Array.from(String(n), (char) => char.charCodeAt(0));
}

function parseDecimal(bytes: Uint8Array): number {
  return Number(String.fromCharCode(...bytes));
}
