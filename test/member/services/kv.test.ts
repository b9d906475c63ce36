import { describe, expect, test } from "vitest";
import { rangeRequest } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import type { RequestOp } from "../../../src/api/requests.ts";
import { alarm, put, status, txn } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";

const get = (key: string): RequestOp => ({ type: "range", request: rangeRequest(key) });
const nested = (...ops: readonly RequestOp[]): RequestOp => ({
  type: "txn",
  request: txn(...ops).request,
});

describe("a transaction that only reads", () => {
  const cases = [
    ["of ranges", txn(get("a"), get("b")), 0],
    ["of nothing", txn(), 0],
    ["with a nested one, as in etcd", txn(nested(get("a"))), 1],
    [
      "with one that is nested in the branch not taken",
      { ...txn(), request: { ...txn().request, failure: [nested()] } },
      1,
    ],
  ] as const;

  test.each(cases)("goes through the log or past it: %s", (_, request, entries) => {
    const lone = new Lone();
    lone.get(put("a", "1"));
    const before = lone.get(status).raftIndex;
    expect(lone.get(request).header.revision).toBe(2);
    expect(lone.get(status).raftIndex - before).toBe(entries);
  });

  test.each(cases)(
    "is answered by a corrupt member, unless the log brings it: %s",
    (_, request, entries) => {
      const lone = new Lone();
      lone.get(alarm("ACTIVATE", "CORRUPT"));
      expect(lone.error(request)).toBe(entries > 0 ? Errors.corrupt : null);
    },
  );
});
