import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { DataMonitor, type DataMonitorOptions } from "../../../src/check/data-monitor.ts";
import { del, put, Tale } from "../tale.ts";

/** Client 1's key with lease aa made revision 2, client 2's with lease bb revision 3. */
function queue(): Tale {
  const tale = new Tale();
  for (const [index, lease] of ["aa", "bb"].entries()) {
    tale.lease(1, "grant", lease, 10).apply(1, index + 1, 1);
  }
  return tale
    .change(1, 3, 2, put("lock/aa", "", 2, { lease: "aa" }))
    .change(1, 4, 3, put("lock/bb", "", 3, { lease: "bb" }));
}

const expires = (tale: Tale): Tale =>
  tale
    .wait(10 * SECOND)
    .lease(1, "revoke", "aa")
    .change(1, 5, 4, del("lock/aa"));

const judge = (tale: Tale, options: DataMonitorOptions = {}) => {
  const monitor = tale.play(new DataMonitor(options));
  return {
    found: monitor.violations.map((v) => `${v.invariant}: ${v.text}`),
    counts: monitor.holds.counts,
  };
};

describe("a lock", () => {
  test("goes from one to the next", () => {
    const tale = queue().hold(1, "acquire", 2).hold(1, "release", 2).hold(2, "acquire", 3);
    tale.hold(2, "release", 3).hold(1, "acquire", 9).hold(9, "acquire", 3, "another");
    expect(judge(tale)).toEqual({ found: [], counts: { acquired: 4, overlaps: 0, lost: 0 } });
  });

  test("is not held by two", () => {
    const { found, counts } = judge(queue().hold(1, "acquire", 2).hold(2, "acquire", 3));
    expect(counts.overlaps).toBe(1);
    expect(found).toEqual([
      'mutual-exclusion: client 2 acquired "lock" (fence 3) while client 1 holds it since ' +
        "0.009s (#9) (fence 2)",
    ]);
  });

  test("is held by two, as far as they know, if the first slept over its lease", () => {
    const tale = expires(queue().hold(1, "acquire", 2))
      .hold(2, "acquire", 3)
      .hold(1, "lost", 2);
    expect(judge(tale)).toEqual({ found: [], counts: { acquired: 2, overlaps: 1, lost: 1 } });
  });

  test("is held so, too, if the first one's revision was compacted away meanwhile", () => {
    const tale = expires(queue().hold(1, "acquire", 2)).compact(1, 6, 4, 4);
    tale.hold(2, "acquire", 3).hold(1, "lost", 2);
    expect(judge(tale)).toEqual({ found: [], counts: { acquired: 2, overlaps: 1, lost: 1 } });
  });

  test("is not held by two whose revisions were compacted away, while both their leases live", () => {
    const tale = queue()
      .hold(1, "acquire", 2)
      .change(1, 5, 4, put("x", "", 4));
    const { found } = judge(tale.compact(1, 6, 4, 4).hold(2, "acquire", 5));
    expect(found).toEqual([expect.stringContaining("mutual-exclusion: client 2 acquired")]);
  });

  test("is held by two, as far as they know, if one was stopped", () => {
    const tale = queue().hold(1, "acquire", 2).hold(2, "acquire", 3);
    const paused = (client: number) => client === 1;
    expect(judge(tale, { paused })).toMatchObject({ found: [], counts: { overlaps: 1 } });
  });

  test("is got late, with a lower fence, by one whose lease is over", () => {
    const tale = expires(queue()).hold(2, "acquire", 3).hold(1, "acquire", 2);
    expect(judge(tale)).toMatchObject({ found: [], counts: { overlaps: 1 } });
  });

  test("is not got with a lower fence", () => {
    const tale = queue().hold(2, "acquire", 3).hold(2, "release", 3).hold(1, "acquire", 2);
    expect(judge(tale).found).toEqual([
      'fences-grow: client 1 acquired "lock" with fence 2, after client 2 had it with fence 3 ' +
        "at 0.009s (#9)",
    ]);
  });

  test("is not got with the fence of somebody else, whatever happened", () => {
    const tale = expires(queue()).hold(1, "acquire", 2).hold(1, "release", 2).hold(2, "acquire", 2);
    expect(judge(tale).found).toHaveLength(1);
    expect(judge(tale).found[0]).toMatch(/^fences-grow: client 2 acquired "lock" with fence 2/);
  });
});
