import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import { SECOND } from "../../../src/base/time.ts";
import { RefuseToStart } from "../../../src/member/loop/recover.ts";
import {
  decideClusterVersion,
  downgradeIsOver,
} from "../../../src/member/monitors/version-decisions.ts";
import {
  compareVersions,
  mayChange,
  parseClusterVersion,
  parseVersion,
  type Version,
} from "../../../src/member/monitors/versions.ts";
import { type Line, RELEASES } from "../../../src/profile/lines.ts";
import { CURRENT_PROFILE, profileOf } from "../../../src/profile/profile.ts";
import { downgrade, idOf, moveLeader } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

const v = (text: string): Version => parseVersion(text) as Version;

describe("versions", () => {
  test.each([
    ["3.4.23", "3.4.0"],
    ["3.4", "3.4.0"],
    ["3.6.0-rc.1", "3.6.0"],
    ["3.6.1+build", "3.6.0"],
    ["3", null],
    ["v3.4.0", null],
    ["3.4.x", null],
    ["", null],
  ])("%j is read as the cluster version %j", (text, meant) => {
    expect(parseClusterVersion(text)).toEqual(meant === null ? null : v(meant));
  });

  test.each([
    ["3.4.1", "3.4.2", -1],
    ["3.10.0", "3.9.9", 1],
    ["4.0.0", "3.9.9", 1],
    ["3.4.1", "3.4.1", 0],
  ])("%s and %s are compared by number", (a, b, sign) => {
    expect(Math.sign(compareVersions(v(a), v(b)))).toBe(sign);
  });

  test.each([
    ["3.4.0", "3.5.0", true],
    ["3.4.0", "3.7.0", true],
    ["3.4.0", "3.3.0", true],
    ["3.4.0", "3.2.0", false],
    ["3.4.0", "4.0.0", false],
    ["3.4.0", "3.4.0", false],
  ])("a cluster may go from %s to %s: %s", (from, to, may) => {
    expect(mayChange(v(from), v(to))).toBe(may);
  });
});

describe("the cluster's version becomes", () => {
  test.each<[string, string | null, string | null, (string | null)[], string | null]>([
    ["the oldest member's", null, null, ["3.5.2", "3.4.23"], "3.4.0"],
    ["the oldest there is if somebody does not tell", null, null, ["3.5.2", null], "3.0.0"],
    ["no other one then", "3.4.0", null, ["3.5.2", null], null],
    ["a newer one when all have it", "3.4.0", null, ["3.5.2", "3.5.1"], "3.5.0"],
    ["no older one by itself", "3.5.0", null, ["3.5.2", "3.4.23"], null],
    ["no other one for nothing", "3.5.0", null, ["3.5.2", "3.5.23"], null],
    ["a downgrade's target", "3.5.0", "3.4.0", ["3.5.2", "3.5.2"], "3.4.0"],
    ["no other one once it is that", "3.4.0", "3.4.0", ["3.5.2", "3.4.0"], null],
    ["no target that is not allowed", "3.5.0", "3.3.0", ["3.5.2"], null],
  ])("%s", (_, present, target, members, decided) => {
    const version = (text: string | null) => (text === null ? null : v(text));
    const result = decideClusterVersion(
      version(present),
      version(target),
      members.map(version),
      CURRENT_PROFILE,
    );
    expect(result).toEqual(version(decided));
  });

  test.each<[Line, string | null, string | null]>([
    ["3.4", null, null],
    ["3.5", null, "3.4.0"],
    ["3.6", "3.4.0", null],
  ])(
    "in %s %s where a downgrade to 3.4 is under way, %s where one member is older",
    (line, a, b) => {
      const profile = profileOf(RELEASES[line]);
      const five = [v("3.5.35"), v("3.5.35")];
      const underway = decideClusterVersion(v("3.5.0"), v("3.4.0"), five, profile);
      const older = decideClusterVersion(v("3.5.0"), null, [v("3.5.35"), v("3.4.23")], profile);
      expect([underway, older]).toEqual([a, b].map((text) => (text === null ? null : v(text))));
    },
  );

  test("a downgrade is over when all members are there", () => {
    expect(downgradeIsOver(v("3.4.0"), [v("3.4.23"), v("3.4.1")])).toBe(true);
    expect(downgradeIsOver(v("3.4.0"), [v("3.4.23"), v("3.5.1")])).toBe(false);
    expect(downgradeIsOver(v("3.4.0"), [v("3.4.23"), null])).toBe(false);
  });
});

