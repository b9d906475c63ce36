import type { Duration } from "../../base/time.ts";
import type { NodeId } from "../../raft/types.ts";
import type { MemberHost, MemberReply, PeerRequest } from "../types.ts";
import type { Alarm, Timers } from "./member-timers.ts";

/** null: nobody answered in time, or the connection was refused. */
type Answered = (reply: MemberReply | null) => void;

export interface PeerAnswer {
  readonly peer: NodeId;
  /** null: nobody answered in time. */
  readonly reply: MemberReply | null;
}

interface Open {
  readonly answered: Answered;
  readonly alarm: Alarm;
}

/** What this member asks of others outside of Raft (rafthttp's and leasehttp's requests). */
export class PeerCalls {
  private readonly host: MemberHost;
  private readonly timers: Timers;
  private readonly open = new Map<number, Open>();
  private made = 0;

  constructor(host: MemberHost, timers: Timers) {
    this.host = host;
    this.timers = timers;
  }

  /** Asks a peer; `answered` is called once. */
  ask(peer: NodeId, request: PeerRequest, timeoutUs: Duration, answered: Answered): void {
    const callId = ++this.made;
    const alarm = this.timers.after(timeoutUs, () => this.replied(callId, null));
    this.open.set(callId, { answered, alarm });
    this.host.ask(peer, callId, request);
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
      this.ask(peer, request, timeoutUs, (reply) => {
        answers.push({ peer, reply });
        if (answers.length < peers.length) return;
        answered(answers.sort((a, b) => a.peer - b.peer));
      });
    }
  }

  replied(callId: number, reply: MemberReply | null): void {
    const call = this.open.get(callId);
    if (call === undefined) return;
    this.open.delete(callId);
    this.timers.cancel(call.alarm);
    call.answered(reply);
  }
}
