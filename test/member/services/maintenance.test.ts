import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import type { ServiceRequest } from "../../../src/api/requests.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import { NEVER, SECOND } from "../../../src/base/time.ts";
import { sourceOf } from "../../../src/bolt/index.ts";
import { readDatabase } from "../../../src/member/backup/read-database.ts";
import { databaseIn } from "../../../src/member/backup/snapshot-file.ts";
import { MEMBER_DEFAULTS } from "../../../src/member/defaults.ts";
import { foundedBy } from "../../../src/member/membership/founding.ts";
import { healthOf } from "../../../src/member/services/health-body.ts";
import { Store } from "../../../src/mvcc/store.ts";
import { CrashSignal } from "../../support/memory-disk.ts";
import {
  AUTH_ON,
  alarm,
  alarms,
  compact,
  defragment,
  downgrade,
  grant,
  hash,
  hashKv,
  idOf,
  moveLeader,
  put,
  signIn,
  snapshot,
  status,
  txn,
} from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

describe("status", () => {
  test("tells how the member is", () => {
    const lone = new Lone();
    lone.get(put("a"));
    lone.pass(SECOND);
    const { commit, applied, term } = lone.member.view();
    expect(lone.get(status)).toEqual({
      header: {
        clusterId: foundedBy([1], MEMBER_DEFAULTS.clusterToken),
        memberId: idOf(1),
        revision: 2,
        raftTerm: term,
      },
      version: "3.7.3",
      dbSize: 20480,
      dbSizeInUse: 16384,
      leader: idOf(1),
      raftIndex: commit,
      raftTerm: term,
      raftAppliedIndex: applied,
      errors: [],
      isLearner: false,
      // Nobody has decided the cluster's version: what can be told is that there is a term.
      storageVersion: "3.5.0",
      dbSizeQuota: 2 ** 31,
      downgradeInfo: { enabled: false, targetVersion: "" },
    });
  });

  test("tells the storage's version since 3.6, the quota, and a downgrade under way", () => {
    const told = (lone: Lone) => {
      const { storageVersion, dbSizeQuota, downgradeInfo } = lone.get(status);
      const written = storageVersion === "3.5.0" ? "" : storageVersion;
      expect(lone.get(snapshot).version).toBe(written);
      return [storageVersion, dbSizeQuota, downgradeInfo];
    };
    const settings = { monitorVersions: true, quotaBytes: 1_000_000 };
    const lone = new Lone({ ...settings, serverVersion: "3.6.4" });
    lone.pass(SECOND);
    const none = { enabled: false, targetVersion: "" };
    expect(told(lone)).toEqual(["3.6.0", 1_000_000, none]);
    lone.get(downgrade("ENABLE", "3.5"));
    const down = { enabled: true, targetVersion: "3.5.0" };
    expect(told(lone)).toEqual(["3.6.0", 1_000_000, down]);
    lone.pass(5 * SECOND);
    expect(told(lone)).toEqual(["3.5.0", 1_000_000, down]);
    expect(new Lone({ serverVersion: "3.5.35" }).get(status).downgradeInfo).toBeNull();
  });

  test("tells the quota that is in force: etcd's own where none is given, none where there is none", () => {
    expect(new Lone({ quotaBytes: 0 }).get(status).dbSizeQuota).toBe(2 ** 31);
    expect(new Lone({ quotaBytes: -1 }).get(status).dbSizeQuota).toBe(-1);
  });

  test("of a member without a leader says so, before its alarms", () => {
    const trio = new Trio();
    trio.get(1, alarm("ACTIVATE", "NOSPACE", idOf(2)));
    trio.pass(SECOND);
    trio.isolate(3);
    trio.pass(5 * SECOND);
    const { errors, leader } = trio.get(3, status);
    expect(errors).toEqual(["etcdserver: no leader", `memberID:${idOf(2)} alarm:NOSPACE`]);
    expect(leader).toBe(0n);
    expect(trio.get(1, status).errors).toEqual([`memberID:${idOf(2)} alarm:NOSPACE`]);
  });
});

