import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { rangeRequest } from "../../../src/api/build.ts";
import { concatBytes, fromHex } from "../../../src/base/bytes.ts";
import { beginSha256 } from "../../../src/base/sha256.ts";
import { BoltError, sourceOf } from "../../../src/bolt/index.ts";
import { encodeLease, leaseKey } from "../../../src/lease/lease-record.ts";
import { readDatabase } from "../../../src/member/backup/read-database.ts";
import { databaseIn } from "../../../src/member/backup/snapshot-file.ts";
import { snapshotStatus } from "../../../src/member/backup/snapshot-status.ts";
import { backupRevision } from "../../../src/member/loop/restore-backup.ts";
import { filled, restored } from "../../bolt/ours.ts";
import { bucketOf, fileOf } from "../../bolt/support.ts";
import { timeLimitMs } from "../../support/time-limit.ts";
import { signIn } from "../support/asks.ts";

const { DETCD_FUZZ_RUNS = "0", DETCD_SEED = "0" } = process.env;
const RUNS = Math.max(200, Number(DETCD_FUZZ_RUNS));
const RELEASE = "3.7.3";
const HASH_BYTES = 32;
const PAGE = 4096;

/** The database in a snapshot, with a hash that is right. */
function hashed(database: Uint8Array): Uint8Array {
  const hash = beginSha256();
  hash.update(database);
  return concatBytes([database, hash.digest()]);
}

/** Why a database with these buckets is not restored; null: it is. */
function refusal(
  buckets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string | null {
  const names = Object.keys(buckets).sort();
  const database = fileOf(names.map((name) => bucketOf(name, buckets[name] ?? {})));
  const found = backupRevision(hashed(database));
  return typeof found === "string" ? found : null;
}

const text = (hex: string) => String.fromCharCode(...fromHex(hex));
const REVISION = text("0000000000000002 5f 0000000000000000");

describe("a snapshot that is damaged", () => {
  let good: Uint8Array = new Uint8Array(0);

  beforeAll(async () => {
    good = (await filled(RELEASE)).blob;
  });

  test("anywhere is one whose hash is wrong, unless nobody looks", () => {
    const changed = good.slice();
    changed[PAGE * 4 + 100] = (changed[PAGE * 4 + 100] as number) ^ 1;
    expect(() => databaseIn(sourceOf(changed))).toThrow(
      /^expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}$/,
    );
    expect(databaseIn(sourceOf(changed), true).size).toBe(good.length - HASH_BYTES);
    const copied = good.slice(0, -HASH_BYTES);
    expect(() => databaseIn(sourceOf(copied))).toThrow(
      "snapshot missing hash but --skip-hash-check=false",
    );
    const { hash } = snapshotStatus(databaseIn(sourceOf(copied), true));
    expect(hash).toBe(snapshotStatus(databaseIn(sourceOf(good))).hash);
  });

  test(
    "before it was hashed is refused, or a member starts from it",
    () => {
      const database = good.slice(0, -HASH_BYTES);
      const pages = database.length / PAGE;
      const offset = fc.oneof(
        fc.nat(database.length - 1),
        fc.tuple(fc.nat(pages - 1), fc.nat(200)).map(([page, at]) => page * PAGE + at),
        // The root's page, with all that is inline in it, is the last.
        fc.nat(PAGE - 1).map((at) => (pages - 1) * PAGE + at),
      );
      const change = fc.tuple(offset, fc.integer({ min: 0, max: 255 }));
      let refused = 0;
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
          const bytes = database.slice();
          for (const [at, value] of changes) bytes[at] = value;
          if (typeof backupRevision(hashed(bytes)) === "string") {
            refused++;
            return;
          }
          const lone = restored(RELEASE, hashed(bytes));
          const { response } = lone.ask1(signIn("root", "r"));
          const token = response?.type === "authenticate" ? response.response.token : "";
          lone.ask1({ type: "range", request: rangeRequest("\0", { rangeEnd: "\0" }) }, token);
          lone.ask1({ type: "leaseLeases", request: {} }, token);
        }),
        { seed: 1513 + Number(DETCD_SEED), numRuns: RUNS },
      );
      expect(refused).toBeGreaterThan(RUNS / 20);
      expect(refused).toBeLessThan(RUNS);
    },
    timeLimitMs(RUNS),
  );
});

describe("a database of somebody else's, or with what no etcd writes", () => {
  test("is refused, with bucket and key", () => {
    const lease = String.fromCharCode(...encodeLease({ id: 5n, ttl: 1, remainingTtl: 0 }));
    const none = "bucket cluster, key : not what etcd writes";
    for (const [buckets, problem] of [
      [{ other: {} }, "it has no bucket key: it is not etcd's"],
      [{ key: { a: "" } }, "bucket key, key 61: not what etcd writes"],
      [
        { key: { [`${REVISION}x`]: "" } },
        "bucket key, key 00000000000000025f000000000000000078: not what etcd writes",
      ],
      [
        { key: { [text("0080000000000000 5f 0000000000000000")]: "" } },
        "bucket key, key 00800000000000005f0000000000000000: not what etcd writes",
      ],
      [
        { key: { [REVISION]: "\xff" } },
        "bucket key, key 00000000000000025f0000000000000000: protobuf: ",
      ],
      [
        { key: {}, lease: { [leaseKey(6n)]: lease } },
        "bucket lease, key 0000000000000006: not what",
      ],
      [{ key: {}, alarm: { "\x10\x09": "" } }, "bucket alarm, key 1009: protobuf: "],
      [{ key: {}, auth: { authRevision: "1" } }, "bucket auth, key 617574685265766973696f6e: not"],
      [{ key: {}, authUsers: { a: "\xff" } }, "bucket authUsers, key 61: protobuf: "],
      [{ key: {}, authRoles: { a: "\xff" } }, "bucket authRoles, key 61: protobuf: "],
      [
        { key: {}, meta: { consistent_index: "1" } },
        "bucket meta, key 636f6e73697374656e745f696e646578",
      ],
      [
        { key: {}, meta: { scheduledCompactRev: "1" } },
        "bucket meta, key 7363686564756c6564436f6d70616374526576",
      ],
      [{ key: {}, cluster: { downgrade: "{" } }, none],
      [{ key: {}, cluster: { downgrade: "null" } }, none],
    ] as const) {
      expect(refusal(buckets)).toContain(problem);
    }
  });

  test("with a bucket where a value should be is refused", () => {
    // The element of the first inline bucket's first pair becomes a bucket.
    const database = fileOf([bucketOf("alarm", { "\x08\x01": "" }), bucketOf("key", {})]);
    const at = String.fromCharCode(...database).indexOf("\x08\x01", 3 * PAGE + 100);
    expect(at).toBeGreaterThan(3 * PAGE);
    database[at - 16] = 1;
    expect(() => readDatabase(databaseIn(sourceOf(database), true))).toThrow(BoltError);
  });

  test("that is empty, or has buckets that nobody knows, is one", () => {
    expect(refusal({ key: {} })).toBeNull();
    expect(refusal({ key: { [REVISION]: "" }, test: { a: "b" } })).toBeNull();
    expect(refusal({ key: {}, alarm: { "\x08\x01": "" } })).toBeNull();
  });
});
