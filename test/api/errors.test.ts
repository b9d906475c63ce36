import { describe, expect, it } from "vitest";
import { Errors, GrpcCode } from "../../src/api/errors.ts";

describe("Errors", () => {
  it("have texts and codes of etcd, each text once", () => {
    const all = Object.values(Errors);
    expect(new Set(all.map((e) => e.message)).size).toBe(all.length);
    for (const e of all) {
      expect(e.message).toMatch(/^etcdserver: \S/);
      expect(GrpcCode).toHaveProperty(e.code);
    }
    expect(Errors.timeout).toEqual({
      code: "Unavailable",
      message: "etcdserver: request timed out",
    });
  });
});