describe("hashes", () => {
  test("are equal on all members, and another after a write", () => {
    const trio = new Trio();
    trio.get(1, put("a", "1"));
    trio.pass(SECOND);
    const of = () => trio.ids.map((id) => [trio.get(id, hash).hash, trio.get(id, hashKv(0)).hash]);
    const [one, two, three] = of();
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    trio.get(1, put("a", "2"));
    trio.pass(SECOND);
    const [later] = of();
    expect(later?.[0]).not.toBe(one?.[0]);
    expect(later?.[1]).not.toBe(one?.[1]);
    expect(trio.get(2, hashKv(2)).hash, "at an older revision").toBe(one?.[1]);
  });

  test("at compacted revisions are told as they were when the compaction came there", () => {
    const lone = new Lone();
    const told = (revision: number, of = lone) => {
      const { hash: value, compactRevision, hashRevision } = of.get(hashKv(revision));
      return [value, compactRevision, hashRevision];
    };
    for (const value of ["1", "2", "3"]) lone.get(put("a", value));
    lone.get(compact(3, true));
    // The numbers are etcd 3.7.3's, for the same puts and compactions.
    const first = [535221974, -1, 3];
    expect(told(3)).toEqual(first);
    const known = lone.again();
    expect(told(3, known), "after a restart it is not known any more").toEqual([1483641527, 3, 3]);
  });

  test("at compacted revisions outlive later compactions, ten of them", () => {
    const lone = new Lone();
    const told = (revision: number) => lone.get(hashKv(revision));
    for (const value of ["1", "2", "3"]) lone.get(put("a", value));
    lone.get(compact(3, true));
    lone.get(put("a", "4"));
    lone.get(compact(4, true));
    expect(told(4)).toMatchObject({ hash: 1619834972, compactRevision: 3 });
    expect(told(3)).toMatchObject({ hash: 535221974, compactRevision: -1, hashRevision: 3 });
    for (let n = 0; n < 8; n++) {
      lone.get(put("a", "more"));
      lone.get(compact(lone.member.view().revision, true));
    }
    expect(told(3), "the tenth").toMatchObject({ hash: 535221974, header: { revision: 13 } });
    lone.get(put("a", "more"));
    lone.get(compact(14, true));
    expect(lone.error(hashKv(3))).toBe(Errors.compacted);
    expect(told(4).hash).toBe(1619834972);
    // Known mistake M13, as before 3.5.5.
    const mistaken = new Lone({ bugs: ["M13"] });
    for (const value of ["1", "2", "3"]) mistaken.get(put("a", value));
    mistaken.get(compact(3, true));
    expect(mistaken.error(hashKv(3))).toBe(Errors.compacted);
  });

  test("of revisions that are gone or to come are refused", () => {
    const lone = new Lone();
    for (let n = 0; n < 5; n++) lone.get(put("a"));
    lone.get(compact(4, true));
    expect(lone.error(hashKv(3))).toBe(Errors.compacted);
    expect(lone.error(hashKv(7))).toBe(Errors.futureRevision);
    expect(lone.get(hashKv(0))).toMatchObject({
      header: { revision: 6 },
      compactRevision: 4,
      hashRevision: 6,
    });
    expect(lone.get(hashKv(5))).toMatchObject({ header: { revision: 6 }, hashRevision: 5 });
  });
});

describe("a snapshot", () => {
  test("is a backend that has everything, and goes on from there", () => {
    const lone = new Lone();
    lone.get(put("a", "1"));
    lone.get(alarm("ACTIVATE", "CORRUPT", 9n));
    const { blob, header } = lone.get(snapshot);
    const backend = readDatabase(databaseIn(sourceOf(blob)));
    const store = new Store(backend);
    expect(store.revision).toBe(header.revision);
    expect(backend.consistentIndex).toBe(lone.member.view().applied);
    expect(bytesToBinary(store.get("a")?.value ?? new Uint8Array(0))).toBe("1");
    expect(backend.bucket("alarm").size).toBe(1);
  });
});

