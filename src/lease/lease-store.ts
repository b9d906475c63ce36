import { assert } from "../base/assert.ts";
import { decodeLease, encodeLease, type LeaseRecord, leaseKey } from "./lease-record.ts";

/** Where leases survive a restart. Writes belong to the backend's transaction of the moment. */
export interface LeaseStore {
  put(record: LeaseRecord): void;
  delete(id: bigint): void;
  /** In the order of their keys: positive ids first, then the negative ones. */
  forEach(visit: (record: LeaseRecord) => void): void;
}

/** A bucket of the backend, as far as leases need it. Keys are binary strings. */
export interface LeaseBucket {
  put(key: string, value: Uint8Array): void;
  delete(key: string): void;
  /** Visits all pairs in the order of their keys. */
  forEach(visit: (key: string, value: Uint8Array) => void): void;
}

/** Leases in the backend's bucket `lease`, as etcd keeps them (server/storage/schema/lease.go). */
export class BucketLeaseStore implements LeaseStore {
  private readonly bucket: LeaseBucket;

  constructor(bucket: LeaseBucket) {
    this.bucket = bucket;
  }

  put(record: LeaseRecord): void {
    assert(record.id !== 0n, "0 stands for no lease");
    this.bucket.put(leaseKey(record.id), encodeLease(record));
  }

  delete(id: bigint): void {
    this.bucket.delete(leaseKey(id));
  }

  forEach(visit: (record: LeaseRecord) => void): void {
    this.bucket.forEach((key, value) => {
      const record = decodeLease(value);
      assert(leaseKey(record.id) === key, "a lease is stored under its own id");
      visit(record);
    });
  }
}
