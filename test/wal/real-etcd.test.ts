import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putRequest } from "../../src/api/build.ts";
import type { InternalRaftRequest } from "../../src/api/requests.ts";
import {
  decodeInternalRaftRequest,
  encodeInternalRaftRequest,
} from "../../src/api/wire/internal-raft-request.ts";
import { bytesToBinary, toHex } from "../../src/base/bytes.ts";
import { ProtobufReader, ProtobufWriter } from "../../src/base/protobuf.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import { NO_MISTAKES } from "../../src/museum/switches.ts";
import { profileOf } from "../../src/profile/profile.ts";
import {
  decodeConfChange,
  decodeEntry,
  decodeHardState,
  encodeConfChange,
  encodeHardState,
  NodeIdTable,
  readConfState,
} from "../../src/raft/pb/index.ts";
import { ConfChangeType, type ConfState, type Entry, EntryType } from "../../src/raft/types.ts";
import { WalDecoder } from "../../src/wal/decoder.ts";
import { WalEncoder } from "../../src/wal/encoder.ts";
import { createWal, openWal, Snapshotter, validSnapshots } from "../../src/wal/index.ts";
import { RecordType } from "../../src/wal/record.ts";
import { decodeSnapFile, encodeSnapFile } from "../../src/wal/snapshotter.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { load, RealEtcd, releases, unload } from "../support/real-etcd.ts";

const WAL = "member/wal";
const SNAP = "member/snap";
const ORIGIN = { index: 0, term: 0 };

const here = releases();

if (here.length === 0) {
  it.skip("a real etcd: none in PATH, none in the cache", () => undefined);
}

