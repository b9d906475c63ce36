import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import type { RequestOp, ServiceRequest } from "../../../src/api/requests.ts";
import { SimpleTokens } from "../../../src/auth/simple-tokens.ts";
import { rootRandom } from "../../../src/base/random.ts";
import { SECOND } from "../../../src/base/time.ts";
import { LESSOR_DEFAULTS } from "../../../src/lease/options.ts";
import { Quota } from "../../../src/member/apply/quota.ts";
import { UberApplier } from "../../../src/member/apply/uber-applier.ts";
import { NO_MISTAKES } from "../../../src/museum/switches.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import {
  alarm,
  alarms,
  compact,
  defragment,
  grant,
  idOf,
  put,
  revoke,
  status,
  txn,
} from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";

const branches = (success: number, failure: number): ServiceRequest & { type: "txn" } => ({
  type: "txn",
  request: {
    compare: [],
    success: Array.from({ length: success }, (_, i) => put(`s${i}`)),
    failure: Array.from({ length: failure }, (_, i) => put(`f${i}`, "xx")),
  },
});

const nested = ({ request }: ServiceRequest & { readonly type: "txn" }): RequestOp => ({
  type: "txn",
  request,
});

describe("what a request is taken to cost", () => {
  test.each<[string, ServiceRequest, number]>([
    ["a put", put("key", "value"), 256 + 8],
    ["a grant", grant(1n), 64],
    ["a transaction: its larger branch, the first", branches(2, 1), 2 * 258],
    ["a transaction: its larger branch, the second", branches(1, 2), 2 * 260],
    ["a nested transaction: its larger branch", txn(nested(branches(2, 1))), 2 * 258],
    [
      "a nested transaction and what stands beside it",
      txn(put("a"), nested(txn(put("b", "1"), nested(branches(0, 1))))),
      257 + 258 + 260,
    ],
    ["a nested transaction that only reads and deletes", txn(nested(txn())), 0],
    ["a revoke", revoke(1n), 0],
    ["a compaction", compact(1), 0],
    ["a status", status, 0],
  ])("%s", (_, request, cost) => {
    expect(new Quota(0, NO_MISTAKES).cost(request)).toBe(cost);
  });

  test.each([
    ["below the limit", 1000, 1000 - 257 - 1, true],
    ["at the limit", 1000, 1000 - 257, false],
    ["etcd's default", 0, 2 ** 31 - 257 - 1, true],
    ["beyond etcd's default", 0, 2 ** 31 - 257, false],
    ["no limit", -1, Number.MAX_SAFE_INTEGER, true],
  ])("%s", (_, bytes, size, fits) => {
    const quota = new Quota(bytes, NO_MISTAKES);
    expect(quota.fits(size, put("a"))).toBe(fits);
    expect(quota.fits(size, revoke(1n)), "what costs nothing always fits").toBe(true);
  });
});

/** Puts until the database is full; returns how many it took. */
function fill(lone: Lone): number {
  for (let n = 0; n < 1000; n++) {
    const error = lone.error(put(`k${n % 10}`, "x".repeat(2000)));
    if (error !== null) {
      expect(error).toBe(Errors.noSpace);
      return n;
    }
    lone.pass(SECOND);
  }
  throw new Error("it never gets full");
}

