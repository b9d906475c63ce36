import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteRangeRequest, rangeRequest } from "../../../src/api/build.ts";
import { concatBytes } from "../../../src/base/bytes.ts";
import { type BoltFile, sourceOf } from "../../../src/bolt/index.ts";
import { databaseOf } from "../../../src/member/backup/database.ts";
import { databaseIn } from "../../../src/member/backup/snapshot-file.ts";
import { memberConfig } from "../../../src/member/config.ts";
import { MEMBER_DEFAULTS } from "../../../src/member/defaults.ts";
import { backupRevision, restoreBackup } from "../../../src/member/loop/restore-backup.ts";
import { foundedBy } from "../../../src/member/membership/founding.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { type Content, contentOf, open as openBolt } from "../../bolt/support.ts";
import { JUDGES } from "../../differential/setting.ts";
import { MemoryDisk } from "../../support/memory-disk.ts";
import { RealEtcd } from "../../support/real-etcd.ts";
import { grant, idOf, put, snapshot } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";
import { Trio } from "../support/three-members.ts";

const CONFIG = memberConfig(MEMBER_DEFAULTS, 1, [1]);
const BUMP = 1000;

const remove = (key: string) =>
  ({ type: "deleteRange", request: deleteRangeRequest(key) }) as const;
const read = (revision = 0) =>
  ({ type: "range", request: rangeRequest("a", { rangeEnd: "z", revision }) }) as const;

/** Some keys, one of them deleted and one on a lease, up to revision 8. */
function filled(): Lone {
  const lone = new Lone();
  lone.get(grant(7n));
  for (const [key, value] of ["a1", "b1", "a2", "c1", "c2"].map((text) => [text[0], text[1]])) {
    lone.get(put(key as string, value));
  }
  lone.get(remove("b"));
  lone.get({ type: "put", request: { ...put("d", "1").request, lease: 7n } });
  return lone;
}

function restored(bump: number): Lone {
  const { blob } = filled().get(snapshot);
  const disk = new MemoryDisk();
  restoreBackup(CONFIG, disk, blob, bump);
  return new Lone({}, disk);
}

describe("a restored backup", () => {
  test("holds what was saved, in a log of its own", () => {
    const lone = restored(0);
    const { header, kvs } = lone.get(read());
    expect(header.revision).toBe(8);
    expect(kvs.map(({ key }) => key)).toEqual(["a", "c", "d"]);
    expect(lone.get(read(4)).kvs.map(({ key }) => key)).toEqual(["a", "b"]);
    const { members } = lone.get({ type: "memberList", request: { linearizable: false } });
    expect(members.map(({ id }) => id)).toEqual([idOf(1)]);
    // Its founding, the snapshot that holds it, and an entry of its first leader.
    const { raftTerm, raftIndex } = lone.get({ type: "status", request: {} });
    expect([raftTerm, raftIndex]).toEqual([2, 2]);
    expect(lone.get(put("e", "1")).header.revision).toBe(9);
    const leases = lone.get({ type: "leaseTimeToLive", request: { id: 7n, keys: true } });
    expect(leases.keys).toEqual(["d"]);
  });

  test("goes on at a later revision, and is compacted there, if that is wanted", () => {
    const lone = restored(BUMP);
    const { header, kvs } = lone.get(read());
    expect(header.revision).toBe(8 + BUMP);
    expect(kvs.map(({ key, modRevision }) => [key, modRevision])).toEqual([
      ["a", 4],
      ["c", 6],
      ["d", 8],
    ]);
    for (const revision of [4, 8, 7 + BUMP]) {
      expect(lone.error(read(revision))?.message).toMatch(/required revision has been compacted/);
    }
    expect(lone.get(put("e", "1")).header.revision).toBe(9 + BUMP);
  });

  test("knows the members that it was restored for, and no others", () => {
    const trio = new Trio();
    const { blob } = trio.get(trio.leader, snapshot);
    const disk = new MemoryDisk();
    restoreBackup(CONFIG, disk, blob, 0);
    const { members, header } = new Lone({}, disk).get({
      type: "memberList",
      request: { linearizable: false },
    });
    expect(members.map(({ id }) => id)).toEqual([idOf(1)]);
    expect(header.clusterId).toBe(foundedBy([1], MEMBER_DEFAULTS.clusterToken));
  });

  test("is not made of one that is damaged", () => {
    const { blob } = filled().get(snapshot);
    expect(backupRevision(blob)).toBe(8);
    expect(backupRevision(blob.slice(0, -1))).toBe(
      "snapshot missing hash but --skip-hash-check=false",
    );
    for (const at of [5, 5000, blob.length - 1]) {
      const changed = blob.slice();
      changed[at] = (changed[at] as number) ^ 1;
      expect(backupRevision(changed)).toMatch(/^expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}$/);
    }
  });
});

