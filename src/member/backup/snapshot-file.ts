import { equalBytes, toHex } from "../../base/bytes.ts";
import { beginSha256 } from "../../base/sha256.ts";
import { BoltError, BoltFile, type PageSource } from "../../bolt/index.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import { databaseOf } from "./database.ts";

/** A disk's sector, which pages are a multiple of: a rest tells that a hash follows. */
const SECTOR = 512;
const HASH_BYTES = 32;
const READ_BYTES = 1 << 20;

/**
 * What `Maintenance.Snapshot` sends and `etcdctl snapshot save` writes: the database, and SHA-256 of all of it.
 * The backend must not change before all parts are taken.
 */
export function* snapshotOf(backend: Backend): Generator<Uint8Array> {
  const hash = beginSha256();
  for (const part of databaseOf(backend)) {
    hash.update(part);
    yield part;
  }
  yield hash.digest();
}

/**
 * The database in a snapshot's file, if its hash is right (etcdutl/snapshot/v3_snapshot.go). A copy of a
 * member's `db` has none: it is taken where `skipsHashCheck`. Throws BoltError.
 */
export function databaseIn(file: PageSource, skipsHashCheck = false): BoltFile {
  const hasHash = file.size % SECTOR === HASH_BYTES;
  if (!hasHash && !skipsHashCheck) {
    throw new BoltError(null, "snapshot missing hash but --skip-hash-check=false");
  }
  const size = hasHash ? file.size - HASH_BYTES : file.size;
  if (hasHash && !skipsHashCheck) checkHash(file, size);
  return new BoltFile({ size, read: (offset, length) => file.read(offset, length) });
}

function checkHash(file: PageSource, size: number): void {
  const expected = file.read(size, HASH_BYTES);
  const hash = beginSha256();
  for (let at = 0; at < size; at += READ_BYTES) {
    hash.update(file.read(at, Math.min(READ_BYTES, size - at)));
  }
  const found = hash.digest();
  if (equalBytes(expected, found)) return;
  throw new BoltError(null, `expected sha256 ${toHex(expected)}, got ${toHex(found)}`);
}
