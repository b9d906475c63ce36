import type { Duration } from "../../base/time.ts";
import type { NodeId } from "../../raft/types.ts";
import type { Alarm, Timers } from "../timers.ts";
import type { MemberHost, MemberReply, PeerRequest } from "../types.ts";

/** null: nobody answered in time, or the connection was refused. */
type Answered = (reply: MemberReply | null) => void;

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

  replied(callId: number, reply: MemberReply | null): void {
    const call = this.open.get(callId);
    if (call === undefined) return;
    this.open.delete(callId);
    this.timers.cancel(call.alarm);
    call.answered(reply);
  }
}
