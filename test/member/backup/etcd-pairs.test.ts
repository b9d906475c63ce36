import { describe, expect, test } from "vitest";
import { bytesToBinary, concatBytes } from "../../../src/base/bytes.ts";
import { SECOND } from "../../../src/base/time.ts";
import { sourceOf } from "../../../src/bolt/index.ts";
import { databaseOf } from "../../../src/member/backup/database.ts";
import { databaseIn } from "../../../src/member/backup/snapshot-file.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { BUCKET_NAMES } from "../../../src/mvcc/backend/bucket.ts";
import { type Content, contentOf, open } from "../../bolt/support.ts";
import { idOf, snapshot } from "../support/asks.ts";
import { Trio } from "../support/three-members.ts";

describe("the database of a member", () => {
  test("names members as etcd does, those that are gone and learners too", () => {
    const trio = new Trio();
    // Until its members have been connected for long enough.
    trio.pass(10 * SECOND);
    trio.get(trio.leader, { type: "memberRemove", request: { id: idOf(3) } });
    trio.pass(SECOND);
    const peerUrls = ["http://m4:2380"];
    const added = trio.get(trio.leader, {
      type: "memberAdd",
      request: { peerUrls, isLearner: true },
    });
    trio.pass(SECOND);
    const file = databaseIn(sourceOf(trio.get(trio.leader, snapshot).blob));
    const { members, members_removed, meta } = contentOf(file.root) as Record<string, Content>;
    const hex = (id: bigint) => id.toString(16);
    const learner = added.member?.id ?? 0n;
    const ids = [idOf(1), idOf(2), learner];
    expect(Object.keys(members ?? {}).sort()).toEqual(ids.map(hex).sort());
    expect(members?.[hex(learner)]).toBe(
      `{"id":${learner},"peerURLs":["http://m4:2380"],"isLearner":true}`,
    );
    expect(members_removed).toEqual({ [hex(idOf(3))]: "removed" });
    expect(meta?.["confState"]).toBe(
      `{"voters":[${idOf(1)},${idOf(2)}],"learners":[${learner}],"auto_leave":false}`,
    );
  });

  test("of a member that has nothing has all buckets", () => {
    const file = open(concatBytes([...databaseOf(Backend.inMemory())]));
    const names = [...file.root.items()].map(({ key }) => bytesToBinary(key));
    expect(names).toEqual([...BUCKET_NAMES, "key"].sort());
  });

  test("leaves out what bbolt can't hold: an alarm of no kind and of nobody", () => {
    const backend = Backend.inMemory();
    backend.bucket("alarm").put("", new Uint8Array(0));
    backend.bucket("alarm").put("\x10\x01", new Uint8Array(0));
    const file = open(concatBytes([...databaseOf(backend)]));
    expect(contentOf(file.root)["alarm"]).toEqual({ "\x10\x01": "" });
  });

  test("is as of the last applied entry, and leaves the backend as it is", () => {
    const backend = Backend.inMemory();
    backend.applied(0x1_0000_0007, 3);
    const before = backend.pendingOperations;
    const file = open(concatBytes([...databaseOf(backend)]));
    expect(contentOf(file.root)["meta"]).toEqual({
      consistent_index: "\0\0\0\x01\0\0\0\x07",
      term: "\0\0\0\0\0\0\0\x03",
    });
    expect(backend.pendingOperations).toBe(before);
  });
});
