import { expect } from "vitest";
import type { ApiError } from "../../../src/api/errors.ts";
import type { Reply } from "../../../src/api/reply.ts";
import type { ResponseOf, ServiceRequest, ServiceResponse } from "../../../src/api/requests.ts";
import { type Duration, NEVER, SECOND } from "../../../src/base/time.ts";
import type { StateMachine } from "../../../src/member/apply/state-machine.ts";
import type { MemberSettings } from "../../../src/member/settings.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../../src/sim/cluster.ts";
import type { Node } from "../../../src/sim/machine/node.ts";
import { Layer, type TraceEvent } from "../../../src/trace/events.ts";

export type TrioSettings = Partial<MemberSettings> & { readonly bugs?: readonly string[] };

/** A cluster of three, whose members are asked directly, as by a client beside each. */
export class Trio {
  readonly cluster: Cluster;
  readonly ids = [1, 2, 3];
  /** Why processes ended by themselves. */
  readonly stops: string[] = [];
  private readonly replies = new Map<number, Reply<ServiceResponse>>();

  constructor(settings: TrioSettings = {}) {
    const sink = {
      layers: Layer.Step,
      event: (event: TraceEvent) => {
        if (event.kind === "crash" && event.text.startsWith("it exits"))
          this.stops.push(event.text);
      },
    };
    this.cluster = new Cluster({ ...DEFAULT_CLUSTER, seed: 3, ...settings }, { sinks: [sink] });
    const { cluster } = this;
    for (const id of this.ids) this.watchReplies(cluster.node(id));
    this.pass(5 * SECOND);
    expect(cluster.leader()).not.toBe(0);
  }

  private watchReplies(node: Node): void {
    const respond = node.respond.bind(node);
    node.respond = (callId, reply) => {
      expect(this.replies.has(callId), "a call is answered once").toBe(false);
      respond(callId, reply);
    };
  }

  get leader(): number {
    return this.cluster.leader();
  }

  get followers(): [number, number] {
    return this.ids.filter((id) => id !== this.leader) as [number, number];
  }

  pass(us: Duration): void {
    this.cluster.runUntil(this.cluster.now + us);
  }

  /** Asks and does not wait; `timeoutUs`: how long the client would. */
  send(id: number, request: ServiceRequest, timeoutUs: Duration = NEVER, token = ""): number {
    const callId = this.cluster.nextCallId();
    this.cluster.node(id).request({ kind: "call", callId, token, request, timeoutUs }, 0, {
      responded: (reply) => this.replies.set(callId, reply),
      connectionLost: () => undefined,
    });
    return callId;
  }

  replyTo(callId: number): Reply<ServiceResponse> | undefined {
    return this.replies.get(callId);
  }

  answered(callId: number): boolean {
    return this.replies.has(callId);
  }

  ask(id: number, request: ServiceRequest, token = ""): Reply<ServiceResponse> {
    const callId = this.send(id, request, NEVER, token);
    const until = this.cluster.now + 20 * SECOND;
    while (!this.replies.has(callId) && this.cluster.now < until) this.cluster.step();
    const reply = this.replies.get(callId);
    expect(reply, "it is answered").toBeDefined();
    return reply as Reply<ServiceResponse>;
  }

  get<T extends ServiceRequest>(id: number, request: T): ResponseOf<T["type"]> {
    const { response, error } = this.ask(id, request);
    expect(error).toBeNull();
    return response?.response as ResponseOf<T["type"]>;
  }

  error(id: number, request: ServiceRequest, token = ""): ApiError | null {
    return this.ask(id, request, token).error;
  }

  /** Asks a member each time that it has something of a snapshot to save; returns how often. */
  askWhileInstalling(id: number, request: ServiceRequest): number {
    const { disk } = this.cluster.node(id);
    const until = this.cluster.now + 20 * SECOND;
    let asked = 0;
    while (this.cluster.now < until) {
      this.cluster.step();
      const received = disk.list("member/snap").some((file) => file.endsWith(".snap.db"));
      if (received) {
        this.send(id, request);
        asked++;
      } else if (asked > 0) break;
    }
    return asked;
  }

  isolate(id: number): void {
    this.cluster.inject({ type: "partition", groups: [[id]] });
  }

  heal(): void {
    this.cluster.inject({ type: "heal" });
  }

  restart(id: number): void {
    this.cluster.inject({ type: "crash", member: id, disk: "lose" });
    this.cluster.inject({ type: "restart", member: id });
    this.pass(SECOND);
  }

  machine(id: number): StateMachine {
    const member = this.cluster.node(id).member as unknown as { machine: StateMachine } | null;
    expect(member, `m${id} runs`).not.toBeNull();
    return (member as { machine: StateMachine }).machine;
  }

  /** Flips a bit of the newest value that a member holds in memory. */
  corrupt(id: number): void {
    const cursor = this.machine(id).store.backend.table.cursor();
    let last: { bytes: Uint8Array; at: number } | null = null;
    while (cursor.next()) {
      if (!cursor.tombstone) last = { bytes: cursor.bytes, at: cursor.end - 1 };
    }
    expect(last, "there is a value").not.toBeNull();
    const { bytes, at } = last as { bytes: Uint8Array; at: number };
    bytes[at] = (bytes[at] as number) ^ 1;
  }
}
