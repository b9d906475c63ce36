import { describe, expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import type { KeyValue, ResponseHeader, ServiceRequest } from "../../src/api/requests.ts";
import { requestSizeAbove, responseSizeAbove } from "../../src/api/wire/call-size.ts";
import { binaryToBytes } from "../../src/base/bytes.ts";

/** Sizes are those in the errors of a real etcd 3.6.5 and its client. */

describe("the size of a request is told where it is above a limit", () => {
  const add = (url: string): ServiceRequest => ({
    type: "memberAdd",
    request: { peerUrls: [url, "x"], isLearner: true },
  });

  test.each<[ServiceRequest, number]>([
    [op.put("a", "x".repeat(2097151)), 2097158],
    [op.put("a", "x".repeat(2097152)), 2097160],
    [op.put("p", "y".repeat(2000)), 2006],
    [op.txn([], [op.put("p", "y".repeat(2000))]), 2012],
    [add("h".repeat(200)), 203 + 3 + 2],
    [{ type: "memberUpdate", request: { id: 1n << 63n, peerUrls: ["é".repeat(100)] } }, 11 + 203],
    [{ type: "downgrade", request: { action: "ENABLE", version: "3".repeat(300) } }, 2 + 303],
  ])("%#", (request, size) => {
    expect(requestSizeAbove(request, size)).toBe(0);
    expect(requestSizeAbove(request, size - 1)).toBe(size);
  });
});

describe("the size of a response is told where it is above a limit", () => {
  const header: ResponseHeader = {
    clusterId: 13915718962799377783n,
    memberId: 9798502074856375577n,
    revision: 14,
    raftTerm: 2,
  };
  /** As it stands in the parts of a transaction. */
  const inner: ResponseHeader = { clusterId: 0n, memberId: 0n, revision: 14, raftTerm: 0 };
  const kv = (key: string, length = 1000): KeyValue => ({
    key,
    createRevision: 11,
    modRevision: 11,
    version: 1,
    value: binaryToBytes("x".repeat(length)),
    lease: 0n,
  });
  const three = [kv("k1"), kv("k2"), kv("k3")];
  const range = (kvs: readonly KeyValue[], of: ResponseHeader) =>
    ({ type: "range", response: { header: of, kvs, more: false, count: kvs.length } }) as const;

  test.each([
    [range([kv("k1")], header), 1046],
    [range(three, header), 3078],
    [{ type: "put", response: { header, prevKv: kv("k1") } } as const, 1044],
    [
      {
        type: "deleteRange",
        response: { header, deleted: 3, prevKvs: [kv("k1", 1), kv("k2"), kv("k3")] },
      } as const,
      2077,
    ],
    [
      {
        type: "txn",
        response: {
          header,
          succeeded: true,
          responses: [
            range([kv("q0")], inner),
            { type: "put", response: { header: inner, prevKv: null } },
            range(three, inner),
          ],
        },
      } as const,
      4126,
    ],
  ])("%#", (response, size) => {
    expect(responseSizeAbove(response, size)).toBe(0);
    expect(responseSizeAbove(response, size - 1)).toBe(size);
  });
});
