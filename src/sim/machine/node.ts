import type { ApiError } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { ServiceResponse, StreamResponse } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { EventId } from "../../base/event-queue.ts";
import { FaultPoints } from "../../base/fault-points.ts";
import type { Random } from "../../base/random.ts";
import { type Duration, type Instant, NEVER, type WallTime } from "../../base/time.ts";
import { memberConfig } from "../../member/config.ts";
import type { MemberHost, MemberPeers } from "../../member/host.ts";
import { RefuseToStart } from "../../member/loop/recover.ts";
import { restoreBackup } from "../../member/loop/restore-backup.ts";
import { Member } from "../../member/member.ts";
import type { MemberRequest, Message, StreamInput } from "../../member/protocol.ts";
import type { MemberConfig } from "../../member/settings.ts";
import type { EntrySummaries } from "../../member/tracing/entry-summaries.ts";
import { isAcknowledgement, messageSummary } from "../../member/tracing/summaries.ts";
import { Layer } from "../../trace/events.ts";
import type { Recorder } from "../../trace/recorder.ts";
import type { SimClock } from "../clock.ts";
import { EventKind, type Packet, type Payload, type PeerRefusal } from "../event-kinds.ts";
import type { CrashMode } from "../fault.ts";
import type { Envelope } from "../network/link.ts";
import type { PeerRpc } from "../network/peer-rpc.ts";
import type { DiskOptions } from "../options.ts";
import type { MemberStatus } from "../view.ts";
import { Acknowledgements, BindingMessages } from "./binding-messages.ts";
import { PowerFailure, SimDisk } from "./disk.ts";
import { LocalClock } from "./local-clock.ts";

/** What a node asks of the world it stands in. */
export interface NodeWorld {
  readonly clock: SimClock<Payload>;
  readonly trace: Recorder;
  /** Somebody looks for panics in the trace. */
  readonly containsPanics: boolean;
  readonly summaries: EntrySummaries;
  readonly clients: NodeClients;
  /** Connects a machine to the others. */
  connect(node: Node): NodePeers;
}

/** A machine's end of the network between members. */
export interface NodePeers extends MemberPeers {
  /** Something that is addressed to this machine comes to the end of its way. */
  deliver(envelope: Envelope<Packet>): void;
  /** Something that was sent from this machine is lost on its way. */
  lost(envelope: Envelope<Packet>): void;
  /** The process takes in a peer's call, and is to respond to it. */
  asked(rpc: PeerRpc): void;
  /** The process is another one, who was asked nothing yet. */
  booted(): void;
}

/** Where what a member sends on clients' streams goes, and where it shows that its process is gone. */
export interface NodeClients {
  readonly connections: {
    push(streamId: number, response: StreamResponse, bytes: number): void;
    end(streamId: number, error: ApiError | null): void;
    lost(member: number): void;
  };
}

/** Who waits for the response to a call: a client, or an operator who stands beside the machine. */
export interface Caller {
  responded(reply: Reply<ServiceResponse>): void;
  /** The process is gone, and will not respond. */
  connectionLost(): void;
}

/** How the process takes an input in: constants, for one is taken in with every event of the queue. */
type Input<A, B> = (node: Node, member: Member, a: A, b: B) => void;

/** An input that came while the process was paused. */
interface Deferred {
  readonly input: Input<unknown, unknown>;
  readonly a: unknown;
  readonly b: unknown;
}

