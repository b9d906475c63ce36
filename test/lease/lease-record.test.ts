import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binaryToBytes, toHex } from "../../src/base/bytes.ts";
import { decodeLease, encodeLease, leaseKey } from "../../src/lease/lease-record.ts";

describe("a stored lease", () => {
  // Fields 1 to 3 of leasepb.Lease are int64 varints, left out when zero (proto3).
  test.each([
    [{ id: 1n, ttl: 10, remainingTtl: 0 }, "0801100a"],
    [{ id: 300n, ttl: 9_000_000_000, remainingTtl: 150 }, "08ac021080b4c4c321189601"],
    [{ id: -1n, ttl: 2, remainingTtl: 0 }, "08ffffffffffffffffff011002"],
  ])("is leasepb.Lease: %o", (record, hex) => {
    expect(toHex(encodeLease(record))).toBe(hex);
    expect(decodeLease(encodeLease(record))).toEqual(record);
  });

  test.each([
    [1n, "0000000000000001"],
    [0x1234_5678_9abc_def0n, "123456789abcdef0"],
    [-1n, "ffffffffffffffff"],
    [-(1n << 63n), "8000000000000000"],
  ])("lies under its id's eight bytes, the highest first: %s", (id, hex) => {
    expect(toHex(binaryToBytes(leaseKey(id)))).toBe(hex);
  });

  property.prop(
    [fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), fc.nat(9_000_000), fc.nat()],
    { seed: 3 },
  )("is read as it was written", (id, ttl, remainingTtl) => {
    const record = { id, ttl, remainingTtl };
    expect(decodeLease(encodeLease(record))).toEqual(record);
  });
});