const judges = JUDGES.filter(({ folder }) => existsSync(join(folder, "etcdutl")));
if (judges.length === 0) test.skip("as etcdutl restores it: no etcdutl here", () => undefined);

describe.each(judges)("as etcdutl $version restores it", ({ version, folder }) => {
  const root = mkdtempSync(join(tmpdir(), "detcd-restore-"));
  const file = join(root, "backup");

  beforeAll(async () => {
    const etcd = await RealEtcd.startOf(folder, join(root, "first"));
    for (const [key, value] of ["a1", "b1", "a2", "c1", "c2"].map((text) => [text[0], text[1]])) {
      etcd.ctl(["put", key as string, value as string]);
    }
    etcd.ctl(["del", "b"]);
    const lease = etcd.ctl(["lease", "grant", "1000"]).split(" ")[1] as string;
    etcd.ctl(["put", "d", "1", `--lease=${lease}`]);
    etcd.ctl(["snapshot", "save", file]);
    await etcd.stop();
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test.each([0, BUMP])("with its revisions bumped by %i", async (bump) => {
    const directory = join(root, `restored-${bump}`);
    const flags = bump === 0 ? [] : [`--bump-revision=${bump}`, "--mark-compacted"];
    const args = ["snapshot", "restore", file, "--data-dir", directory, ...flags];
    expect(spawnSync(join(folder, "etcdutl"), args).status).toBe(0);
    const theirs = databaseIn(sourceOf(readFileSync(join(directory, "member/snap/db"))), true);

    const settings = { serverVersion: version };
    const config = memberConfig({ ...MEMBER_DEFAULTS, ...settings }, 1, [1]);
    const disk = new MemoryDisk();
    restoreBackup(config, disk, new Uint8Array(readFileSync(file)), bump);
    const backend = Backend.open(disk, "member/snap/db");
    expect(databaseContent(openBolt(concatBytes([...databaseOf(backend)])))).toEqual(
      databaseContent(theirs),
    );

    const etcd = await RealEtcd.startOf(folder, directory, "--force-new-cluster");
    try {
      const lone = new Lone(settings, disk);
      const json = (...command: string[]) => JSON.parse(etcd.ctl([...command, "-w", "json"]));
      const kvs = json("get", "a", "z").kvs as { mod_revision: number; version: number }[];
      const ours = lone.get(read());
      expect(kvs.map((kv) => [kv.mod_revision, kv.version])).toEqual(
        ours.kvs.map((kv) => [kv.modRevision, kv.version]),
      );
      expect(json("get", "a").header.revision).toBe(ours.header.revision);
      const error = () => etcd.ctl(["get", "a", "--rev=7"]);
      if (bump === 0) expect(error).not.toThrow();
      else expect(error).toThrow(/required revision has been compacted/);
      expect(lone.error(read(7)) === null).toBe(bump === 0);
      etcd.ctl(["put", "e", "1"]);
      lone.get(put("e", "1"));
      expect(json("get", "a").header.revision).toBe(lone.get(read()).header.revision);
    } finally {
      await etcd.stop();
    }
  });
});

/** What a database holds, but for the member that it was restored for and the entries of its log. */
function databaseContent(file: BoltFile): unknown {
  const { members, meta, ...others } = contentOf(file.root) as Record<string, Content>;
  return {
    ...others,
    members: Object.keys(members ?? {}).length,
    meta: {
      ...meta,
      confState: Object.keys(JSON.parse(String(meta?.["confState"]))),
      storageVersion: "",
    },
  };
}