const NOTHING: Input<0, 0> = () => undefined;
const WAKE: Input<0, 0> = (node, member) => {
  const now = node.localNow;
  // Armed for a need that has moved since: nothing to do but to arm again.
  if (member.nextWake() > now) return;
  const { at, id } = node;
  const ticks = member.ticksSince(now);
  node.cause = node.trace.emit({ seq: 0, kind: "wake", at, member: id, cause: 0, ticks });
  member.wake(now);
};
const RESUMED: Input<0, 0> = (node, member) => member.resumed(node.localNow);
const CORRUPT: Input<string, string> = (node, member, key, value) => {
  member.corrupt(node.localNow, key, value);
};
const RECEIVE: Input<Message, number> = (node, member, message, sendSeq) => {
  node.cause = node.emitDelivery(message, sendSeq);
  member.receive(node.localNow, message);
};
const RECEIVE_STRAY: Input<Message, number> = (node, member, message, sendSeq) => {
  node.cause = sendSeq;
  member.receive(node.localNow, message);
};
const DISK_DONE: Input<number, number> = (node, member, token, syncSeq) => {
  node.cause = node.emitDiskDone(token, syncSeq);
  member.diskDone(node.localNow, token);
};
const REQUEST: Input<MemberRequest, number> = (node, member, call, cause) => {
  node.cause = cause;
  member.request(node.localNow, call);
};
const STREAM: Input<StreamInput, number> = (node, member, input, cause) => {
  node.cause = cause;
  member.stream(node.localNow, input);
};
const CANCELED: Input<number, 0> = (node, member, callId) => {
  member.canceled(node.localNow, callId);
};
const UNREACHABLE: Input<number, 0> = (node, member, peer) => {
  member.unreachable(node.localNow, peer);
};
const SNAPSHOT_SENT: Input<number, boolean> = (node, member, peer, ok) => {
  member.snapshotSent(node.localNow, peer, ok);
};
const REJECTED: Input<0, 0> = (_node, member) => member.rejected();
const PEER_RPC: Input<PeerRpc, 0> = (node, member, rpc) => {
  const { from, callId, life, request, reply } = rpc;
  if (request !== null) {
    node.peers.asked(rpc);
    member.peerRpc(node.localNow, from, callId, request);
  } else if (life === node.lives) member.peerResponded(node.localNow, callId, reply);
};
const PEER_REFUSED: Input<PeerRefusal, 0> = (node, member, { callId, life }) => {
  if (life === node.lives) member.peerResponded(node.localNow, callId, null);
};

/**
 * One machine of the cluster: a disk and a clock that outlive the process, and the process (the
 * member) while it runs. Turns global time into the member's own and arms its wake-ups.
 */
export class Node implements MemberHost {
  readonly id: number;
  readonly disk: SimDisk;
  readonly clock = new LocalClock();
  /** The stream of the present life of the process. */
  random: Random;
  readonly trace: Recorder;
  readonly summaries: EntrySummaries;
  readonly peers: NodePeers;
  status: MemberStatus = "down";
  refusal = "";
  member: Member | null = null;
  cause = 0;
  /** How long its process takes to apply an entry. */
  applyTakes: Duration = 0;

  private readonly world: NodeWorld;
  private config: MemberConfig;
  private readonly origin: Random;
  /** Its data is of a cluster that was given up for another one. */
  retired = false;
  /** How often its process was started. */
  lives = 0;
  private armedAt: Instant = NEVER;
  private armed: EventId = 0;
  private backlog: Deferred[] = [];
  /** Why the process is about to exit; empty if it is not. */
  private stopping = "";
  /** How the machine is to go down at a command of its disk, or at a point of its code. */
  private failure: {
    readonly mode: CrashMode;
    readonly cause: number;
    readonly point: string;
  } | null = null;
  readonly points = new FaultPoints(() => {
    throw new PowerFailure(this.disk);
  });
  /** Trace seq of the `sync` event of the sync under way. */
  private syncSeq = 0;
  /** Who waits for the calls that the process was asked, by the calls' ids. */
  private readonly callers = new Map<number, Caller>();
  /** When the process started, or went on after a pause. */
  upSince: Instant = 0;
  private readonly promises = new BindingMessages();
  private readonly acknowledgements = new Acknowledgements();

  constructor(world: NodeWorld, config: MemberConfig, random: Random, disk: DiskOptions) {
    this.world = world;
    this.config = config;
    this.id = config.id;
    this.origin = random;
    this.random = random;
    this.trace = world.trace;
    this.summaries = world.summaries;
    this.peers = world.connect(this);
    this.disk = new SimDisk(world.clock, random.fork("disk"), disk, (token, doneAt) => {
      const { clock } = this.world;
      this.syncSeq = this.trace.emit({
        seq: 0,
        kind: "sync",
        at: clock.now,
        member: this.id,
        cause: this.cause,
        file: this.disk.syncingFile,
        token,
        took: doneAt - clock.now,
      });
      clock.at(doneAt, EventKind.DiskDone, this.id, token);
    });
  }

  // ---- the member's host ---------------------------------------------------------------------

  get at(): Instant {
    return this.world.clock.now;
  }

