import { describe, expect, test } from "vitest";
import { leaseIdHex } from "../../../src/api/lease-id.ts";
import { complaints, smallRun } from "./small-run.ts";

const QUIET = "when: nothing pending";

describe("a lease whose client chooses its id", () => {
  test.each(["7", "-7", '"9223372036854775807"', '"-9223372036854775808"'])("of %s", (id) => {
    const { named } = smallRun([`lease: { ttl: 5s, as: L, id: ${id} }`, QUIET], {
      expect: ["lease alive: L"],
    });
    const { response } = named("L");
    const granted = response?.type === "leaseGrant" ? String(response.response.id) : "";
    expect(granted).toBe(id.replaceAll('"', ""));
  });

  test("is known before the grant's answer", () => {
    const steps = [
      "lease: { ttl: 5s, as: L, id: 7 }",
      "keep-alive: L",
      "after: 1ms\n    put: { key: a, value: 1, lease: L }\n    expect: { pending: L }",
      "time-to-live: { lease: L, as: left }",
      QUIET,
      "revoke: L",
      "when: { lease gone: L }",
    ];
    smallRun(steps, { expect: ["acknowledged: [a, left, revoke L]", "value: { a: null }"] });
  });

  test("is not there while nobody granted it", () => {
    const stopped = ["crash: m2", "crash: m3", "lease: { ttl: 5s, as: L, id: 7 }"];
    expect(() => smallRun(stopped, { expect: ["lease alive: L"] })).toThrow("L was never granted");
    expect(() => smallRun([...stopped, "when: { lease gone: L }\n    within: 2s"])).toThrow(
      "waited 2s in vain",
    );
  });

  test.each([
    ["0", "0 is no number of a lease: it has 64 bits, and is not 0"],
    ["1.5", "expected the number of a lease, such as 7, found 1.5"],
    ["seven", "seven is no number of a lease"],
    ['"9223372036854775808"', "9223372036854775808 is no number of a lease"],
  ])("is not of %s", (id, text) => {
    expect(complaints(`lease: { ttl: 5s, as: L, id: ${id} }`)).toEqual([
      expect.stringContaining(text),
    ]);
  });
});

describe("of leases with one name", () => {
  test("the newest is meant", () => {
    const steps = [
      "lease: { ttl: 60s, as: L, id: 7 }",
      QUIET,
      "lease: { ttl: 60s, as: L }",
      QUIET,
      "put: { key: a, value: 1, lease: L }",
      QUIET,
      "revoke: L",
      QUIET,
    ];
    const { world } = smallRun(steps, { expect: ["value: { a: null }"] });
    const records = world.history.clientRecord.leases;
    expect(records.get(leaseIdHex(7n))?.revokedAt).toBeNull();
    expect(records.size).toBe(2);
  });

  test("an answer to the older one, that comes late, counts no more", () => {
    const steps = [
      "pause-client: 2",
      "lease: { ttl: 60s, as: L, client: 2 }",
      "lease: { ttl: 60s, as: L }",
      "when: { answered: L }",
      "resume-client: 2",
      QUIET,
    ];
    const { world } = smallRun(steps);
    expect(world.clients.lease("L").client).toBe(1);
  });

  test("other things may not have the name, too", () => {
    const lease = "lease: { ttl: 5s, as: L }";
    const problem = 'step 3 has something called "L" already';
    expect(complaints(lease, lease)).toEqual([]);
    expect(complaints(lease, "get: { key: a, as: L }")).toEqual([problem]);
    expect(complaints("get: { key: a, as: L }", lease)).toEqual([problem]);
  });
});
