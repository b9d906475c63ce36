import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../../../src/bolt/index.ts";
import { databaseIn } from "../../../src/member/backup/snapshot-file.ts";
import { snapshotStatus } from "../../../src/member/backup/snapshot-status.ts";
import { everything, goOn } from "../../bolt/etcd-data.ts";
import { askOurs, filled, restored } from "../../bolt/ours.ts";
import { type Content, contentOf } from "../../bolt/support.ts";

/**
 * Snapshots of real etcds that were filled as test/bolt/etcd-data.ts says (`etcdctl snapshot save`), and what
 * the `snapshot status -w json` of their own release says of them.
 */
const FILES = [
  { release: "3.4.23", hash: 98114897, totalKey: 226, version: "" },
  { release: "3.5.35", hash: 344736848, totalKey: 228, version: "" },
  { release: "3.6.16", hash: 301579150, totalKey: 101, version: "3.6.0" },
  { release: "3.7.3", hash: 1391119278, totalKey: 101, version: "3.7.0" },
];

function fileOf(release: string): Uint8Array {
  const path = join(import.meta.dirname, "testdata", `etcd-${release}.snapshot.gz`);
  return new Uint8Array(gunzipSync(readFileSync(path)));
}

function bucketsOf(snapshot: Uint8Array): Record<string, Content> {
  return contentOf(databaseIn(sourceOf(snapshot)).root) as Record<string, Content>;
}

/** What differs from one member to the next, and from one bcrypt to the next. */
function withoutOwn(buckets: Record<string, Content>): unknown {
  const { members = {}, meta = {}, authUsers = {}, ...others } = buckets;
  const confState = meta["confState"];
  const id = Object.keys(members)[0] ?? "";
  return {
    ...others,
    // The alarm is for the member 77 of both.
    members: Object.values(members).map((json) => Object.keys(JSON.parse(String(json))).sort()),
    meta: {
      ...meta,
      consistent_index: "",
      term: meta["term"] === undefined ? undefined : "",
      confState:
        confState === undefined
          ? undefined
          : String(confState).replace(String(BigInt(`0x${id}`)), "its own"),
    },
    authUsers: Object.fromEntries(
      Object.entries(authUsers).map(([name, user]) => [
        name,
        String(user).replace(/\$2a\$04\$[./\w]{53}/, "its hash"),
      ]),
    ),
  };
}

describe.each(FILES)("a snapshot of etcd $release", ({ release, hash, totalKey, version }) => {
  const bytes = fileOf(release);

  test("is told of as its own tool tells", () => {
    const status = snapshotStatus(databaseIn(sourceOf(bytes)));
    const { keys, pairs } = status;
    expect(status).toEqual({ hash, revision: 314, size: 122_880, version, keys, pairs });
    expect(release < "3.6" ? pairs : keys).toBe(totalKey);
  });

  test("holds what one of ours holds after the same, byte for byte", async () => {
    const { blob } = await filled(release);
    const theirs = withoutOwn(bucketsOf(bytes));
    expect(withoutOwn(bucketsOf(blob))).toEqual(theirs);
  });

  test("is what a member of ours starts from and goes on with", async () => {
    const [ours, theirs] = [(await filled(release)).lone, restored(release, bytes)];
    expect(await everything(askOurs(theirs))).toEqual(await everything(askOurs(ours)));
    expect(await goOn(askOurs(theirs))).toEqual(await goOn(askOurs(ours)));
  });
});
