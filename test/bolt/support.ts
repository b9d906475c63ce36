import { binaryToBytes, bytesToBinary, concatBytes } from "../../src/base/bytes.ts";
import {
  BoltFile,
  type Bucket,
  type BucketContent,
  type Pair,
  sourceOf,
  writeBolt,
} from "../../src/bolt/index.ts";

/** What a bucket holds: values as binary strings, and buckets. */
export interface Content {
  readonly [key: string]: string | Content;
}

export function pair(key: string, value: string): Pair {
  return { key: binaryToBytes(key), value: binaryToBytes(value) };
}

/** A bucket of so many pairs `00000`, `00001`, …, whose values are of `size(i)` bytes. */
export function numbered(name: string, count: number, size: (i: number) => number): BucketContent {
  const pairs = Array.from({ length: count }, (_, i) =>
    pair(String(i).padStart(5, "0"), String.fromCharCode(i % 256).repeat(size(i))),
  );
  return { name: binaryToBytes(name), pairs: () => pairs };
}

export function bucketOf(name: string, content: Readonly<Record<string, string>>): BucketContent {
  const pairs = Object.keys(content)
    .sort()
    .map((key) => pair(key, content[key] as string));
  return { name: binaryToBytes(name), pairs: () => pairs };
}

export function fileOf(buckets: readonly BucketContent[], pageSize?: number): Uint8Array {
  return concatBytes([...writeBolt(buckets, pageSize)]);
}

export function open(bytes: Uint8Array): BoltFile {
  return new BoltFile(sourceOf(bytes));
}

export function contentOf(bucket: Bucket): Content {
  const content: Record<string, string | Content> = {};
  for (const { key, value, bucket: below } of bucket.items()) {
    content[bytesToBinary(key)] = below === null ? bytesToBinary(value) : contentOf(below);
  }
  return content;
}

/** The bucket at a path of names. */
export function bucketAt(file: BoltFile, ...names: readonly string[]): Bucket {
  let bucket = file.root;
  for (const name of names) {
    const below = bucket.bucket(binaryToBytes(name));
    if (below === null) throw new Error(`there is no bucket ${name}`);
    bucket = below;
  }
  return bucket;
}
