import type { Reply } from "../../api/reply.ts";
import type { ServiceResponse } from "../../api/requests.ts";
import type { Duration } from "../../base/time.ts";
import type { NodeId } from "../../raft/types.ts";
import type { MemberHost } from "../host.ts";
import type { PeerRequest } from "../protocol.ts";
import type { MemberTimer, MemberTimers } from "./member-timers.ts";

/** null: nobody responded in time, or the connection was refused. */
type Responded = (reply: Reply<ServiceResponse> | null) => void;

export interface PeerResponse {
  readonly peer: NodeId;
  /** null: nobody responded in time. */
  readonly reply: Reply<ServiceResponse> | null;
}

interface Open {
  readonly responded: Responded;
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

  /** Calls a peer; `responded` is called once. */
  rpc(peer: NodeId, request: PeerRequest, timeoutUs: Duration, responded: Responded): void {
    const callId = ++this.made;
    const alarm = this.timers.after(timeoutUs, () => this.responded(callId, null));
    this.open.set(callId, { responded, alarm });
    this.host.peers.rpc(peer, callId, request);
  }

  /** Calls several peers alike; `responded` is called once, when all have responded or are late. */
  rpcAll(
    peers: readonly NodeId[],
    request: PeerRequest,
    timeoutUs: Duration,
    responded: (responses: readonly PeerResponse[]) => void,
  ): void {
    const responses: PeerResponse[] = [];
    if (peers.length === 0) responded(responses);
    for (const peer of peers) {
      this.rpc(peer, request, timeoutUs, (reply) => {
        responses.push({ peer, reply });
        if (responses.length < peers.length) return;
        responded(responses.sort((a, b) => a.peer - b.peer));
      });
    }
  }

  responded(callId: number, reply: Reply<ServiceResponse> | null): void {
    const call = this.open.get(callId);
    if (call === undefined) return;
    this.open.delete(callId);
    this.timers.cancel(call.alarm);
    call.responded(reply);
  }
}
