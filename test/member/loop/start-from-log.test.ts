import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { LINES, type Line, RELEASES } from "../../../src/profile/lines.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { RealEtcd, releases } from "../../support/real-etcd.ts";
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

const AT_ONCE = 50;

/** The flags that make a log short, and how many writes go beyond it. */
const SHORT: Readonly<Record<Line, readonly [writes: number, ...flags: string[]]>> = {
  // Nobody can change that it keeps 5,000 entries.
  "3.4": [5_200],
  "3.5": [300, "--experimental-snapshot-catchup-entries=5"],
  "3.6": [300, "--snapshot-catchup-entries=5"],
  "3.7": [300, "--snapshot-catchup-entries=5"],
};

const here = new Map(releases().map(({ version, folder }) => [version, folder]));

describe.each(LINES)("beside a real etcd of %s", (line) => {
  const release = RELEASES[line];
  const folder = here.get(release);

  test.skipIf(folder === undefined)(
    `who began with a leader's snapshot and has lost its file${folder === undefined ? ` (skipped: no etcd ${release})` : ""}`,
    async () => {
      const root = mkdtempSync(join(tmpdir(), "detcd-start-"));
      const [writes, ...flags] = SHORT[line];
      const running: RealEtcd[] = [];
      try {
        const [first, second, last] = (await RealEtcd.cluster(
          folder as string,
          root,
          3,
          "--snapshot-count=50",
          ...flags,
        )) as [RealEtcd, RealEtcd, RealEtcd];
        running.push(first, second, last);
        await last.stop();
        for (let i = 0; i < writes; i += AT_ONCE) {
          await Promise.all(Array.from({ length: AT_ONCE }, () => write(first)));
        }
        const behind = last.again();
        running.push(behind);
        expect(await behind.answers()).toBe(true);
        const snapshots = join(root, "m3", SNAP);
        const files = () => readdirSync(snapshots).filter((file) => file.endsWith(".snap"));
        while (files().length === 0) await new Promise((done) => setTimeout(done, 50));
        await behind.stop();
        for (const file of files()) rmSync(join(snapshots, file));
        const again = behind.again();
        running.push(again);
        expect(await again.answers()).toBe(profileOf(release).startsFromLog);
        if (!again.alive) expect(again.log).toContain("slice bounds out of range");
      } finally {
        await Promise.all(running.map((etcd) => etcd.stop()));
        rmSync(root, { recursive: true, force: true });
      }
    },
  );
});

async function write({ endpoint }: RealEtcd): Promise<void> {
  const body = JSON.stringify({ key: "YQ==", value: "dg==" });
  const response = await fetch(`${endpoint}/v3/kv/put`, { method: "POST", body });
  expect(response.status).toBe(200);
  await response.text();
}
