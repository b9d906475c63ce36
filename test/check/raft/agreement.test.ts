import { describe, expect, test } from "vitest";
import { DataMonitor } from "../../../src/check/data-monitor.ts";
import { put, Tale } from "../tale.ts";

const A = put("a", "1", 2);

/** Entry 1 makes revision 2, entry 2 compacts the store there, on m1 and m2. */
const settled = (): Tale =>
  new Tale().boot([1, 2, 3]).change([1, 2], 1, 2, A).compact([1, 2], 2, 2, 2);

function judge(tale: Tale, members = [1, 2, 3]): string[] {
  const monitor = tale.play(new DataMonitor());
  monitor.finish({ seq: 9, at: tale.now, members, delivered: 0 });
  return monitor.violations.map((v) => `${v.member} ${v.invariant}: ${v.text}`);
}

describe("in the end", () => {
  const GOOD: readonly [string, () => Tale][] = [
    ["all are equal", () => settled().change(3, 1, 2, A).compact(3, 2, 2, 2)],
    [
      "one that was sent a snapshot is equal",
      () =>
        settled().emit({
          kind: "restore",
          member: 3,
          index: 2,
          term: 1,
          hash: 2000,
          revision: 2,
          conf: {},
        }),
    ],
    ["one that is down is not asked", () => settled().change(3, 1, 2, A).crash(3)],
    [
      "one that told nothing since it started is not known",
      () => settled().change(3, 1, 2, A).reboot(3, { term: 1, vote: 0, commit: 1, applied: 1 }),
    ],
  ];
  for (const [name, tale] of GOOD) test(name, () => expect(judge(tale())).toEqual([]));

  const BAD: readonly [string, string, () => Tale][] = [
    ["one is behind", "at entry 1; member 1 at entry 2", () => settled().change(3, 1, 2, A)],
    [
      "one has another revision",
      "at revision 3; member 1 at revision 2",
      () => settled().change(3, 1, 2, A).apply(3, 2, 1, { revision: 3 }),
    ],
    [
      "one did not compact",
      "compacted at revision 0; member 1 compacted at revision 2",
      () => settled().change(3, 1, 2, A).apply(3, 2, 1, { revision: 2 }),
    ],
    [
      "one has another state",
      "with state 77; member 1 with state 2000",
      () =>
        settled()
          .change(3, 1, 2, A)
          .emit({ kind: "compact", member: 3, index: 2, revision: 2 })
          .apply(3, 2, 1, { revision: 2, hash: 77 }),
    ],
  ];
  for (const [name, how, tale] of BAD) {
    test(`not: ${name}`, () => {
      expect(judge(tale())).toEqual([`3 agreement: member 3 ended ${how}`]);
      expect(judge(tale(), [1, 2])).toEqual([]);
    });
  }
});
