import { expect } from "vitest";
import type { ApiError } from "../../../src/api/errors.ts";
import type { Reply } from "../../../src/api/reply.ts";
import type {
  ResponseOf,
  ServiceRequest,
  ServiceResponse,
  StreamResponse,
} from "../../../src/api/requests.ts";
import type { Disk } from "../../../src/base/disk.ts";
import { rootRandom } from "../../../src/base/random.ts";
import { type Duration, MILLISECOND, type WallTime } from "../../../src/base/time.ts";
import { memberConfig } from "../../../src/member/config.ts";
import { MEMBER_DEFAULTS } from "../../../src/member/defaults.ts";
import type { MemberHost, MemberPeers } from "../../../src/member/host.ts";
import { Member } from "../../../src/member/member.ts";
import type { MemberSettings } from "../../../src/member/settings.ts";
import { EntrySummaries } from "../../../src/member/tracing/entry-summaries.ts";
import { EPOCH } from "../../../src/sim/machine/local-clock.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Layer } from "../../../src/trace/events.ts";
import type { Trace } from "../../../src/trace/trace.ts";
import { MemoryDisk } from "../../support/memory-disk.ts";

export type LoneSettings = Partial<MemberSettings>;

/** Whoever tries to reach somebody fails. */
export const ALONE: MemberPeers = {
  send: () => {
    throw new Error("there is nobody to send to");
  },
  rpc: () => {
    throw new Error("there is nobody to ask");
  },
  respondPeer: () => {
    throw new Error("nobody asked");
  },
  reject: () => {
    throw new Error("nobody was removed");
  },
  connectedFor: () => -1,
};

/** A cluster of one member, on a disk whose syncs are done by the end of a step. */
export class Lone implements MemberHost {
  readonly disk: Disk;
  readonly random = rootRandom(5);
  get peers(): MemberPeers {
    return ALONE;
  }
  readonly events: TraceEvent[] = [];
  readonly summaries = new EntrySummaries(false);
  readonly trace: Trace;
  readonly at = 0;
  /** By how much its wall clock has jumped. */
  jumped: Duration = 0;
  cause = 0;
  readonly member: Member;
  stopReason = "";
  now = 0;
  readonly memory: MemoryDisk;
  private told: number;
  private calls = 0;
  private readonly replies = new Map<number, Reply<ServiceResponse>>();

  /** `seen`: the disk as the member sees it. `silent`: its trace is not kept. */
  constructor(
    settings: LoneSettings = {},
    disk = new MemoryDisk(),
    { seen = disk, silent = false }: { readonly seen?: Disk; readonly silent?: boolean } = {},
  ) {
    this.memory = disk;
    this.disk = seen;
    const told = {
      layers: Layer.State | Layer.Data,
      keeps: true,
      emit: (event: TraceEvent) => this.events.push(event),
    };
    this.trace = silent ? { layers: 0, keeps: false, emit: () => 0 } : told;
    this.told = disk.syncs;
    const config = { ...MEMBER_DEFAULTS, monitorVersions: false, ...settings };
    this.member = new Member(memberConfig(config, 1, [1]), this, this.now);
    this.settle();
    this.member.request(this.now, { kind: "admin", callId: 0, request: { type: "campaign" } });
    this.settle();
    for (let waited = 0; waited < 50 && !this.member.isLeader; waited++) this.pass(100_000);
    expect(this.member.isLeader, "it elects itself").toBe(true);
  }

  get wallNow(): WallTime {
    return EPOCH + this.now + this.jumped;
  }

  respond(callId: number, reply: Reply<ServiceResponse>): void {
    this.replies.set(callId, reply);
  }
  push(_streamId: number, _response: StreamResponse, _bytes: number): void {
    throw new Error("nobody watches");
  }
  endStream(): void {
    throw new Error("nobody watches");
  }
  stopped(reason: string): void {
    this.stopReason = reason;
  }

  private settle(): void {
    while (this.told < this.memory.syncs) this.member.diskDone(this.now, ++this.told);
  }

  /** Asks, and does not wait for an answer. */
  begin(request: ServiceRequest, token = ""): number {
    const callId = ++this.calls;
    this.member.request(this.now, { kind: "call", callId, token, request });
    this.settle();
    return callId;
  }

  /** What came of it, if anything has. */
  replyTo(callId: number): Reply<ServiceResponse> | undefined {
    return this.replies.get(callId);
  }

  ask1(request: ServiceRequest, token = ""): Reply<ServiceResponse> {
    const callId = this.begin(request, token);
    for (let waited = 0; waited < 2000 && !this.replies.has(callId); waited++) {
      this.pass(5 * MILLISECOND);
    }
    const reply = this.replies.get(callId);
    expect(reply, "it is answered").toBeDefined();
    return reply as Reply<ServiceResponse>;
  }

  /** The response to what must succeed. */
  get<T extends ServiceRequest>(request: T, token = ""): ResponseOf<T["type"]> {
    const { response, error } = this.ask1(request, token);
    expect(error).toBeNull();
    return response?.response as ResponseOf<T["type"]>;
  }

  /** The error of what must fail; null if it did not. */
  error(request: ServiceRequest, token = ""): ApiError | null {
    return this.ask1(request, token).error;
  }

  /** Lets time go by, waking the member when it wants to be. */
  pass(us: Duration): void {
    const end = this.now + us;
    while (this.member.nextWake() <= end) {
      this.now = Math.max(this.now, this.member.nextWake());
      this.member.wake(this.now);
      this.settle();
    }
    this.now = end;
  }

  /** A new process on the same disk. */
  again(settings: LoneSettings = {}): Lone {
    return new Lone(settings, this.memory);
  }
}
