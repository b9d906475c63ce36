import { assert } from "../base/assert.ts";

/** Names of etcd's files (server/storage/wal/util.go, server/etcdserver/api/snap). Numbers are hex, 16 digits. */

const WAL_NAME = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/;
const SNAP_NAME = /^([0-9a-f]{16})-([0-9a-f]{16})\.snap$/;

export interface WalName {
  /** 0 for the first file, then one more with every file. */
  readonly seq: number;
  /** The index of the first entry that the file may hold. */
  readonly index: number;
}

export interface SnapName {
  readonly term: number;
  readonly index: number;
}

function hex16(value: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, "file names hold safe integers >= 0");
  return value.toString(16).padStart(16, "0");
}

/** The two numbers of a name, or null where it does not match or they are beyond 2^53. */
function numbers(pattern: RegExp, name: string): [number, number] | null {
  const match = pattern.exec(name);
  if (match === null) return null;
  const first = Number.parseInt(match[1] as string, 16);
  const second = Number.parseInt(match[2] as string, 16);
  return Number.isSafeInteger(first) && Number.isSafeInteger(second) ? [first, second] : null;
}

export function walName(seq: number, index: number): string {
  return `${hex16(seq)}-${hex16(index)}.wal`;
}

/** null for any other file. */
export function parseWalName(name: string): WalName | null {
  const pair = numbers(WAL_NAME, name);
  return pair === null ? null : { seq: pair[0], index: pair[1] };
}

export function snapName(term: number, index: number): string {
  return `${hex16(term)}-${hex16(index)}.snap`;
}

/** null for any other file. */
export function parseSnapName(name: string): SnapName | null {
  const pair = numbers(SNAP_NAME, name);
  return pair === null ? null : { term: pair[0], index: pair[1] };
}

/** The backend that a leader sent along with a snapshot, until it is applied. */
export function snapDbName(index: number): string {
  return `${hex16(index)}.snap.db`;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The path without its last part; "" of a name without a slash. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
