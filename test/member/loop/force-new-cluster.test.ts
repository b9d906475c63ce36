import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { forceNewCluster } from "../../../src/member/loop/force-new-cluster.ts";
import { NO_MISTAKES } from "../../../src/museum/switches.ts";
import { CURRENT_PROFILE } from "../../../src/profile/profile.ts";
import {
  decodeConfChange,
  encodeConfChange,
  encodeConfChangeV2,
} from "../../../src/raft/pb/index.ts";
import {
  ConfChangeTransition,
  ConfChangeType,
  EMPTY,
  EMPTY_CONF_STATE,
  type Entry,
  EntryType,
} from "../../../src/raft/types.ts";
import { put } from "../support/asks.ts";
import { Trio } from "../support/three-members.ts";

const { AddNode, AddLearnerNode, RemoveNode } = ConfChangeType;

const plain = (index: number): Entry => ({ term: 2, index, type: EntryType.Normal, data: EMPTY });
const changed = (index: number, type: ConfChangeType, nodeId: number): Entry => ({
  ...{ term: 2, index, type: EntryType.ConfChange },
  data: encodeConfChange({ id: 0, type, nodeId, context: EMPTY }),
});
const state = (commit: number) => ({ term: 5, vote: 3, commit });
const CONF = { ...EMPTY_CONF_STATE, voters: [1, 2, 3], learners: [4] };

/** What the added entries do, as `index type node`. */
function force(id: number, commit: number, entries: readonly Entry[], applied = 0) {
  const config = { id, clusterToken: "token", profile: CURRENT_PROFILE, mistakes: NO_MISTAKES };
  const log = forceNewCluster(config, CONF, state(commit), entries, applied);
  if (log === null) return null;
  expect(log.entries.slice(log.entries.length - log.added.length)).toEqual(log.added);
  return {
    commit: log.hardState.commit,
    kept: log.entries.length - log.added.length,
    added: log.added.map(({ index, term, data }) => {
      expect(term).toBe(5);
      const { type, nodeId } = decodeConfChange(data);
      return [index, type, nodeId];
    }),
  };
}

describe("the log of a member that goes on alone", () => {
  test("ends where it knows of a commit, and with the removal of all others", () => {
    expect(force(3, 12, [plain(11), plain(12), plain(13)])).toEqual({
      ...{ commit: 15, kept: 2 },
      added: [
        [13, RemoveNode, 1],
        [14, RemoveNode, 2],
        [15, RemoveNode, 4],
      ],
    });
  });

  test("knows who came and went since the snapshot", () => {
    const entries = [changed(11, RemoveNode, 2), changed(12, AddLearnerNode, 7)];
    const late = changed(13, AddNode, 8);
    expect(force(3, 12, [...entries, late])?.added).toEqual([
      [13, RemoveNode, 1],
      [14, RemoveNode, 4],
      [15, RemoveNode, 7],
    ]);
  });

  test("begins with itself where it is none of them: a configuration needs a voter", () => {
    expect(force(9, 11, [plain(11)])?.added).toEqual([
      [12, AddNode, 9],
      [13, RemoveNode, 1],
      [14, RemoveNode, 2],
      [15, RemoveNode, 3],
      [16, RemoveNode, 4],
    ]);
  });

  test("keeps what the backend holds, whatever the log knows to be committed", () => {
    expect(force(3, 11, [plain(11), plain(12), plain(13)], 12)).toMatchObject({
      ...{ commit: 15, kept: 2 },
      added: [[13, RemoveNode, 1], {}, {}],
    });
  });

  test("can't be made of a joint configuration", () => {
    const { JointExplicit, Auto } = ConfChangeTransition;
    const change = (index: number, joint: boolean): Entry => ({
      ...{ term: 2, index, type: EntryType.ConfChangeV2 },
      data: encodeConfChangeV2({
        transition: joint ? JointExplicit : Auto,
        changes: joint ? [{ type: AddNode, nodeId: 8 }] : [],
        context: EMPTY,
      }),
    });
    expect(force(3, 11, [change(11, true)])).toBeNull();
    expect(force(3, 12, [change(11, true), change(12, false)])).not.toBeNull();
  });
});

test("the members that were removed are listed no more, not even after another start", () => {
  const trio = new Trio();
  for (let i = 0; i < 10; i++) trio.get(trio.leader, put("a", "1"));
  trio.pass(SECOND);
  // Their commit need not be durable in the log.
  for (const id of trio.ids) trio.cluster.inject({ type: "crash", member: id, disk: "lose" });
  trio.cluster.inject({ type: "force-new-cluster", member: 3 });
  trio.pass(5 * SECOND);
  const listed = () =>
    trio
      .machine(3)
      .configuration.membership.list()
      .map(({ node }) => node);
  expect(listed()).toEqual([3]);
  expect(trio.get(3, put("a", "2")).header.revision).toBe(12);
  trio.restart(3);
  trio.pass(5 * SECOND);
  expect(listed()).toEqual([3]);
  expect(trio.leader).toBe(3);
});
