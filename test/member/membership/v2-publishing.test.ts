import { describe, expect, test } from "vitest";
import { rangeRequest } from "../../../src/api/build.ts";
import {
  decodeInternalRaftRequest,
  encodeInternalRaftRequest,
} from "../../../src/api/wire/internal-raft-request.ts";
import { SECOND } from "../../../src/base/time.ts";
import { attributesOp, published } from "../../../src/member/membership/published.ts";
import { NO_MISTAKES } from "../../../src/museum/switches.ts";
import { LINES, RELEASES } from "../../../src/profile/lines.ts";
import { profileOf } from "../../../src/profile/profile.ts";
import { EntryType } from "../../../src/raft/types.ts";
import { openWal } from "../../../src/wal/index.ts";
import { MemoryDisk } from "../../support/memory-disk.ts";
import { put } from "../support/asks.ts";
import { Lone } from "../support/lone-member.ts";

const WAL = "member/wal";
const watching = { monitorVersions: true };

/** What the log's plain entries ask for. */
function operations(disk: MemoryDisk) {
  const options = { segmentBytes: 64_000_000, mistakes: NO_MISTAKES };
  return openWal(MemoryDisk.of(disk.files), WAL, { index: 0, term: 0 }, options)
    .entries.filter(({ type, data }) => type === EntryType.Normal && data.length > 0)
    .map(({ data }) => decodeInternalRaftRequest(data).op);
}

function begun(release: string): Lone {
  const lone = new Lone({ ...watching, serverVersion: release });
  lone.get(put("a", "1"));
  lone.pass(5 * SECOND);
  return lone;
}

const PATH = "/0/members/8e9e05c52164694d/attributes";
const attributes = { name: "m4", clientUrls: ["http://m4:2379"] };

describe.each(LINES)("a member of %s", (line) => {
  const inV2 = line === "3.4" || line === "3.5";

  test("writes the cluster's version as its release does", () => {
    const lone = begun(RELEASES[line]);
    const asked = operations(lone.memory);
    const put = { method: "PUT", path: "/0/version", value: `${line}.0` };
    expect(asked.filter(({ type }) => type === "v2")).toMatchObject(inV2 ? [{ request: put }] : []);
    expect(asked.some(({ type }) => type === "clusterVersionSet")).toBe(!inV2);
    expect(lone.member.inspect().clusterVersion).toBe(`${line}.0`);
  });

  test("publishes itself so", () => {
    const op = attributesOp(0x8e9e05c52164694dn, attributes, profileOf(RELEASES[line]));
    if (inV2) {
      const value = '{"name":"m4","clientURLs":["http://m4:2379"]}';
      expect(op).toMatchObject({ type: "v2", request: { method: "PUT", path: PATH, value } });
    } else expect(op.type).toBe("clusterMemberAttrSet");
    const header = { id: 7, username: "", authRevision: 0 };
    const read = decodeInternalRaftRequest(encodeInternalRaftRequest({ header, op })).op;
    expect(published(read)).toEqual({ type: "attributes", id: 0x8e9e05c52164694dn, attributes });
  });
});

describe("3.7 on the data of 3.5", () => {
  test("does not start, nor behind a 3.6 that has written no snapshot", () => {
    const says =
      /entry \d+ is a request of the v2 store.* let 3\.6 run until it has written a snapshot/;
    const old = begun("3.5.35");
    expect(() => old.again({ ...watching, serverVersion: "3.7.3" })).toThrow(says);
    const between = old.again({ ...watching, serverVersion: "3.6.16" });
    between.pass(5 * SECOND);
    expect(() => between.again({ serverVersion: "3.7.3" })).toThrow(says);
  });

  test("starts behind a snapshot of 3.6, and has all of it", () => {
    const old = begun("3.5.35");
    const between = old.again({ ...watching, serverVersion: "3.6.16", snapshotEntries: 3 });
    between.get(put("b", "2"));
    between.pass(5 * SECOND);
    const today = between.again({ ...watching, serverVersion: "3.7.3" });
    for (const key of ["a", "b"])
      expect(today.get({ type: "range", request: rangeRequest(key) }).kvs).toHaveLength(1);
    const { members } = today.get({ type: "memberList", request: { linearizable: true } });
    expect(members).toMatchObject([{ name: "m1" }]);
  });
});
