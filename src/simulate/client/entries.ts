import type { KeyValue, RangeResponse } from "../../api/requests.ts";
import { utf8Decode } from "../../base/utf8.ts";
import { textOf } from "./text.ts";

/**
 * A key at one revision.
 *
 * @public
 */
export interface Entry {
  readonly key: string;
  /** As a text, of UTF-8. */
  readonly value: string;
  readonly bytes: Uint8Array;
  /** The revision that made the key, and the one that wrote it last. */
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 for the put that made it, then one more with every put. */
  readonly version: number;
  /** 0n: no lease. */
  readonly lease: bigint;
}

/**
 * What a `get` of one key found, in the store as of `revision`.
 *
 * @public
 */
export interface GetResult {
  readonly revision: number;
  /** Null: there is no such key. */
  readonly value: string | null;
  readonly entry: Entry | null;
}

/**
 * What a `getAll` found, in the store as of `revision`: to watch from `revision + 1` on misses nothing.
 *
 * @public
 */
export interface GetAllResult {
  readonly revision: number;
  readonly entries: readonly Entry[];
  /** All keys of the range, also those that a limit left out; whether it did. */
  readonly count: number;
  readonly more: boolean;
}

/**
 * The revision that a put made, and the entry before it if `prevKv` asked for it and there was one.
 *
 * @public
 */
export interface PutResult {
  readonly revision: number;
  readonly previous: Entry | null;
}

/**
 * How many keys were deleted, and, where `prevKv` asked for them, which.
 *
 * @public
 */
export interface DeleteResult {
  readonly revision: number;
  readonly deleted: number;
  readonly previous: readonly Entry[];
}

export function entryOf(kv: KeyValue): Entry {
  const { createRevision, modRevision, version, lease, value } = kv;
  return {
    ...{ key: textOf(kv.key), value: utf8Decode(value), bytes: value },
    ...{ createRevision, modRevision, version, lease },
  };
}

export function entryOrNull(kv: KeyValue | null | undefined): Entry | null {
  return kv === null || kv === undefined ? null : entryOf(kv);
}

export function allOf({ header, kvs, count, more }: RangeResponse): GetAllResult {
  return { revision: header.revision, entries: kvs.map(entryOf), count, more };
}