describe("a defragmentation", () => {
  /** What a member has after these writes; enough of them for several commits. */
  const fill = (lone: Lone) => {
    for (let n = 0; n < 5; n++) {
      lone.get(put(`k${n % 3}`, `${n}`));
      if (n % 2 === 0) lone.pass(SECOND);
    }
    lone.get(grant(5n));
  };

  test("that a crash cuts short at any disk operation leaves a member as it was", () => {
    const steps: string[] = [];
    for (let commands = 0; ; commands++) {
      const lone = new Lone();
      fill(lone);
      const { stateHash, revision } = lone.member.view();
      lone.memory.commandsLeft = commands;
      let done = false;
      try {
        lone.get(defragment);
        done = true;
      } catch (error) {
        if (!(error instanceof CrashSignal)) throw error;
      }
      for (const { label, disk } of lone.memory.crashStates()) {
        const again = new Lone({}, disk);
        expect(again.member.view(), `${commands}: ${label}`).toMatchObject({ stateHash, revision });
        expect(again.get(put("more")).header.revision).toBe(revision + 1);
        steps.push(label);
      }
      if (done) break;
    }
    expect(steps.length).toBeGreaterThan(10);
  });

  test("that finds no room for the copy says so, and changes nothing", () => {
    const lone = new Lone();
    fill(lone);
    lone.pass(SECOND);
    const { stateHash } = lone.member.view();
    const append = lone.memory.append.bind(lone.disk);
    lone.memory.append = (file, bytes) => {
      if (file.endsWith(".tmp")) lone.memory.full = true;
      append(file, bytes);
    };
    expect(lone.error(defragment)).toEqual({ code: "Unknown", message: "no space left on device" });
    lone.memory.append = append;
    lone.memory.full = false;
    expect(lone.stopReason).toBe("");
    expect(lone.disk.list("member/snap").filter((file) => file.endsWith(".tmp"))).toEqual([]);
    lone.get(put("more"));
    lone.pass(SECOND);
    lone.get(defragment);
    expect(lone.again().member.view().revision).toBe(lone.member.view().revision);
    expect(lone.member.view().stateHash).not.toBe(stateHash);
  });

  test("W10: that commits without the position has entries applied twice after a crash", () => {
    const revisions = [[], ["W10"]].map((bugs) => {
      const lone = new Lone({ bugs });
      // The entries that found the cluster are committed, and the position behind them.
      lone.pass(SECOND);
      for (let n = 0; n < 3; n++) lone.get(put("a"));
      // Those are not: the defragmentation's own commit is their first.
      lone.get(defragment);
      return [lone.member.view().revision, lone.again({ bugs }).member.view().revision];
    });
    expect(revisions).toEqual([
      [4, 4],
      [4, 7],
    ]);
  });

  test.each([
    [[], true],
    [["W15"], false],
  ] as const)("that waits while a snapshot is installed is of the new data (%j)", (bugs, right) => {
    const trio = new Trio({ bugs, snapshotEntries: 20, catchUpEntries: 5 });
    trio.isolate(3);
    for (let n = 0; n < 50; n++) trio.get(1, put(`k${n}`));
    trio.heal();
    const asked = trio.askWhileInstalling(3, defragment);
    expect(asked).toBeGreaterThan(0);
    trio.pass(3 * SECOND);
    const { stateHash } = trio.cluster.view(1);
    expect(trio.cluster.view(3).stateHash).toBe(stateHash);
    trio.isolate(3);
    trio.restart(3);
    expect(trio.cluster.view(3).stateHash === stateHash).toBe(right);
  });
});