describe.each(here)("a real etcd $version", ({ version, folder }) => {
  let root = "";
  const ids = new NodeIdTable();
  const profile = profileOf(version);
  const options = { segmentBytes: 64_000_000, ids, profile, mistakes: NO_MISTAKES };
  const disk = new MemoryDisk();
  let keys = "";
  let requests: InternalRaftRequest[] = [];
  let entries: readonly Entry[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "detcd-wal-"));
    const data = join(root, "real");
    const etcd = await RealEtcd.startOf(folder, data, "--snapshot-count", "10");
    try {
      for (let i = 1; i <= 15; i++)
        etcd.ctl(["put", `key${i}`, `value ${i} ${"x".repeat(50 * i)}`]);
      etcd.ctl(["del", "key3"]);
      etcd.ctl(["del", "key1", "key12", "--prev-kv"]);
      etcd.ctl(["put", "bytes\u00ff\u20ac", "", "--prev-kv"]);
      const granted = /lease ([0-9a-f]+) granted/.exec(etcd.ctl(["lease", "grant", "3600"]));
      etcd.ctl(["put", "leased", "1", "--lease", granted?.[1] ?? ""]);
      etcd.ctl(["put", "leased", "--ignore-value", "--lease", granted?.[1] ?? ""]);
      etcd.ctl([
        "lease",
        "revoke",
        (/lease (\w+) granted/.exec(etcd.ctl(["lease", "grant", "9"])) ?? [])[1] ?? "",
      ]);
      etcd.ctl(
        ["txn"],
        'mod("key5") > "0"\nvalue("absent") = ""\ncreate("absent") = "0"\nversion("key1") < "7"\n\nput key5 changed\nget key6 --prefix\n\ndel key7 --prefix\n\n',
      );
      etcd.ctl(["compaction", "5"]);
      etcd.ctl(["user", "add", "alice:secret"]);
      etcd.ctl(["role", "add", "reader"]);
      etcd.ctl(["role", "grant-permission", "reader", "read", "a", "z"]);
      etcd.ctl(["user", "grant-role", "alice", "reader"]);
      keys = etcd.ctl(["get", "--prefix", "", "-w", "fields"]);
    } finally {
      await etcd.stop();
    }
    load(disk, join(data, WAL), WAL, ".wal");
    load(disk, join(data, SNAP), SNAP, ".snap");
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("leaves a log that we read from its beginning, preallocated zeros and all", () => {
    const log = openWal(disk, WAL, ORIGIN, options);
    expect(log.repaired).toBe("");
    expect(log.hardState.commit).toBe(log.entries.at(-1)?.index);
    entries = log.entries;
    requests = entries
      .filter((e) => e.type === EntryType.Normal && e.data.length > 0)
      .map((e) => decodeInternalRaftRequest(e.data));
    const puts = requests.flatMap(({ op }) =>
      op.type === "put" && op.request.key.startsWith("key") ? [op.request] : [],
    );
    expect(puts.map((put) => put.key)).toEqual(Array.from({ length: 15 }, (_, i) => `key${i + 1}`));
    expect(bytesToBinary(puts[2]?.value ?? utf8Encode(""))).toBe(`value 3 ${"x".repeat(150)}`);
    const types = new Set(requests.map(({ op }) => op.type));
    for (const type of [
      /^3\.[45]\./.test(version) ? "v2" : "clusterMemberAttrSet",
      "put",
      "deleteRange",
      "txn",
      "compaction",
      "leaseGrant",
      "leaseRevoke",
      "authUserAdd",
      "authRoleAdd",
      "authRoleGrantPermission",
      "authUserGrantRole",
    ]) {
      expect(types, type).toContain(type);
    }
  });

  it("writes requests and conf changes with the very bytes that we write", () => {
    let compared = 0;
    for (const entry of entries) {
      if (entry.data.length === 0) continue;
      const again =
        entry.type === EntryType.Normal
          ? toHex(encodeInternalRaftRequest(decodeInternalRaftRequest(entry.data)))
          : toHex(encodeConfChange(decodeConfChange(entry.data, ids), ids, profile.omitsUnset));
      expect(again).toBe(toHex(entry.data));
      compared++;
    }
    expect(compared).toBeGreaterThan(25);
  });

  it("writes records, frames and crcs with the very bytes that we write", () => {
    const [path] = disk.list(WAL) as [string];
    const file = { path, bytes: disk.read(path) };
    const decoder = new WalDecoder([file], NO_MISTAKES);
    const encoder = new WalEncoder(0, options);
    let records = 0;
    while (decoder.next()) {
      const data = decoder.bytes.subarray(decoder.from, decoder.to);
      if (decoder.type === RecordType.Crc) encoder.crcRecord(decoder.crc);
      else if (decoder.type === RecordType.Metadata) encoder.metadata(data);
      else if (decoder.type === RecordType.Entry) encoder.entry(decodeEntry(data));
      else if (decoder.type === RecordType.State) {
        const state = decodeHardState(data, ids);
        expect(toHex(encodeHardState(state, ids))).toBe(toHex(data));
        encoder.state(state);
      } else {
        const { point, confState } = readPoint(data, ids);
        encoder.snapshot(point, confState);
      }
      records++;
    }
    expect(records).toBeGreaterThan(60);
    expect(toHex(encoder.pending)).toBe(toHex(file.bytes.subarray(0, decoder.offset)));
  });

  it("writes snapshot files with the very bytes that we write", () => {
    const files = disk.list(SNAP);
    expect(files.length).toBeGreaterThan(0);
    for (const path of files) {
      const read = decodeSnapFile(disk.read(path), ids);
      if (typeof read === "string") throw new Error(read);
      expect(read.metadata.confState.voters).toEqual([1]);
      expect(toHex(encodeSnapFile(read, ids))).toBe(toHex(disk.read(path)));
    }
  });

  it("is read from its newest snapshot on, too", () => {
    const valid = validSnapshots(disk, WAL, options);
    expect(valid.length).toBeGreaterThan(1);
    const snapshot = new Snapshotter(disk, SNAP, { ids }).loadNewest(valid);
    const at = snapshot?.metadata ?? ORIGIN;
    expect(at.index).toBeGreaterThan(9);
    const log = openWal(disk, WAL, at, options);
    expect(log.entries).toEqual(entries.slice(at.index));
  });

  it("starts from the log as we write it anew, in many files, and has all its keys", async () => {
    const source = openWal(disk, WAL, ORIGIN, options);
    const target = new MemoryDisk();
    const wal = createWal(target, WAL, source.metadata, { ...options, segmentBytes: 2000 });
    for (const entry of source.entries) wal.save(null, [entry], true);
    wal.save(source.hardState, [], true);
    expect(wal.segments.length).toBeGreaterThan(3);
    expect(await keysOf(target, "anew")).toBe(body(keys));
  });

  it("starts from a log that goes on where its own ended, and from our snapshot file", async () => {
    const target = MemoryDisk.of(disk.files);
    const valid = validSnapshots(target, WAL, options);
    const old = new Snapshotter(target, SNAP, { ids });
    const snapshot = old.loadNewest(valid);
    if (snapshot === null) throw new Error("no snapshot");
    const { confState, index, term } = snapshot.metadata;
    for (const path of target.list(SNAP)) target.remove(path);
    const { wal, hardState } = openWal(target, WAL, { index, term }, options);
    new Snapshotter(target, SNAP, { ids }).save(snapshot);
    wal.saveSnapshot({ index, term, confState });
    const last = wal.lastIndex + 1;
    const data = encodeInternalRaftRequest({
      header: { id: 77, username: "", authRevision: 0 },
      op: { type: "put", request: putRequest("zzz", utf8Encode("ours")) },
    });
    wal.save(
      { ...hardState, commit: last },
      [{ term: hardState.term, index: last, type: EntryType.Normal, data }],
      true,
    );
    const got = await keysOf(target, "on", join(root, "real", SNAP, "db"));
    expect(got).toContain('"Key" : "zzz"');
    expect(got.replace(/\n"Key" : "zzz"[\s\S]*?"Lease" : 0\n/, "\n")).toBe(
      body(keys).replace(/"Count" : (\d+)/, (_, n) => `"Count" : ${Number(n) + 1}`),
    );
  });

  it("starts from a log that is all ours", async () => {
    const target = new MemoryDisk();
    const metadata = new ProtobufWriter();
    metadata.varintField(1, 0xabc);
    metadata.varintField(2, 0xdef);
    const own = { segmentBytes: 1000, mistakes: NO_MISTAKES };
    const wal = createWal(target, WAL, metadata.finish(), own);
    const context = `{"id":${0xabc},"peerURLs":["http://127.0.0.1:2380"],"name":"default"}`;
    const member = encodeConfChange({
      id: 0,
      type: ConfChangeType.AddNode,
      nodeId: 0xabc,
      context: utf8Encode(context),
    });
    wal.save(
      { term: 1, vote: 0xabc, commit: 1 },
      [{ term: 1, index: 1, type: EntryType.ConfChange, data: member }],
      true,
    );
    for (let i = 2; i < 40; i++) {
      const data = encodeInternalRaftRequest({
        header: { id: i, username: "", authRevision: 0 },
        op: { type: "put", request: putRequest(`key${i}`, utf8Encode(`value ${i}`)) },
      });
      wal.save(
        { term: 1, vote: 0xabc, commit: i },
        [{ term: 1, index: i, type: EntryType.Normal, data }],
        true,
      );
    }
    const got = await keysOf(target, "ours");
    expect(got).toContain('"Count" : 38');
    expect(got).toMatch(/"Key" : "key39"\n"CreateRevision" : 39\n[\s\S]*?"Value" : "value 39"/);
  });

  /** Starts etcd on what is on a disk of ours, and asks for all keys. */
  async function keysOf(from: MemoryDisk, name: string, db?: string): Promise<string> {
    const data = join(root, name);
    unload(from, data);
    if (db !== undefined) copyFileSync(db, join(data, SNAP, "db"));
    const etcd = await RealEtcd.startOf(folder, data);
    try {
      return body(etcd.ctl(["get", "--prefix", "", "-w", "fields"]));
    } finally {
      await etcd.stop();
    }
  }
});

/** What was asked for, without the header, which tells of members and terms. */
function body(fields: string): string {
  return fields.replace(/^"(ClusterID|MemberID|Revision|RaftTerm)".*\n/gm, "");
}

/** A snapshot record, which of 3.4 tells no configuration; nor does the first one of any. */
function readPoint(data: Uint8Array, ids: NodeIdTable) {
  const reader = new ProtobufReader(data);
  const numbers: number[] = [];
  let confState: ConfState | null = null;
  while (reader.next()) {
    if (reader.field === 3) {
      const outer = reader.enter();
      confState = readConfState(reader, ids);
      reader.leave(outer);
    } else numbers[reader.field] = reader.uint();
  }
  return { point: { index: numbers[1] ?? 0, term: numbers[2] ?? 0 }, confState };
}