  get wallNow(): WallTime {
    return this.clock.wall(this.world.clock.now);
  }

  respond(callId: number, reply: Reply<ServiceResponse>): void {
    const caller = this.callers.get(callId);
    this.callers.delete(callId);
    caller?.responded(reply);
  }

  push(streamId: number, response: StreamResponse, bytes: number): void {
    this.world.clients.connections.push(streamId, response, bytes);
  }

  endStream(streamId: number, error: ApiError | null): void {
    this.world.clients.connections.end(streamId, error);
  }

  stopped(reason: string): void {
    this.stopping = reason;
  }

  // ---- life ----------------------------------------------------------------------------------

  /** By the machine's own clock. */
  get localNow(): Instant {
    return this.clock.local(this.world.clock.now);
  }

  /**
   * Starts the process. It may refuse, and then says why.
   * @param forceNewCluster it goes on as the only member of its cluster
   */
  boot(cause: number, forceNewCluster = false): void {
    assert(this.member === null, "a running member is not started again");
    this.cause = cause;
    this.lives++;
    this.upSince = this.world.clock.now;
    this.peers.booted();
    this.random = this.origin.fork(`life ${this.lives}`);
    this.refusal = "";
    try {
      this.member = new Member({ ...this.config, forceNewCluster }, this, this.localNow);
      this.status = "up";
    } catch (error) {
      if (!(error instanceof RefuseToStart)) {
        this.panicked(error);
        return;
      }
      this.status = "refused";
      this.refusal = error.message;
      const { now } = this.world.clock;
      this.trace.emit({
        seq: 0,
        kind: "refuse",
        at: now,
        member: this.id,
        cause: this.cause,
        text: error.message,
      });
      return;
    }
    this.goOn(NOTHING, 0, 0);
  }

  /** The machine will go down instead of carrying out its disk's n-th command from now. */
  crashAt(operations: number, mode: CrashMode, cause: number): void {
    this.points.disarm();
    this.disk.failsAt = this.disk.commands + operations;
    this.failure = { mode, cause, point: "" };
  }

  /** The machine will go down when the process passes the point for the n-th time from now. */
  crashAtPoint(point: string, count: number, mode: CrashMode, cause: number): void {
    this.disk.failsAt = NEVER;
    this.points.arm(point, count);
    this.failure = { mode, cause, point };
  }

  /** Its disk becomes an empty one; the next process on it joins a cluster that exists. */
  wipe(): void {
    assert(this.member === null, "the disk of a running member is not emptied");
    this.disk.wipe();
    this.config = { ...this.config, initialVoters: [] };
    this.status = "down";
    this.refusal = "";
  }

  /** Its disk holds what `etcdutl snapshot restore` makes of a backup. */
  restore(voters: readonly number[], backup: Uint8Array, bumpRevision: number): void {
    this.wipe();
    this.config = { ...this.config, initialVoters: voters };
    this.disk.atOnce(() => restoreBackup(this.config, this.disk, backup, bumpRevision));
  }

  get serverVersion(): string {
    return this.config.serverVersion;
  }

  /** Another program is installed: the next process is of that version. */
  setVersion(serverVersion: string): void {
    const { id, initialVoters } = this.config;
    this.config = memberConfig({ ...this.config, serverVersion }, id, initialVoters);
  }

  /** It is not to crash at anything any more. Says what it was to crash at and never came to; null: nothing. */
  crashNowhere(): string | null {
    const text = this.failure === null ? null : this.neverCame(this.failure);
    this.disk.failsAt = NEVER;
    this.points.disarm();
    this.failure = null;
    return text;
  }

  private neverCame({ point, cause }: NonNullable<Node["failure"]>): string {
    const text = `never came to ${point === "" ? "that operation of its disk" : point}: it did not crash there`;
    if ((this.trace.layers & Layer.Detail) === 0) return text;
    const { now } = this.world.clock;
    const { id: member } = this;
    this.trace.emit({ seq: 0, kind: "note", at: now, member, cause, about: "fault", text });
    return text;
  }

  /** The disk's command, or the point, that it was to crash at has come; whatever led there is not finished. */
  powerFailed(): void {
    const { failure } = this;
    assert(failure !== null, "a disk fails where it was told to");
    this.failure = null;
    this.stopping = "";
    this.member?.interrupted();
    this.crash(failure.mode, failure.cause, failure.point);
  }