describe("moving the leader", () => {
  test("is asked of the leader, and done when the other leads", () => {
    const trio = new Trio();
    const [follower, other] = trio.followers;
    expect(trio.error(follower, moveLeader(idOf(other)))).toBe(Errors.notLeader);
    expect(trio.error(trio.leader, moveLeader(9n))).toBe(Errors.badLeaderTransferee);
    expect(trio.error(trio.leader, moveLeader(2n ** 63n))).toBe(Errors.badLeaderTransferee);
    const before = trio.leader;
    expect(trio.error(before, moveLeader(idOf(before)))).toBeNull();
    trio.get(before, moveLeader(idOf(follower)));
    expect(trio.cluster.view(before).lead).toBe(follower);
    trio.pass(20 * SECOND);
    expect(trio.leader).toBe(follower);
  });

  test("to a member that does not answer takes as long as the client waits", () => {
    const trio = new Trio();
    const [follower] = trio.followers;
    trio.isolate(follower);
    const patient = trio.send(trio.leader, moveLeader(idOf(follower)), 30 * SECOND);
    const hasty = trio.send(trio.leader, moveLeader(idOf(follower)), 2 * SECOND);
    trio.pass(2 * SECOND);
    expect(trio.replyTo(hasty)?.error).toBe(Errors.timeoutLeaderTransfer);
    trio.pass(27 * SECOND);
    expect(trio.answered(patient)).toBe(false);
    trio.pass(SECOND);
    expect(trio.replyTo(patient)?.error).toBe(Errors.timeoutLeaderTransfer);
  });

  test("is done if that member leads in the end, however it came to that", () => {
    const trio = new Trio();
    const [follower] = trio.followers;
    trio.isolate(follower);
    const asked = trio.send(trio.leader, moveLeader(idOf(follower)));
    trio.pass(20 * SECOND);
    trio.heal();
    trio.pass(SECOND);
    expect(trio.answered(asked)).toBe(false);
    trio.get(trio.leader, moveLeader(idOf(follower)));
    trio.pass(SECOND);
    expect(trio.leader).toBe(follower);
    expect(trio.replyTo(asked)).toEqual({
      response: { type: "moveLeader", response: {} },
      error: null,
    });
  });
});

describe("a token whose entry is not applied here", () => {
  test("is waited for as long as the client waits", () => {
    const trio = new Trio();
    for (const step of AUTH_ON) trio.get(trio.leader, step);
    const [follower] = trio.followers;
    trio.pass(SECOND);
    trio.isolate(follower);
    const { token } = trio.get(trio.leader, signIn("root", "r"));
    const asked = trio.send(follower, status, NEVER, token);
    const hasty = trio.send(follower, status, 20 * SECOND, token);
    trio.pass(20 * SECOND);
    expect(trio.answered(asked)).toBe(false);
    expect(trio.replyTo(hasty)?.error).toBe(Errors.invalidAuthToken);
    trio.heal();
    trio.pass(SECOND);
    expect(trio.replyTo(asked)?.error).toBeNull();
  });
});

describe("with authentication", () => {
  const asks: readonly [string, ServiceRequest, boolean][] = [
    ["the status", status, false],
    ["the alarms", alarms, false],
    ["raising an alarm", alarm("ACTIVATE", "CORRUPT"), true],
    ["disarming one", alarm("DEACTIVATE", "CORRUPT"), true],
    ["the list of leases", { type: "leaseLeases", request: {} }, false],
    ["a lease's renewal", { type: "leaseKeepAlive", request: { id: 7n } }, false],
    ["a lease's time", { type: "leaseTimeToLive", request: { id: 7n, keys: false } }, false],
    ["a defragmentation", defragment, true],
    ["the hash", hash, true],
    ["the hash of the keys", hashKv(0), true],
    ["a snapshot", snapshot, true],
    ["moving the leader", moveLeader(idOf(1)), true],
    ["a downgrade", downgrade("VALIDATE", "3.6"), true],
  ];

  test.each(asks)("%s is root's alone, or any user's", (_, request, rootOnly) => {
    const lone = new Lone({ monitorVersions: true });
    lone.pass(SECOND);
    for (const step of AUTH_ON) lone.get(step);
    const ann = lone.get(signIn("ann", "a")).token;
    const root = lone.get(signIn("root", "r")).token;
    expect(lone.error(request, "")).toBe(Errors.userEmpty);
    expect(lone.error(request, "no.1")).toBe(Errors.invalidAuthToken);
    expect(lone.error(request, ann)).toBe(rootOnly ? Errors.permissionDenied : null);
    expect(lone.error(request, root)).toBeNull();
  });

  test("A8: strangers see members, alarms and leases, raise alarms and renew leases", () => {
    const lone = new Lone({ monitorVersions: true, bugs: ["A8"] });
    lone.pass(SECOND);
    for (const step of AUTH_ON) lone.get(step);
    const refused = asks.filter(([, request]) => lone.error(request, "") === Errors.userEmpty);
    expect(refused.map(([what]) => what)).toEqual([
      "a defragmentation",
      "the hash",
      "the hash of the keys",
      "a snapshot",
      "moving the leader",
      "a downgrade",
    ]);
  });
});

