import type { ApiError } from "../api/errors.ts";
import type { Reply } from "../api/reply.ts";
import type { ServiceResponse, StreamResponse } from "../api/requests.ts";
import type { Disk } from "../base/disk.ts";
import type { FaultPoints } from "../base/fault-points.ts";
import type { Random } from "../base/random.ts";
import type { Duration, Instant, WallTime } from "../base/time.ts";
import type { Message, NodeId } from "../raft/types.ts";
import type { Trace } from "../trace/trace.ts";
import type { PeerRequest } from "./protocol.ts";
import type { EntrySummaries } from "./tracing/entry-summaries.ts";

/**
 * The world as a member sees it: a disk, chance, and where its effects go. All calls are made
 * synchronously from inside the member's methods; none of them calls back.
 */
export interface MemberHost {
  readonly disk: Disk;
  readonly random: Random;
  /** Where the world may end the process. Absent: nowhere. */
  readonly points?: FaultPoints;
  /** How long the machine takes at present to apply an entry, while all else goes on. Absent: no time. */
  readonly applyTakes?: Duration;
  readonly trace: Trace;
  /** What the trace says of log entries; shared by all members of a cluster. */
  readonly summaries: EntrySummaries;
  /** Global time and the seq of the step under way: for the trace alone, never for a decision. */
  readonly at: Instant;
  /**
   * What the machine's wall clock shows. It may jump, either way. Only for what etcd makes of a date
   * and others read: Go's `time.Now` comes with a monotonic reading, by which it measures all that
   * passes within one process (leases, time-outs, simple tokens), as `now` is for us.
   */
  readonly wallNow: WallTime;
  cause: number;
  readonly peers: MemberPeers;
  respond(callId: number, reply: Reply<ServiceResponse>): void;
  /** A response on a client's stream; `bytes` is what it takes of the stream's window. */
  push(streamId: number, response: StreamResponse, bytes: number): void;
  /** The stream ends, with an error or (null) because all was said: nothing more comes on it. */
  endStream(streamId: number, error: ApiError | null): void;
  /** The process exits, and says why: it was removed from the cluster, or can't write to its disk. */
  stopped(reason: string): void;
}

/** A member's way to the others (rafthttp's Transporter). */
export interface MemberPeers {
  send(message: Message): void;
  /**
   * Calls a peer outside of Raft, as rafthttp's other handlers are called. The response comes by
   * `peerResponded` with the same `callId`, unless it gets lost.
   */
  rpc(peer: NodeId, callId: number, request: PeerRequest): void;
  /** Responds to what came by `peerRpc`; `callId` is the peer's. */
  respondPeer(peer: NodeId, callId: number, reply: Reply<ServiceResponse>): void;
  /** Tells a peer that it is no member any more: what it sends is not taken (rafthttp's 410 Gone). */
  reject(peer: NodeId): void;
  /** How long the connection to a peer has stood, in µs; -1 if there is none (rafthttp's ActiveSince). */
  connectedFor(peer: NodeId): Duration;
}
