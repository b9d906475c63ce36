import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import type { StateMachine } from "../../../src/member/apply/state-machine.ts";
import { SNAP_DIRECTORY, WAL_DIRECTORY } from "../../../src/member/loop/recover.ts";
import { ConfChangeType, EMPTY } from "../../../src/raft/types.ts";
import { parseSnapName, parseWalName } from "../../../src/wal/index.ts";
import { ALONE, Lone } from "../support/lone-member.ts";

/** Its learner is never switched on. */
class Quiet extends Lone {
  override get peers() {
    return { ...ALONE, send: () => undefined };
  }
}

const SETTINGS = {
  strictReconfigCheck: false,
  snapshotEntries: 5,
  catchUpEntries: 0,
  segmentBytes: 2000,
};

const add = (node: number) =>
  ({
    type: "memberAdd",
    request: { peerUrls: [`http://m${node}:2380`], isLearner: true },
  }) as const;

function machineOf(lone: Lone): StateMachine {
  return (lone.member as unknown as { readonly machine: StateMachine }).machine;
}

function refusedBy(lone: Lone): readonly number[] {
  const { membership } = machineOf(lone).configuration as unknown as {
    readonly membership: { readonly refused: ReadonlySet<number> };
  };
  return [...membership.refused];
}

function filesIn(lone: Lone, directory: string): string[] {
  return lone.memory.list(directory).filter((path) => path.startsWith(`${directory}/`));
}

const baseOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

function oldestOnDisk(lone: Lone): number {
  const indexes = filesIn(lone, WAL_DIRECTORY).map((path) => parseWalName(baseOf(path))?.index);
  return Math.min(...indexes.filter((index) => index !== undefined));
}

/** One learner is all there may be; the log decides that, so that every further one is in it. */
function muchRefused(settings: Partial<typeof SETTINGS> = {}): { lone: Quiet; all: number[] } {
  const lone = new Quiet({ ...SETTINGS, ...settings });
  lone.get(add(4));
  const all: number[] = [];
  for (let node = 5; node < 100; node++) {
    expect(lone.error(add(10 + (node % 50)))).toBe(Errors.tooManyLearners);
    all.push(lone.member.view().applied);
  }
  return { lone, all };
}

describe("the refused changes of membership that a member remembers", () => {
  test("are those that it still has in its log, no more and no fewer", () => {
    const { lone, all } = muchRefused();
    const oldest = oldestOnDisk(lone);
    const kept = refusedBy(lone);
    expect(kept.length).toBeLessThan(60);
    expect(kept).toEqual(all.filter((index) => index >= Math.min(oldest, kept[0] ?? 0)));
    expect(kept).toEqual(expect.arrayContaining(all.filter((index) => index >= oldest)));
    expect(refusedBy(new Quiet(SETTINGS, lone.memory))).toEqual(kept);
  });

  test("are all while the log has not been cut", () => {
    const { lone, all } = muchRefused({ segmentBytes: 1_000_000 });
    expect(refusedBy(lone)).toEqual(all);
  });

  test.each([0, 1, 3, 4])("suffice to start with the newest %i snapshots broken", (broken) => {
    const { lone } = muchRefused();
    // Where it stopped is in the backend, and the log is handed out again up to there.
    const snapshots = filesIn(lone, SNAP_DIRECTORY)
      .filter((path) => parseSnapName(baseOf(path)) !== null)
      .sort()
      .reverse();
    expect(snapshots.length).toBe(5);
    for (const path of snapshots.slice(0, broken)) lone.memory.put(path, new Uint8Array([1, 2, 3]));
    const again = new Quiet(SETTINGS, lone.memory);
    expect(again.member.view().conf).toMatchObject({ voters: [1], learners: [expect.any(Number)] });
    expect(again.member.view().conf).toEqual(lone.member.view().conf);
  });
});

test("what a member remembers of them is not in its hash: others may have forgotten it", () => {
  const lone = new Quiet(SETTINGS);
  const { hash } = lone.get({ type: "hash", request: {} });
  const { configuration, store } = machineOf(lone);
  const { membership } = configuration;
  membership.change(
    { id: 1, type: ConfChangeType.RemoveNode, nodeId: 77, context: EMPTY },
    1_000_000,
  );
  store.backend.commit();
  expect(refusedBy(lone)).toEqual([1_000_000]);
  expect(lone.get({ type: "hash", request: {} }).hash).toBe(hash);
});