  crash(mode: CrashMode, cause: number, point = ""): void {
    const { lostBytes, text } = this.disk.crash(mode, this.origin.fork(`crash ${this.lives}`));
    this.down(point === "" ? text : `at ${point}; ${text}`, lostBytes, cause);
  }

  /**
   * The process came upon what it can't go on with: it ends, and with it nothing else. As with any exit of
   * a process, the machine goes on, and what was written will reach the disk.
   *
   * Throws what is none of its doing: the disk's power failure, and whatever a listener of the trace throws; and
   * what is, where nobody would hear of it.
   */
  private panicked(error: unknown): void {
    const isItsOwn =
      error instanceof Error && !(error instanceof PowerFailure) && !this.trace.threw(error);
    if (!isItsOwn || !this.world.containsPanics) throw error;
    this.stopping = "";
    this.member?.interrupted();
    this.disk.crash("keep", this.origin);
    const panic = this.trace.emit({
      seq: 0,
      kind: "panic",
      at: this.world.clock.now,
      member: this.id,
      cause: this.cause,
      text: panicText(error),
    });
    this.down("it panics", 0, panic);
  }

  /** The process ends by its own decision, the machine goes on: what was written will reach the disk. */
  private exit(): void {
    const reason = this.stopping;
    this.stopping = "";
    this.disk.crash("keep", this.origin);
    this.down(`it exits: ${reason}`, 0, this.cause);
  }

  /** Ends the process; what it had written and not synced is as the disk says. */
  private down(text: string, lostBytes: number, cause: number): void {
    this.disarm();
    this.points.ended();
    this.member = null;
    this.status = "down";
    this.backlog = [];
    const { now } = this.world.clock;
    this.trace.emit({ seq: 0, kind: "crash", at: now, member: this.id, cause, text, lostBytes });
    this.loseConnections();
  }

  /** In the order in which the calls were begun, whatever the order in which they came. */
  private loseConnections(): void {
    const callers = [...this.callers].sort(([a], [b]) => a - b);
    this.callers.clear();
    for (const [, caller] of callers) caller.connectionLost();
    this.world.clients.connections.lost(this.id);
  }

  pause(cause: number): void {
    this.status = "paused";
    this.disarm();
    this.trace.emit({ seq: 0, kind: "pause", at: this.world.clock.now, member: this.id, cause });
  }

  resume(cause: number): void {
    assert(this.member !== null, "a paused member has a process");
    this.status = "up";
    const at = this.world.clock.now;
    this.trace.emit({ seq: 0, kind: "resume", at, member: this.id, cause });
    this.goOn(RESUMED, 0, 0);
    const waiting = this.backlog;
    this.backlog = [];
    for (const { input, a, b } of waiting) this.take(input, a, b);
    if (this.member === null) return;
    // A timer that ran out during the pause fires now.
    this.disarm();
    this.wake();
  }

  setDrift(ppm: number): void {
    this.clock.setDrift(this.world.clock.now, ppm);
    if (this.status === "up") {
      this.disarm();
      this.goOn(NOTHING, 0, 0);
    }
  }

  setApplyTakes(us: Duration): void {
    this.applyTakes = us;
    if (this.status === "up") this.goOn(NOTHING, 0, 0);
  }

  // ---- inputs --------------------------------------------------------------------------------

  /** The armed wake-up fires. */
  wake(): void {
    this.armedAt = NEVER;
    this.armed = 0;
    this.goOn(WAKE, 0, 0);
  }

  /** A message arrived. */
  receive(message: Message, sendSeq: number): void {
    this.take(RECEIVE, message, sendSeq);
  }

  /** A message that is for another member. The trace says that it did not arrive there, no more. */
  receiveStray(message: Message, sendSeq: number): void {
    this.take(RECEIVE_STRAY, message, sendSeq);
  }

  diskDone(token: number): void {
    // A crash may have ended it.
    if (this.disk.syncing !== token) return;
    const { syncSeq } = this;
    // Should the next sync begin now, it is because this one is done.
    this.cause = syncSeq;
    this.disk.settle(token);
    if (this.points.active && this.status === "up") this.points.synced(token);
    this.disk.proceed();
    if (this.member !== null) this.take(DISK_DONE, token, syncSeq);
  }

