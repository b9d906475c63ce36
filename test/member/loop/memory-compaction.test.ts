import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { LINES, type Line, RELEASES } from "../../../src/profile/lines.ts";
import { put } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

const CATCH_UP = 20;
const PUTS = 150;

/** As server/etcdserver/server.go of each release has it; 0: with a snapshot alone. */
const EVERY: Readonly<Record<Line, number>> = { "3.4": 0, "3.5": 0, "3.6": 100, "3.7": 100 };

describe.each(LINES)("raft's log in memory, of %s", (line) => {
  const serverVersion = RELEASES[line];
  const every = EVERY[line];

  test("is compacted as soon as its count of entries is exceeded, or with a snapshot alone", () => {
    const lone = new Lone({ serverVersion, catchUpEntries: CATCH_UP });
    let at = 0;
    for (let i = 0; i < PUTS && at === 0; i++) {
      lone.get(put("a", String(i)));
      const { firstIndex, applied } = lone.member.view();
      if (firstIndex > 1) at = applied;
    }
    expect(at).toBe(every === 0 ? 0 : every + 1);
    expect(lone.member.view().firstIndex).toBe(every === 0 ? 1 : every + 1 - CATCH_UP + 1);
    // What a start needs is all on disk: no snapshot says that it is not.
    expect(lone.memory.list("member/snap").filter((path) => path.endsWith(".snap"))).toEqual([]);
    const again = lone.again({ serverVersion, catchUpEntries: CATCH_UP });
    expect(again.member.view().revision).toBe(lone.member.view().revision);
  });

  test("lacks the first entry from then on, however many may stay", () => {
    const lone = new Lone({ serverVersion });
    for (let i = 0; i < PUTS; i++) lone.get(put("a", String(i)));
    expect(lone.member.view().firstIndex).toBe(every === 0 ? 1 : 2);
  });

  test("keeps what a follower lacks that is behind by less; who is further behind is sent a snapshot", () => {
    for (const [puts, snapshot] of [
      [CATCH_UP - 5, false],
      [PUTS, every > 0],
    ] as const) {
      const trio = new Trio({ serverVersion, catchUpEntries: CATCH_UP });
      const [slow] = trio.followers;
      trio.isolate(slow);
      for (let i = 0; i < puts; i++) trio.get(trio.leader, put("a", String(i)));
      trio.heal();
      trio.pass(5 * SECOND);
      const { applied, firstIndex } = trio.cluster.view(slow);
      expect(applied).toBe(trio.cluster.view(trio.leader).applied);
      expect(firstIndex > 1, `${puts} entries behind`).toBe(snapshot);
    }
  });
});