describe("health", () => {
  const well = {
    alarms: [],
    exclude: [],
    hasLeader: true,
    readError: null,
    serializable: false,
  } as const;
  const noSpace = { memberId: 1n, alarm: "NOSPACE" } as const;
  const corrupt = { memberId: 1n, alarm: "CORRUPT" } as const;

  test.each([
    ["all is well", well, ""],
    ["an alarm", { ...well, alarms: [noSpace] }, "ALARM NOSPACE"],
    ["one that is excluded", { ...well, alarms: [noSpace], exclude: ["NOSPACE"] as const }, ""],
    [
      "another than that",
      { ...well, alarms: [noSpace, corrupt], exclude: ["NOSPACE"] as const },
      "ALARM CORRUPT",
    ],
    [
      "an alarm of no kind",
      { ...well, alarms: [{ memberId: 1n, alarm: "NONE" }] as const },
      "ALARM UNKNOWN",
    ],
    ["no leader", { ...well, hasLeader: false }, "RAFT NO LEADER"],
    ["no leader, and nobody minds", { ...well, hasLeader: false, serializable: true }, ""],
    [
      "a read that fails",
      { ...well, readError: Errors.timeout },
      "RANGE ERROR:etcdserver: request timed out",
    ],
    ["the alarm first", { ...well, hasLeader: false, alarms: [corrupt] }, "ALARM CORRUPT"],
  ])("%s", (_, question, reason) => {
    expect(healthOf(question)).toEqual({ health: reason === "", reason });
  });
});

describe("a defragmentation asked of a leader whose disk is slow", () => {
  test("waits until the log has what was applied, so that a crash does not leave the data ahead", () => {
    const trio = new Trio();
    const { leader } = trio;
    const slow = { syncMinUs: 2 * SECOND, syncMeanUs: 2 * SECOND, syncMaxUs: 2 * SECOND };
    trio.cluster.inject({ type: "disk-slow", member: leader, options: slow });
    trio.get(leader, put("a", "1"));
    // The others have it, which is enough; the leader itself has not.
    const asked = trio.send(leader, defragment);
    trio.pass(SECOND);
    expect(trio.answered(asked)).toBe(false);
    trio.pass(5 * SECOND);
    expect(trio.answered(asked)).toBe(true);
    trio.get(leader, put("b", "1"));
    trio.send(leader, defragment);
    trio.pass(SECOND / 2);
    trio.restart(leader);
    trio.pass(10 * SECOND);
    expect(new Set(trio.cluster.views().map(({ stateHash }) => stateHash)).size).toBe(1);
  });
});

describe("a physical compaction", () => {
  test("is answered when the rows are gone, however long that takes", () => {
    const lone = new Lone();
    const keys = Array.from({ length: 100 }, (_, n) => put(`k${n}`));
    for (let round = 0; round < 31; round++) lone.get(txn(...keys));
    const callId = lone.begin(compact(lone.get(status).header.revision, true));
    // Longer than any proposal is waited for, in one step of at most a thousand rows.
    lone.now += 10 * SECOND;
    lone.member.wake(lone.now);
    expect(lone.replyTo(callId)).toBeUndefined();
    lone.pass(SECOND);
    expect(lone.replyTo(callId)?.error).toBeNull();
  });
});
