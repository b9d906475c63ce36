import { describe, expect, it } from "vitest";
import { type ApiError, Errors, GrpcCode } from "../../src/api/errors.ts";

describe("Errors", () => {
  it("have texts and codes of etcd, each text once", () => {
    const all = Object.values(Errors);
    expect(new Set(all.map((e) => e.message)).size).toBe(all.length);
    const { rangeStreamUnknown, rangeStreamSorted, rangeStreamFiltered } = Errors;
    // gRPC's own words, and those of a handler that answers gRPC itself.
    const plain: readonly ApiError[] = [rangeStreamUnknown, rangeStreamSorted, rangeStreamFiltered];
    for (const e of all) {
      expect(e.message.startsWith("etcdserver: ")).toBe(!plain.includes(e));
      expect(GrpcCode).toHaveProperty(e.code);
    }
    expect(Errors.timeout).toEqual({
      code: "Unavailable",
      message: "etcdserver: request timed out",
    });
  });
});
