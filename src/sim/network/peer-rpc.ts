import type { Reply } from "../../api/reply.ts";
import type { ServiceResponse } from "../../api/requests.ts";
import type { PeerRequest } from "../../member/protocol.ts";

/** What a member asks another outside of Raft, or the answer to that (rafthttp's own connections). */
export class PeerRpc {
  readonly from: number;
  readonly to: number;
  readonly callId: number;
  /** The life of the process that asked: a later one knows nothing of the question. */
  readonly life: number;
  /** null in an answer. */
  readonly request: PeerRequest | null;
  readonly reply: Reply<ServiceResponse> | null;

  constructor(
    from: number,
    to: number,
    callId: number,
    life: number,
    request: PeerRequest | null,
    reply: Reply<ServiceResponse> | null,
  ) {
    this.from = from;
    this.to = to;
    this.callId = callId;
    this.life = life;
    this.request = request;
    this.reply = reply;
  }
}
