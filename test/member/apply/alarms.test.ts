import { describe, expect, test } from "vitest";
import { deleteRangeRequest, rangeRequest } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import type { ServiceRequest } from "../../../src/api/requests.ts";
import { SECOND } from "../../../src/base/time.ts";
import { Alarms, alarmText } from "../../../src/member/apply/alarms.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { alarm, alarms, compact, grant, idOf, put, revoke, status, txn } from "../support/asks.ts";
import { Lone, type LoneSettings } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

const remove = (key: string) =>
  ({ type: "deleteRange", request: deleteRangeRequest(key) }) as const;
const read = (key: string) => ({ type: "range", request: rangeRequest(key) }) as const;
const NESTED: ServiceRequest = txn({
  type: "txn",
  request: { compare: [], success: [put("n")], failure: [] },
});
const NO_OP = txn(remove("nothing"));
const ON_FAILURE: ServiceRequest = {
  type: "txn",
  request: { compare: [], success: [], failure: [put("f")] },
};

describe("while an alarm is on", () => {
  test.each<[string, ServiceRequest, boolean, boolean]>([
    // what, request, refused for want of space, refused as corrupt
    ["a put", put("a"), true, true],
    ["a transaction with a put", txn(put("a")), true, true],
    ["one that would put in the other branch", ON_FAILURE, true, true],
    ["one that puts in a nested transaction", NESTED, true, true],
    ["one that only deletes", NO_OP, false, true],
    ["a delete", remove("a"), false, true],
    ["a grant", grant(7n), true, true],
    ["a revoke", revoke(5n), false, true],
    ["a compaction", compact(2), false, true],
    ["a read", read("a"), false, false],
    ["a transaction that only reads", txn(read("a")), false, false],
    ["a question for the alarms", alarms, false, false],
    ["a question for the status", status, false, false],
  ])("%s is refused or done as in etcd", (_, request, noSpace, corrupt) => {
    for (const [type, refused, error] of [
      ["NOSPACE", noSpace, Errors.noSpace],
      ["CORRUPT", corrupt, Errors.corrupt],
    ] as const) {
      const lone = new Lone();
      lone.get(put("old"));
      lone.get(grant(5n));
      lone.get(alarm("ACTIVATE", type));
      expect(lone.error(request), type).toBe(refused ? error : null);
      lone.get(alarm("DEACTIVATE", type));
      expect(lone.error(put("b")), "disarmed").toBeNull();
    }
  });

  test("disarming one leaves the other on", () => {
    const lone = new Lone();
    lone.get(alarm("ACTIVATE", "NOSPACE"));
    lone.get(alarm("ACTIVATE", "CORRUPT"));
    expect(lone.error(put("a"))).toBe(Errors.corrupt);
    lone.get(alarm("DEACTIVATE", "CORRUPT"));
    // etcd 3.4 forgets the other alarm here until it restarts; later ones do not.
    expect(lone.error(put("a"))).toBe(Errors.noSpace);
  });

  test("another member's counts as much, and so does nobody's", () => {
    const lone = new Lone();
    for (const memberId of [2n, 0n]) {
      lone.get(alarm("ACTIVATE", "NOSPACE", memberId));
      lone.get(alarm("DEACTIVATE", "NOSPACE", idOf(1)));
      expect(lone.error(put("a"))).toBe(Errors.noSpace);
      lone.get(alarm("DEACTIVATE", "NOSPACE", memberId));
      expect(lone.error(put("a"))).toBeNull();
    }
  });
});

