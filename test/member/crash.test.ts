import { describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest, rangeRequest } from "../../src/api/build.ts";
import type { KvRequest, KvResponse, RangeResponse } from "../../src/api/requests.ts";
import { binaryToBytes, bytesToBinary } from "../../src/base/bytes.ts";
import type { Disk, SyncToken } from "../../src/base/disk.ts";
import { rootRandom } from "../../src/base/random.ts";
import { MILLISECOND } from "../../src/base/time.ts";
import { EntrySummaries } from "../../src/member/entry-summaries.ts";
import { Member } from "../../src/member/member.ts";
import type { MemberConfig, MemberHost, MemberReply } from "../../src/member/types.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const CONFIG: MemberConfig = {
  id: 1,
  initialVoters: [1],
  tickUs: 100 * MILLISECOND,
  electionTicks: 10,
  heartbeatTicks: 1,
  preVote: true,
  checkQuorum: true,
  readOnly: "safe",
  stepDownOnRemoval: false,
  snapshotEntries: 40,
  catchUpEntries: 10,
  segmentBytes: 8_000,
  maxSizePerMsg: 1 << 20,
  maxInflightMsgs: 512,
  bugs: new Set(),
};

/** A disk that says what it is about to do, so that a crash can be tried just before. */
class TellingDisk implements Disk {
  readonly disk: MemoryDisk;
  private readonly before: () => void;

  constructor(disk: MemoryDisk, before: () => void) {
    this.disk = disk;
    this.before = before;
  }
  create(file: string): void {
    this.before();
    this.disk.create(file);
  }
  append(file: string, bytes: Uint8Array): void {
    this.before();
    this.disk.append(file, bytes);
  }
  truncate(file: string, length: number): void {
    this.before();
    this.disk.truncate(file, length);
  }
  rename(from: string, to: string): void {
    this.before();
    this.disk.rename(from, to);
  }
  remove(file: string): void {
    this.before();
    this.disk.remove(file);
  }
  sync(file: string): SyncToken {
    this.before();
    return this.disk.sync(file);
  }
  syncDirectory(directory: string): SyncToken {
    this.before();
    return this.disk.syncDirectory(directory);
  }
  read(file: string): Uint8Array {
    return this.disk.read(file);
  }
  exists(file: string): boolean {
    return this.disk.exists(file);
  }
  list(directory: string): string[] {
    return this.disk.list(directory);
  }
}

const SILENT: Trace = { layers: 0, keeps: false, emit: () => 0 };

/** A cluster of one member, whose disk is quick: every sync is done by the end of a step. */
class Lone implements MemberHost {
  readonly disk: Disk;
  readonly random = rootRandom(5);
  readonly trace = SILENT;
  readonly summaries = new EntrySummaries(false);
  readonly at = 0;
  cause = 0;
  readonly member: Member;
  private readonly memory: MemoryDisk;
  private told: SyncToken = 0;
  private now = 0;
  private calls = 0;
  private readonly replies = new Map<number, MemberReply>();

  constructor(memory: MemoryDisk, label: string, before: () => void = () => undefined) {
    this.memory = memory;
    this.disk = new TellingDisk(memory, before);
    this.told = memory.syncs;
    this.member = new Member(CONFIG, this, this.now);
    this.settle();
    this.member.request(this.now, { kind: "admin", callId: 0, request: { type: "campaign" } });
    this.settle();
    for (let waited = 0; waited < 50 && !this.member.isLeader; waited++) this.pass(100);
    expect(this.member.isLeader, `${label}: it elects itself`).toBe(true);
  }
  send(): void {
    throw new Error("there is nobody to send to");
  }
  reply(callId: number, reply: MemberReply): void {
    this.replies.set(callId, reply);
  }
  stopped(reason: string): void {
    throw new Error(reason);
  }

  private settle(): void {
    while (this.told < this.memory.syncs) this.member.diskDone(this.now, ++this.told);
  }

