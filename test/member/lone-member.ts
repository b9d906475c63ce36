import { expect } from "vitest";
import type { ApiError } from "../../src/api/errors.ts";
import type { ServiceRequest, ServiceResponse } from "../../src/api/requests.ts";
import type { Disk, SyncToken } from "../../src/base/disk.ts";
import { rootRandom } from "../../src/base/random.ts";
import { MILLISECOND } from "../../src/base/time.ts";
import { MEMBER_DEFAULTS } from "../../src/member/defaults.ts";
import { Member } from "../../src/member/member.ts";
import type { MemberConfig, MemberHost, MemberReply } from "../../src/member/types.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const SILENT: Trace = { layers: 0, emit: () => 0 };

/** Time goes on in such steps while an answer is waited for, and for so many of them at most. */
const STEP_MS = 5;
const STEPS_MAX = 2_000;

export interface LoneOptions {
  /** What the disk holds; its syncs are done by the end of a step. */
  readonly disk?: MemoryDisk;
  /** The disk as the member sees it. */
  readonly seen?: Disk;
  readonly config?: Partial<MemberConfig>;
  /** For messages of failed expectations. */
  readonly label?: string;
}

/** A cluster of one member, whose disk is quick. */
export class LoneMember implements MemberHost {
  readonly disk: Disk;
  readonly random = rootRandom(5);
  readonly trace = SILENT;
  readonly at = 0;
  cause = 0;
  readonly member: Member;
  /** The member's own time in µs. */
  now = 0;
  readonly #memory: MemoryDisk;
  #told: SyncToken = 0;
  #calls = 0;
  readonly #replies = new Map<number, MemberReply>();

  constructor({ disk = new MemoryDisk(), seen = disk, config = {}, label = "" }: LoneOptions = {}) {
    this.#memory = disk;
    this.disk = seen;
    this.#told = disk.syncs;
    const settings = { ...MEMBER_DEFAULTS, id: 1, initialVoters: [1], bugs: new Set<string>() };
    this.member = new Member({ ...settings, ...config }, this, this.now);
    this.#settle();
    this.member.request(this.now, { kind: "admin", callId: 0, request: { type: "campaign" } });
    this.#settle();
    for (let waited = 0; waited < 50 && !this.member.isLeader; waited++) this.pass(100);
    expect(this.member.isLeader, `${label}: it elects itself`).toBe(true);
  }

  send(): void {
    throw new Error("there is nobody to send to");
  }
  reply(callId: number, reply: MemberReply): void {
    this.#replies.set(callId, reply);
  }
  ask(): void {
    throw new Error("there is nobody to ask");
  }
  answer(): void {
    throw new Error("nobody asked");
  }
  connectedFor(): number {
    return -1;
  }
  push(): void {
    throw new Error("nobody watches");
  }
  endStream(): void {
    throw new Error("nobody watches");
  }
  stopped(reason: string): void {
    throw new Error(reason);
  }

  #settle(): void {
    while (this.#told < this.#memory.syncs) this.member.diskDone(this.now, ++this.#told);
  }

  /** Asks and lets time pass until there is an answer. */
  answerTo(request: ServiceRequest, token = ""): MemberReply {
    const callId = ++this.#calls;
    this.member.request(this.now, { kind: "call", callId, token, request });
    this.#settle();
    for (let step = 0; step < STEPS_MAX && !this.#replies.has(callId); step++) this.pass(STEP_MS);
    const reply = this.#replies.get(callId);
    expect(reply, `${request.type} is answered`).toBeDefined();
    this.#replies.delete(callId);
    return reply as MemberReply;
  }

  /** The response to a request that must succeed. */
  call<T extends ServiceRequest>(
    request: T,
    token = "",
  ): Extract<ServiceResponse, { readonly type: T["type"] }>["response"] {
    const { response, error } = this.answerTo(request, token);
    expect(error, `${request.type} succeeds`).toBeNull();
    return response?.response as never;
  }

  /** The error of a request that must fail. */
  refusal(request: ServiceRequest, token = ""): ApiError | null {
    return this.answerTo(request, token).error;
  }

  pass(ms: number): void {
    this.now += ms * MILLISECOND;
    if (this.member.nextWake() <= this.now) this.member.wake(this.now);
    this.#settle();
  }
}