  request(call: MemberRequest, cause: number, caller: Caller): void {
    this.callers.set(call.callId, caller);
    this.take(REQUEST, call, cause);
  }

  /** The client of a call has gone. */
  canceled(callId: number): void {
    this.take(CANCELED, callId, 0);
  }

  unreachable(peer: number): void {
    this.take(UNREACHABLE, peer, 0);
  }

  /** A peer does not take its messages: it was removed from the cluster. */
  rejected(): void {
    this.take(REJECTED, 0, 0);
  }

  /** A peer's call, or what it responds to one, beside Raft. */
  receivePeerRpc(rpc: PeerRpc): void {
    this.take(PEER_RPC, rpc, 0);
  }

  /** Nobody listens where a call was sent to. */
  peerRefused(refusal: PeerRefusal): void {
    this.take(PEER_REFUSED, refusal, 0);
  }

  /** Something happens on a client's stream. */
  stream(input: StreamInput, cause: number): void {
    this.take(STREAM, input, cause);
  }

  snapshotSent(peer: number, ok: boolean): void {
    this.take(SNAPSHOT_SENT, peer, ok);
  }

  /** A fault: a value changes in the process's memory, and then on its disk. */
  corrupt(key: string, value: string, cause: number): void {
    assert(this.status === "up", "memory is corrupted while the process runs");
    this.cause = cause;
    this.goOn(CORRUPT, key, value);
  }

  /** The process takes an input in: later if it is paused, never if there is none. */
  private take<A, B>(input: Input<A, B>, a: A, b: B): void {
    if (this.status === "up") {
      this.cause = 0;
      this.goOn(input, a, b);
    } else if (this.status === "paused")
      this.backlog.push({ input: input as Deferred["input"], a, b });
  }

  /** The process takes an input in, and says when it wants to be woken; unless it panics over it. */
  private goOn<A, B>(input: Input<A, B>, a: A, b: B): void {
    const member = this.member as Member;
    let wanted: Instant;
    try {
      input(this, member, a, b);
      wanted = this.stopping === "" ? member.nextWake() : NEVER;
    } catch (error) {
      this.panicked(error);
      return;
    }
    if (this.stopping === "") this.arm(wanted);
    else this.exit();
  }

  // ---- what inputs leave in the trace, when they are taken in --------------------------------

  emitDelivery(message: Message, sendSeq: number): number {
    const { trace } = this;
    const { layers } = trace;
    const binding = (layers & Layer.Binding) !== 0 && this.promises.isNew(message);
    if (binding && !trace.keeps && isAcknowledgement(message)) {
      return trace.emit(this.acknowledgements.event(this, message, sendSeq));
    }
    if (!binding && (layers & Layer.Step) === 0) return 0;
    return trace.emit({
      seq: 0,
      at: this.world.clock.now,
      member: this.id,
      cause: sendSeq,
      kind: "deliver",
      message: messageSummary(message, (layers & Layer.Detail) !== 0),
    });
  }

  emitDiskDone(token: number, cause: number): number {
    const { now: at } = this.world.clock;
    return this.trace.emit({ seq: 0, kind: "disk-done", at, member: this.id, cause, token });
  }

  // ---- wake-ups ------------------------------------------------------------------------------

  /**
   * One wake-up is armed at a time. A later need leaves an earlier one armed: firing early costs
   * less than moving it with every message that resets the election timer.
   */
  private arm(wanted: Instant): void {
    const { clock } = this.world;
    const global = this.clock.globalFor(wanted);
    const at = global > clock.now ? global : clock.now;
    if (at >= this.armedAt) return;
    if (this.armed !== 0) clock.cancel(this.armed);
    this.armedAt = at;
    this.armed = clock.at(at, EventKind.Wake, this.id, null);
  }

  private disarm(): void {
    if (this.armed !== 0) this.world.clock.cancel(this.armed);
    this.armed = 0;
    this.armedAt = NEVER;
  }
}

/** Of what the language itself throws, the kind says as much as the text: `TypeError: …`. */
function panicText({ name, message }: Error): string {
  const isNative = name === "TypeError" || name === "RangeError" || name === "ReferenceError";
  return isNative || message === "" ? `${name}: ${message}` : message;
}