describe("a database that is full", () => {
  const quotaBytes = 128 * 1024;

  test("raises the alarm of its member, and refuses at once from then on", () => {
    const lone = new Lone({ quotaBytes });
    const taken = fill(lone);
    expect(taken).toBeGreaterThan(10);
    expect(lone.get(alarms).alarms).toEqual([{ memberId: idOf(1), alarm: "NOSPACE" }]);
    for (const request of [put("a"), txn(put("a")), grant(1n)]) {
      expect(lone.error(request)).toBe(Errors.noSpace);
    }
    expect(lone.get(status).dbSize).toBeLessThanOrEqual(quotaBytes);
  });

  test("is taken into use again by compaction, defragmentation and disarming, and no two of them", () => {
    const lone = new Lone({ quotaBytes });
    fill(lone);
    const full = lone.get(status);
    lone.get(compact(lone.member.view().revision, true));
    lone.pass(SECOND);
    const compacted = lone.get(status);
    expect(compacted.dbSizeInUse).toBeLessThan(full.dbSizeInUse / 2);
    expect(compacted.dbSize, "the file does not shrink").toBeGreaterThanOrEqual(full.dbSize);
    expect(lone.error(put("a"))).toBe(Errors.noSpace);
    lone.get(alarm("DEACTIVATE", "NOSPACE"));
    expect(lone.error(put("a", "x".repeat(2000))), "not defragmented").toBe(Errors.noSpace);
    lone.get(defragment);
    const small = lone.get(status);
    expect(small.dbSize).toBeLessThan(full.dbSize / 2);
    expect(lone.error(put("a")), "not disarmed").toBe(Errors.noSpace);
    lone.get(alarm("DEACTIVATE", "NOSPACE"));
    expect(lone.error(put("a"))).toBeNull();
    expect(fill(lone)).toBeGreaterThan(10);
  });

  const inner = txn(nested(txn(put("inner", "x".repeat(2 * quotaBytes)))));

  test("has no room for what a nested transaction puts", () => {
    const lone = new Lone({ quotaBytes });
    expect(lone.error(inner)).toBe(Errors.noSpace);
    expect(lone.get(alarms).alarms).toEqual([{ memberId: idOf(1), alarm: "NOSPACE" }]);
    expect(lone.member.peek("inner")).toBeNull();
    // Known mistake B6.
    const mistaken = new Lone({ quotaBytes, bugs: ["B6"] });
    expect(mistaken.error(inner)).toBeNull();
    expect(mistaken.get(alarms).alarms).toEqual([]);
  });

  test("takes nothing while the alarm is on, however deep", () => {
    const full = (lone: Lone) => {
      lone.get(alarm("ACTIVATE", "NOSPACE"));
      return lone.error(txn(nested(txn(nested(txn(put("a")))))));
    };
    expect(full(new Lone())).toBe(Errors.noSpace);
    expect(full(new Lone({ bugs: ["B6"] }))).toBeNull();
  });

  test("has no limit if it is set so", () => {
    const lone = new Lone({ quotaBytes: -1 });
    for (let n = 0; n < 100; n++) expect(lone.error(put("a", "x".repeat(9000)))).toBeNull();
  });
});

describe("what was proposed before it was full", () => {
  test("is done, since other members may have room, and answered with an error", () => {
    const tokens = new SimpleTokens(rootRandom(1));
    const backend = Backend.inMemory();
    const machines = new UberApplier(backend, LESSOR_DEFAULTS, null, tokens, NO_MISTAKES, {
      quotaBytes: 1,
    });
    const header = { id: 1, username: "", authRevision: 0 };
    expect(machines.apply({ header, op: put("a") }, 1).error).toBe(Errors.noSpace);
    expect(machines.store.get("a")).not.toBeNull();
    expect(machines.apply({ header, op: grant(3n) }, 2).error).toBe(Errors.noSpace);
    expect(machines.lessor.lookup(3n)).toBeDefined();
    // The request's own error comes first.
    expect(machines.apply({ header, op: grant(3n) }, 3).error).toBe(Errors.leaseExists);
  });

  test("raises the alarm", () => {
    const lone = new Lone();
    lone.get(put("a"));
    // Not in the backend yet: the next process, with less room, applies it once more.
    const again = lone.again({ quotaBytes: 1 });
    expect(again.get(alarms).alarms).toEqual([{ memberId: idOf(1), alarm: "NOSPACE" }]);
    expect(again.member.peek("a")).toBe("");
  });
});

describe("limits", () => {
  test("a request that is too large is not proposed", () => {
    const lone = new Lone({ maxRequestBytes: 1000 });
    expect(lone.error(put("a", "x".repeat(1000)))).toBe(Errors.requestTooLarge);
    expect(lone.error(put("a", "x".repeat(900)))).toBeNull();
  });

  test("nor a transaction of too many operations", () => {
    const lone = new Lone({ maxTxnOps: 2 });
    expect(lone.error(txn(put("a"), put("b"), put("c")))).toBe(Errors.tooManyOps);
    expect(lone.error(txn(put("a"), put("b")))).toBeNull();
  });

  test("nor anything while too much waits to be applied", () => {
    expect(new Lone({ maxApplyLag: -1 }).error(put("a"))).toBe(Errors.tooManyRequests);
    expect(new Lone({ maxApplyLag: 0 }).error(put("a"))).toBeNull();
  });
});