describe("the leader decides the cluster's version", () => {
  test("as soon as it leads, on all members, once", () => {
    const trio = new Trio({ monitorVersions: true, serverVersion: "3.4.23" });
    for (const id of trio.ids) expect(trio.machine(id).cluster.version).toEqual(v("3.4.0"));
    const { lastIndex } = trio.cluster.view(trio.leader);
    trio.pass(30 * SECOND);
    expect(trio.cluster.view(trio.leader).lastIndex).toBe(lastIndex);
  });

  test("in one round of questions at a time, however often it is elected meanwhile", () => {
    const trio = new Trio({ monitorVersions: true, serverVersion: "3.4.23" });
    const { leader } = trio;
    const [next, silent] = trio.followers;
    trio.isolate(silent);
    trio.pass(5 * SECOND);
    // Its question to the silent member is still open.
    trio.get(leader, moveLeader(idOf(next)));
    trio.pass(SECOND / 2);
    trio.get(next, moveLeader(idOf(leader)));
    trio.pass(SECOND / 2);
    expect(trio.leader).toBe(leader);
    trio.heal();
    trio.pass(20 * SECOND);
    expect(trio.leader).toBe(leader);
    let asked = 0;
    const { peers } = trio.cluster.node(leader);
    const ask = peers.rpc.bind(peers);
    peers.rpc = (...rest) => {
      asked++;
      ask(...rest);
    };
    trio.pass(20 * SECOND);
    expect(asked).toBeGreaterThanOrEqual(8);
    expect(asked).toBeLessThanOrEqual(10);
  });

  test("anew when all members were replaced by newer ones; older ones do not start then", () => {
    const lone = new Lone({ monitorVersions: true, serverVersion: "3.4.23" });
    lone.pass(SECOND);
    const newer = lone.again({ monitorVersions: true, serverVersion: "3.5.9" });
    newer.pass(5 * SECOND);
    expect(newer.get(downgrade("VALIDATE", "3.4")).version).toBe("3.5.0");
    expect(() => newer.again({ serverVersion: "3.4.23" })).toThrow(RefuseToStart);
    expect(() => newer.again({ serverVersion: "3.4.23" })).toThrow(
      "cluster cannot be downgraded (current version: 3.4.23 is lower than determined cluster version: 3.5)",
    );
  });
});

describe("a downgrade", () => {
  test("needs a cluster version to begin with", () => {
    const lone = new Lone();
    expect(lone.error(downgrade("VALIDATE", "3.3"))).toBe(Errors.clusterVersionUnavailable);
    expect(lone.error(downgrade("CANCEL"))).toBe(Errors.clusterVersionUnavailable);
  });

  test("is refused for each of etcd's reasons, and can be called off", () => {
    const lone = new Lone({ monitorVersions: true, serverVersion: "3.6.16" });
    lone.pass(SECOND);
    for (const action of ["VALIDATE", "ENABLE"] as const) {
      expect(lone.error(downgrade(action, "three"))).toBe(Errors.wrongDowngradeVersionFormat);
      expect(lone.error(downgrade(action, "3.4"))).toBe(Errors.invalidDowngradeTargetVersion);
      expect(lone.error(downgrade(action, "3.6"))).toBe(Errors.invalidDowngradeTargetVersion);
    }
    expect(lone.get(downgrade("CANCEL")).version, "there is none").toBe("3.6");
    expect(lone.get(downgrade("VALIDATE", "3.5.1")).version).toBe("3.6");
    expect(lone.get(downgrade("ENABLE", "3.5")).version).toBe("3.6");
    expect(lone.error(downgrade("ENABLE", "3.5"))).toBe(Errors.downgradeInProcess);
    expect(lone.error(downgrade("VALIDATE", "3.5"))).toBe(Errors.downgradeInProcess);
    expect(lone.get(downgrade("CANCEL")).version).toBe("3.6");
    expect(lone.get(downgrade("CANCEL")).version, "there is none").toBe("3.6");
  });

  test("lowers the cluster's version, lets older members start, and ends by itself", () => {
    const settings = { monitorVersions: true, serverVersion: "3.6.16" };
    const lone = new Lone(settings);
    lone.pass(SECOND);
    const snapshots = () =>
      lone.memory.list("member/snap").filter((path) => path.endsWith(".snap"));
    lone.get(downgrade("ENABLE", "3.5"));
    expect(snapshots()).toEqual([]);
    lone.pass(5 * SECOND);
    // What is in the log until then may be for newer members alone.
    expect(snapshots().length).toBe(1);
    expect(lone.error(downgrade("ENABLE", "3.4"))).toBe(Errors.downgradeInProcess);
    const older = lone.again({ ...settings, serverVersion: "3.5.35" });
    older.pass(SECOND);
    expect(older.error(downgrade("CANCEL")), "there is none").toBe(Errors.noInflightDowngrade);
    expect(older.get(downgrade("VALIDATE", "3.4")).version).toBe("3.5.0");
  });
});
