import { describe, expect, test } from "vitest";
import { smallRun } from "./small-run.ts";

const WIDE = "puts: { count: 300, every: 1ms, bytes: 3KiB, open: true, to: leader, only: true }";

const run = (steps: readonly string[], etcd = "3.7") =>
  smallRun([WIDE, "settle: 6s", ...steps], {
    cluster: `members: 3, etcd: ${etcd}`,
    expect: ["logs equal"],
  }).named("s");

describe("a range in parts", () => {
  test("is of one revision beside writes, and as linearizable as any read", () => {
    const { outcome, response } = run([
      "get: { key: k*, stream: true, as: s }",
      "puts: { count: 40, every: 500us, key: k%d, value: later, client: 2, open: true }",
      "settle: 9s",
    ]);
    expect(outcome).toBe("ok");
    if (response?.type !== "range") throw new Error("no range");
    const { kvs, count } = response.response;
    expect([kvs.length, count]).toEqual([300, 300]);
    const later = kvs.filter(({ modRevision }) => modRevision > 301).length;
    expect(response.response.header.revision).toBe(301 + later);
  });

  test("that breaks half-way is not begun again", () => {
    const { outcome, error } = run([
      "get: { key: k*, stream: true, to: m2, serializable: true, as: s }",
      "after: 2ms\n    crash: m2",
      "settle: 9s",
    ]);
    expect([outcome, error]).toEqual(["fail", "connection lost"]);
  });

  test("is refused by members before 3.7", () => {
    const { outcome, error } = run(["get: { key: k*, stream: true, as: s }", "settle: 9s"], "3.6");
    expect(outcome).toBe("fail");
    expect(error).toBe("unknown method RangeStream for service etcdserverpb.KV");
  });
});
