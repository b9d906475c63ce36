import type { Reply } from "../../api/reply.ts";
import type { ServiceResponse } from "../../api/requests.ts";
import type { Duration } from "../../base/time.ts";
import type { NodeId } from "../../raft/types.ts";
import type { MemberHost } from "../host.ts";
import type { PeerRequest } from "../protocol.ts";
import type { MemberTimer, MemberTimers } from "./member-timers.ts";

/** null: nobody answered in time, or the connection was refused. */
type Answered = (reply: Reply<ServiceResponse> | null) => void;

export interface PeerAnswer {
  readonly peer: NodeId;
  /** null: nobody answered in time. */
  readonly reply: Reply<ServiceResponse> | null;
}

interface Open {
  readonly answered: Answered;
  readonly alarm: MemberTimer;
}

/** What this member asks of others outside of Raft (rafthttp's and leasehttp's requests). */
export class PeerCalls {
  private readonly host: MemberHost;
  private readonly timers: MemberTimers;
  private readonly open = new Map<number, Open>();
  private made = 0;

  constructor(host: MemberHost, timers: MemberTimers) {
    this.host = host;
    this.timers = timers;
  }

  /** Asks a peer; `answered` is called once. */
  rpc(peer: NodeId, request: PeerRequest, timeoutUs: Duration, answered: Answered): void {
    const callId = ++this.made;
    const alarm = this.timers.after(timeoutUs, () => this.responded(callId, null));
    this.open.set(callId, { answered, alarm });
    this.host.rpc(peer, callId, request);
  }

  /** Asks several peers the same; `answered` is called once, when all have answered or are late. */
  askAll(
    peers: readonly NodeId[],
    request: PeerRequest,
    timeoutUs: Duration,
    answered: (answers: readonly PeerAnswer[]) => void,
  ): void {
    const answers: PeerAnswer[] = [];
    if (peers.length === 0) answered(answers);
    for (const peer of peers) {
      this.rpc(peer, request, timeoutUs, (reply) => {
        answers.push({ peer, reply });
        if (answers.length < peers.length) return;
        answered(answers.sort((a, b) => a.peer - b.peer));
      });
    }
  }

  responded(callId: number, reply: Reply<ServiceResponse> | null): void {
    const call = this.open.get(callId);
    if (call === undefined) return;
    this.open.delete(callId);
    this.timers.cancel(call.alarm);
    call.answered(reply);
  }
}
