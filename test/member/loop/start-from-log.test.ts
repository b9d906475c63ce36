import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { LINES, RELEASES } from "../../../src/profile/lines.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { idOf, put } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

const SMALL = { snapshotEntries: 10, catchUpEntries: 2 };
const SNAP = "member/snap";

/** What of raft's snapshots lies in files of their own; the backend's are others. */
const filesOf = (disk: { list(directory: string): readonly string[] }): readonly string[] =>
  disk.list(SNAP).filter((path) => path.endsWith(".snap"));

describe.each(LINES)("a member of %s whose .snap files are gone", (line) => {
  const serverVersion = RELEASES[line];
  const { startsFromLog } = profileOf(serverVersion);

  test("starts: from the last snapshot that its log mentions, or from the log's beginning", () => {
    const lone = new Lone({ ...SMALL, serverVersion });
    for (let i = 0; i < 35; i++) lone.get(put("a", String(i)));
    const { applied, revision, conf, stateHash } = lone.member.view();
    const files = filesOf(lone.memory);
    expect(files.length, "all lines write them").toBeGreaterThan(1);
    for (const path of files) lone.memory.remove(path);
    const again = lone.again({ ...SMALL, serverVersion });
    const recovered = again.events.find((event) => event.kind === "recover");
    expect(recovered?.snapshot.index).toBe(startsFromLog ? Math.floor(applied / 10) * 10 : 0);
    expect(again.member.view()).toMatchObject({ revision, conf, stateHash });
  });

  test("whose log begins behind a leader's snapshot: starts only where the log is asked alone", () => {
    const trio = new Trio({ ...SMALL, serverVersion });
    const [id] = trio.followers;
    trio.cluster.inject({ type: "crash", member: id, disk: "keep" });
    for (let i = 0; i < 40; i++) trio.get(trio.leader, put("a", String(i)));
    trio.cluster.inject({ type: "restart", member: id });
    trio.pass(2 * SECOND);
    expect(trio.cluster.view(id).firstIndex).toBeGreaterThan(30);
    trio.cluster.inject({ type: "crash", member: id, disk: "keep" });
    const { disk } = trio.cluster.node(id);
    for (const path of filesOf(disk)) disk.remove(path);
    trio.cluster.inject({ type: "restart", member: id });
    expect(trio.cluster.node(id).status).toBe(startsFromLog ? "up" : "refused");
    trio.get(trio.leader, put("b", "1"));
    trio.pass(2 * SECOND);
    expect(trio.cluster.node(id).member?.peek("b") ?? null).toBe(startsFromLog ? "1" : null);
  });
});

test.each(LINES)("raft of %s begins with the members of now, or of the last snapshot", (line) => {
  const trio = new Trio({ serverVersion: RELEASES[line] });
  const { leader } = trio;
  // Who wants to remove somebody has had the others connected for 5 seconds.
  trio.pass(6 * SECOND);
  const [gone] = trio.followers;
  trio.get(leader, { type: "memberRemove", request: { id: idOf(gone) } });
  trio.pass(SECOND);
  const { conf } = trio.cluster.view(leader);
  expect(conf.voters).not.toContain(gone);
  trio.cluster.inject({ type: "crash", member: leader, disk: "keep" });
  trio.cluster.inject({ type: "restart", member: leader });
  // Nothing of the log was handed out yet.
  const { voters } = trio.machine(leader).configuration.conf;
  expect(voters).toEqual(profileOf(RELEASES[line]).startsFromLog ? conf.voters : []);
  trio.pass(2 * SECOND);
  expect(trio.cluster.view(leader).conf).toEqual(conf);
});
