import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MemberOp } from "../../../src/api/member-requests.ts";
import { bytesToBinary } from "../../../src/base/bytes.ts";
import { SECOND } from "../../../src/base/time.ts";
import { encodeMemberContext } from "../../../src/member/membership/change-context.ts";
import { addedId, clusterId, founderId } from "../../../src/member/membership/ids.ts";
import { encodeMember, type MemberRecord } from "../../../src/member/membership/record.ts";
import { inheritedBy } from "../../../src/profile/profile.ts";
import { ConfChangeType } from "../../../src/raft/types.ts";
import { RealEtcd, releases } from "../../support/real-etcd.ts";
import { Rig, the } from "./rig.ts";

const here = releases();
if (here.length === 0) test.skip("membership: no etcd in PATH, none in the cache", () => undefined);
const TOKEN = "etcd-cluster";

interface Listed {
  readonly ID: string;
  readonly name?: string;
  readonly peerURLs: string[];
  readonly clientURLs?: string[];
  readonly isLearner?: boolean;
}

/** etcdctl's JSON, whose 64-bit numbers JSON.parse would round. */
function parse(json: string): {
  header: { cluster_id: string; member_id: string };
  members: Listed[];
} {
  return JSON.parse(json.replaceAll(/:(\d{10,})/g, ':"$1"'));
}

function shown({ id, name, peerUrls, clientUrls, isLearner }: MemberRecord): Listed {
  return {
    ID: String(id),
    ...(name === "" ? {} : { name }),
    peerURLs: [...peerUrls],
    ...(clientUrls.length === 0 ? {} : { clientURLs: [...clientUrls] }),
    ...(isLearner ? { isLearner } : {}),
  };
}

describe.each(here)("the same as a real etcd $version", ({ version, folder }) => {
  let directory: string;
  let etcd: RealEtcd;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "detcd-membership-"));
    etcd = await RealEtcd.startOf(folder, directory);
  });
  afterAll(async () => {
    await etcd.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const list = () => parse(etcd.ctl(["member", "list", "-w", "json"]));

  /** The real cluster's one founder in a membership of ours. */
  function rigLikeReal(): Rig {
    const real = list();
    const [only] = real.members as [Listed];
    // An update makes a voter of a learner in 3.4.
    const rig = new Rig([], inheritedBy(version));
    const id = founderId(only.peerURLs, TOKEN);
    const member = {
      id,
      node: 1,
      name: "default",
      peerUrls: only.peerURLs,
      clientUrls: [...(only.clientURLs ?? [])],
      isLearner: false,
    };
    const context = encodeMemberContext({ member, isPromote: false, clusterId: clusterId([id]) });
    rig.membership.change({ id: 0, type: ConfChangeType.AddNode, nodeId: 1, context }, ++rig.index);
    return rig;
  }

  test("ids of a founder and its cluster, refusals and the list after each change", async () => {
    const rig = rigLikeReal();
    const { header, members } = list();
    expect(header.cluster_id).toBe(String(rig.membership.clusterId));
    expect(header.member_id).toBe(String(rig.membership.idOf(1)));
    expect(members).toEqual(rig.membership.list().map(shown));

    const hex = (id: bigint) => id.toString(16);
    const own = rig.membership.idOf(1);
    const ownUrl = members[0]?.peerURLs[0] as string;
    const other = () => rig.membership.list().find(({ id }) => id !== own)?.id ?? 0n;
    // A learner that is not there never gets the log.
    rig.match = 0;
    const rows: readonly (() => readonly [typed: string, op: MemberOp])[] = [
      () => [`add x --peer-urls=${ownUrl}`, the.voter(ownUrl)],
      () => [`add x --learner --peer-urls=${ownUrl}`, the.learner(ownUrl)],
      () => [`promote ${hex(own)}`, the.promotion(own)],
      () => ["promote 77", the.promotion(0x77n)],
      () => ["remove 77", the.removal(0x77n)],
      () => [`remove ${hex(own)}`, the.removal(own)],
      () => ["update 77 --peer-urls=http://m7:1", the.update(0x77n, "http://m7:1")],
      () => [
        "add x --learner --peer-urls=http://m7:2,http://m6:2",
        the.learner("http://m7:2", "http://m6:2"),
      ],
      () => ["add x --learner --peer-urls=http://m8:2", the.learner("http://m8:2")],
      () => [`promote ${hex(other())}`, the.promotion(other())],
      () => [`update ${hex(other())} --peer-urls=${ownUrl}`, the.update(other(), ownUrl)],
      () => [
        `update ${hex(other())} --peer-urls=http://m6:2,http://m5:2`,
        the.update(other(), "http://m6:2", "http://m5:2"),
      ],
      () => ["add x --peer-urls=http://m5:2", the.voter("http://m5:2")],
      () => [`remove ${hex(other())}`, the.removal(other())],
      () => ["add x --learner --peer-urls=http://m6:2", the.learner("http://m6:2")],
      () => [`remove ${hex(own)}`, the.removal(own)],
      () => [`remove ${hex(other())}`, the.removal(other())],
    ];
    for (const row of rows) {
      const [typed, op] = row();
      const before = Math.floor(Date.now() / 1000);
      const theirs = ctl(["member", ...typed.split(" ")]);
      // The new id holds the second in which the server made it.
      rig.now = before * SECOND;
      if (op.type === "memberAdd" && theirs === null) {
        const ids = list().members.map(({ ID }) => ID);
        const urls = op.request.peerUrls;
        const seconds = Array.from({ length: 30 }, (_, more) => before + more);
        const second = seconds.find((s) => ids.includes(String(addedId(urls, s))));
        expect(second, `${typed}: the id is of its URLs and time`).toBeDefined();
        rig.now = (second as number) * SECOND;
      }
      // 3.4 lets a promotion of nobody known to raft through to where it is refused likewise.
      const ours = rig.call(op);
      expect(theirs, typed).toBe(ours?.message ?? null);
      expect(list().members, typed).toEqual(rig.membership.list().map(shown));
    }

    // The backend's very bytes, but for the field that is ours.
    rig.call(the.learner("http://m9:1"));
    etcd.ctl(["member", "add", "x", "--learner", "--peer-urls=http://m9:1"]);
    const [added] = list().members.filter(({ isLearner }) => isLearner);
    await etcd.stop();
    const db = bytesToBinary(readFileSync(join(directory, "member", "snap", "db")));
    for (const record of rig.membership.list()) {
      const id = record.isLearner ? BigInt(added?.ID ?? 0) : record.id;
      expect(db).toContain(bytesToBinary(encodeMember({ ...record, id, node: 0 })));
    }
  });

  /** null, or what etcd answered. */
  function ctl(args: string[]): string | null {
    try {
      etcd.ctl(args);
      return null;
    } catch (error) {
      const { message } = error as Error;
      return /(?:Error: |desc = )(etcdserver: [^\n"]*)/.exec(message)?.[1] ?? message;
    }
  }
});
