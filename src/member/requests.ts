import { type ApiError, Errors } from "../api/errors.ts";
import type { KvRequest, TxnRequest } from "../api/requests.ts";
import { encodeInternalRaftRequest } from "../api/wire/internal-raft-request.ts";
import type { Duration, Instant } from "../base/time.ts";
import { isReadOnly } from "../mvcc/apply-txn.ts";
import { checkRequest } from "../mvcc/check-request.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { ConfChangeV2, NodeId, ReadState } from "../raft/types.ts";
import { encodeCallId } from "./call-id.ts";
import { Proposals, requestTimeoutUs } from "./proposals.ts";
import { LinearizableReads } from "./reads.ts";
import type { Answers, StateMachine } from "./state-machine.ts";
import type { MemberConfig, MemberHost, MemberReply, MemberRequest } from "./types.ts";

const DONE: MemberReply = { response: null, error: null };

/**
 * From a request to its reply (server/etcdserver/v3_server.go): writes are proposed and answered
 * when their entry is applied here; reads ask for a read index, or are served at once if serializable.
 */
export class Requests implements Answers {
  private readonly node: RawNode;
  private readonly host: MemberHost;
  private readonly machine: StateMachine;
  private readonly proposals: Proposals;
  private readonly reads: LinearizableReads;
  private readonly timeoutUs: Duration;
  /** Proposals that wait for a leader to be known, as node.go's propc does. */
  private unled: { readonly data: Uint8Array; readonly id: number }[] = [];
  private lead: NodeId = 0;
  private now: Instant;

  constructor(
    config: MemberConfig,
    host: MemberHost,
    node: RawNode,
    machine: StateMachine,
    now: Instant,
  ) {
    this.node = node;
    this.host = host;
    this.machine = machine;
    this.now = now;
    this.timeoutUs = requestTimeoutUs(config);
    this.proposals = new Proposals(config.id, now, this.timeoutUs, (callId, error) =>
      host.reply(callId, { response: null, error }),
    );
    this.reads = new LinearizableReads(node, config.id);
  }

  /** A call of a client, or of an operator (`snapshot` was done by the member itself). */
  handle(now: Instant, call: MemberRequest): void {
    this.now = now;
    const { callId } = call;
    if (call.kind === "kv") {
      this.kv(callId, call.request);
      return;
    }
    const { request } = call;
    switch (request.type) {
      case "transfer-leader":
        this.node.transferLeader(request.to);
        break;
      case "campaign":
        this.node.campaign();
        break;
      case "conf-change":
        this.proposeConfChange(callId, request.change);
        return;
    }
    this.host.reply(callId, DONE);
  }

  private kv(callId: number, request: KvRequest): void {
    const error = checkRequest(request);
    if (error !== null) {
      this.host.reply(callId, { response: null, error });
      return;
    }
    if (isRead(request)) {
      if (isSerializable(request)) this.serve(callId, request);
      else this.linearizable(callId, request);
      return;
    }
    const id = this.proposals.add(callId, this.now);
    const header = { id, username: "", authRevision: 0 };
    this.propose(id, encodeInternalRaftRequest({ header, op: request }));
  }

  private serve(callId: number, request: KvRequest): void {
    this.host.reply(callId, this.machine.read(request));
  }

  private linearizable(callId: number, request: KvRequest): void {
    this.reads.add(
      {
        deadline: this.now + this.timeoutUs,
        serve: () => this.serve(callId, request),
        fail: (error) => this.host.reply(callId, { response: null, error }),
      },
      this.now,
    );
  }

  private propose(id: number, data: Uint8Array): void {
    if (this.node.raft.lead === 0) {
      this.unled.push({ data, id });
      return;
    }
    const error = this.node.propose(data);
    if (error !== null) this.fail(id, { code: "Unavailable", message: error.message });
  }

  private proposeConfChange(callId: number, change: ConfChangeV2): void {
    const id = this.proposals.add(callId, this.now);
    if (this.node.raft.lead === 0) {
      this.fail(id, Errors.noLeader);
      return;
    }
    const error = this.node.proposeConfChange({ ...change, context: encodeCallId(id) });
    if (error !== null) this.fail(id, { code: "Unavailable", message: error.message });
  }

  private fail(id: number, error: ApiError): void {
    const callId = this.proposals.take(id);
    if (callId !== 0) this.host.reply(callId, { response: null, error });
  }

  // ---- what the ready loop tells -------------------------------------------------------------

  /** Raft's view of who leads has changed. */
  leaderSeen(now: Instant, lead: NodeId): void {
    const changed = lead !== 0 && lead !== this.lead;
    this.lead = lead;
    this.now = now;
    if (!changed) return;
    this.reads.leaderChanged(now);
    const waiting = this.unled;
    this.unled = [];
    // Some may have been given up meanwhile.
    for (const { id, data } of waiting) if (this.proposals.has(id)) this.propose(id, data);
  }

  readAnswered(now: Instant, state: ReadState): void {
    this.reads.answered(state, this.machine.appliedIndex, now);
  }

  /** The entry that request `id` became was applied; whoever waits for it here is told. */
  settle(id: number, reply: MemberReply): void {
    const callId = this.proposals.take(id);
    if (callId !== 0) this.host.reply(callId, reply);
  }

  /** A new leader's first entry: reads that came too early for it can be answered now. */
  termBegan(): void {
    this.reads.repeat(this.now);
  }

  appliedTo(index: number): void {
    this.reads.appliedTo(index);
  }

  /** When something here must be retried or given up. */
  due(): Instant {
    const proposals = this.proposals.due();
    const reads = this.reads.due();
    return proposals < reads ? proposals : reads;
  }

  wake(now: Instant): void {
    this.now = now;
    this.proposals.wake(now);
    this.reads.wake(now);
  }
}

/** Nothing needs to go through the log for it. */
function isRead(op: KvRequest): boolean {
  return op.type === "range" || (op.type === "txn" && isReadOnly(op.request));
}

function isSerializable(op: KvRequest): boolean {
  return op.type === "range"
    ? op.request.serializable
    : op.type === "txn" && allSerializable(op.request);
}

/** A transaction needs no agreement on what is newest only if none of its reads does. */
function allSerializable({ success, failure }: TxnRequest): boolean {
  return [...success, ...failure].every((op) => op.type === "range" && op.request.serializable);
}