describe("alarms are answered", () => {
  test("with those that the request was about", () => {
    const lone = new Lone();
    const told = (request: ReturnType<typeof alarm>) =>
      lone.get(request).alarms.map((a) => `${a.memberId} ${a.alarm}`);
    expect(told(alarms)).toEqual([]);
    expect(told(alarm("ACTIVATE", "NOSPACE"))).toEqual([`${idOf(1)} NOSPACE`]);
    expect(told(alarm("ACTIVATE", "NOSPACE"))).toEqual([`${idOf(1)} NOSPACE`]);
    expect(told(alarm("ACTIVATE", "CORRUPT", 3n))).toEqual(["3 CORRUPT"]);
    expect(told(alarms)).toEqual(["3 CORRUPT", `${idOf(1)} NOSPACE`]);
    expect(told(alarm("GET", "CORRUPT"))).toEqual(["3 CORRUPT"]);
    expect(told(alarm("DEACTIVATE", "CORRUPT", idOf(1)))).toEqual([]);
    expect(told(alarm("DEACTIVATE", "CORRUPT", 3n))).toEqual(["3 CORRUPT"]);
    expect(told(alarm("DEACTIVATE", "CORRUPT", 3n))).toEqual([]);
    expect(told(alarm("DEACTIVATE", "NONE", 0n))).toEqual([]);
    expect(told(alarms)).toEqual([`${idOf(1)} NOSPACE`]);
    expect(lone.get(status).errors).toEqual([`memberID:${idOf(1)} alarm:NOSPACE`]);
  });

  test.each<[bigint, "NONE" | "NOSPACE" | "CORRUPT", string]>([
    [5n, "NOSPACE", "memberID:5 alarm:NOSPACE"],
    [0n, "CORRUPT", "alarm:CORRUPT"],
    [5n, "NONE", "memberID:5"],
    [0n, "NONE", ""],
  ])("in Go's words in a status (%s %s)", (memberId, type, text) => {
    expect(alarmText({ memberId, alarm: type }, profileOf("3.7.3"))).toBe(text);
    const older = text === "" ? "" : `${text} `;
    expect(alarmText({ memberId, alarm: type }, profileOf("3.6.16"))).toBe(older);
  });

  test.each([0n, 5n])("one without a kind is none (of %s)", (memberId) => {
    const lone = new Lone();
    expect(lone.get(alarm("ACTIVATE", "NONE", memberId)).alarms).toEqual([]);
    expect(lone.get(alarms).alarms).toEqual([]);
  });

  test("and told to the trace when they change, not when they are repeated", () => {
    const lone = new Lone();
    for (const action of ["ACTIVATE", "ACTIVATE", "GET", "DEACTIVATE", "DEACTIVATE"] as const) {
      lone.get(alarm(action, "CORRUPT", idOf(1)));
    }
    const told = lone.events.filter((event) => event.kind === "alarm");
    expect(told).toMatchObject([
      { member: 1, alarm: "CORRUPT", of: 1, active: true },
      { member: 1, alarm: "CORRUPT", of: 1, active: false },
    ]);
  });
});

describe("alarms last", () => {
  test("in the backend, as the protobuf that etcd makes of them", () => {
    const backend = Backend.inMemory();
    const first = new Alarms(backend.bucket("alarm"));
    first.activate({ memberId: 300n, alarm: "CORRUPT" });
    first.activate({ memberId: 0n, alarm: "NOSPACE" });
    const pairs: [string, number][] = [];
    backend.bucket("alarm").forEach((key, value) => {
      pairs.push([key, value.length]);
    });
    expect(pairs).toEqual([
      ["\x08\xac\x02\x10\x02", 0],
      ["\x10\x01", 0],
    ]);
    const again = new Alarms(Backend.ofBytes(backend.image()).bucket("alarm"));
    expect(again.get("NONE")).toEqual(first.get("NONE"));
  });

  test.each<[string, LoneSettings, number]>([
    ["from the log", {}, 0],
    ["from the backend", {}, SECOND],
    ["from the backend and a snapshot", { snapshotEntries: 3, catchUpEntries: 1 }, 0],
  ])("over a restart, %s", (_, settings, committedIn) => {
    const lone = new Lone(settings);
    for (let i = 0; i < 10; i++) lone.get(put(`k${i}`));
    lone.get(alarm("ACTIVATE", "NOSPACE"));
    lone.pass(committedIn);
    const again = lone.again(settings);
    expect(again.error(put("a"))).toBe(Errors.noSpace);
    again.get(alarm("DEACTIVATE", "NOSPACE"));
    again.get(put("b"));
    again.pass(committedIn);
    const third = again.again(settings);
    expect(third.get(alarms).alarms).toEqual([]);
    expect(third.error(put("a"))).toBeNull();
  });

  test("in a snapshot: a member that gets one refuses what the others do", () => {
    const trio = new Trio({ snapshotEntries: 10, catchUpEntries: 2 });
    trio.pass(SECOND);
    trio.isolate(3);
    for (let n = 0; n < 20; n++) trio.get(trio.leader === 3 ? 1 : trio.leader, put(`k${n}`));
    const { leader } = trio;
    trio.get(leader, alarm("ACTIVATE", "NOSPACE", 2n));
    for (let n = 0; n < 30; n++) trio.get(leader, remove(`k${n}`));
    expect(trio.machine(3).alarms.count).toBe(0);
    trio.heal();
    trio.pass(10 * SECOND);
    expect(trio.machine(3).alarms.get("NONE")).toEqual([{ memberId: 2n, alarm: "NOSPACE" }]);
    expect(trio.error(3, put("a"))).toBe(Errors.noSpace);
    trio.pass(SECOND);
    expect(new Set(trio.cluster.views().map(({ stateHash }) => stateHash)).size).toBe(1);
  });
});