  call(request: KvRequest): KvResponse {
    const callId = ++this.calls;
    this.member.request(this.now, { kind: "kv", callId, request });
    this.settle();
    for (let waited = 0; waited < 200 && !this.replies.has(callId); waited++) this.pass(5);
    const reply = this.replies.get(callId);
    expect(reply?.error, "it is answered, and not by an error").toBeNull();
    return reply?.response as KvResponse;
  }

  pass(ms: number): void {
    this.now += ms * MILLISECOND;
    if (this.member.nextWake() <= this.now) this.member.wake(this.now);
    this.settle();
  }

  /** Everything that a read of all keys shows. */
  read(): string {
    const all = rangeRequest("\0", { rangeEnd: "\0", serializable: true });
    const { response } = this.call({ type: "range", request: all }) as { response: RangeResponse };
    const kvs = response.kvs.map(
      (kv) => `${kv.key}=${bytesToBinary(kv.value)} ${kv.createRevision} ${kv.modRevision}`,
    );
    return kvs.join("\n");
  }

  get revision(): number {
    return this.member.view().revision;
  }
}

/** The n-th request of the run; `revision` is the present one. */
function request(n: number, revision: number): KvRequest {
  const put = (key: string) => putRequest(key, binaryToBytes(`${n}.`.repeat(10)));
  if (n % 50 === 49) {
    return { type: "compaction", request: { revision: revision - 3, physical: n % 100 === 99 } };
  }
  if (n % 11 === 10) return { type: "deleteRange", request: deleteRangeRequest(`k${n % 7}`) };
  if (n % 13 === 12) {
    const success = [
      { type: "put", request: put("x") } as const,
      { type: "put", request: put("y") } as const,
    ];
    return { type: "txn", request: { compare: [], success, failure: [] } };
  }
  return { type: "put", request: put(`k${n % 7}`) };
}

describe("a member that crashes at any of its disk's operations", () => {
  test("starts again with every write that it acknowledged, and nothing that was never asked for", {
    timeout: 240_000,
  }, () => {
    const memory = new MemoryDisk();
    /** What a read shows at each revision. */
    const shown = new Map<number, string>();
    let acknowledged = 1;
    let operations = 0;
    let crashes = 0;
    const left: {
      readonly disk: MemoryDisk;
      readonly acknowledged: number;
      readonly label: string;
    }[] = [];
    let up = false;
    const tryCrash = () => {
      // As in etcd, a crash while a new cluster is being made leaves nothing to start from.
      if (!up) return;
      operations++;
      // The first keeps all bytes; which of the others is tried goes round.
      const states = [...memory.crashStates()];
      for (const i of new Set([0, (operations * 17) % states.length])) {
        const state = states[i];
        if (state === undefined) continue;
        left.push({
          disk: state.disk,
          acknowledged,
          label: `operation ${operations}, ${state.label}`,
        });
      }
    };
    const judge = () => {
      for (const { disk, acknowledged: promised, label } of left) {
        crashes++;
        const again = new Lone(disk, label);
        const { revision } = again;
        expect(revision, label).toBeGreaterThanOrEqual(promised);
        expect(again.read(), label).toBe(shown.get(revision));
        // And once more, after a commit: the same state, to the hash.
        again.call({ type: "put", request: putRequest("after", new Uint8Array(1)) });
        again.pass(150);
        const { stateHash } = again.member.view();
        expect(new Lone(disk, label).member.view().stateHash, label).toBe(stateHash);
      }
      left.length = 0;
    };
    const life = new Lone(memory, "the life", tryCrash);
    up = true;
    shown.set(1, "");
    for (let n = 0; n < 300; n++) {
      life.call(request(n, life.revision));
      acknowledged = life.revision;
      shown.set(acknowledged, life.read());
      if (n % 4 === 3) life.pass(60);
      judge();
    }
    for (let i = 0; i < 30; i++) life.pass(10);
    judge();
    console.log(`${crashes} crashes at ${operations} disk operations of 300 requests`);
    expect(operations).toBeGreaterThan(600);
    expect(memory.list("member/snap").some((file) => file.endsWith(".snap"))).toBe(true);
  });
});
