import { assert } from "../base/assert.ts";
import { Digest } from "../base/digest.ts";
import { type Random, type RootRandom, rootRandom } from "../base/random.ts";
import type { Instant } from "../base/time.ts";
import type { Client, ClientOptions } from "../client/client.ts";
import { memberConfig } from "../member/config.ts";
import { EntrySummaries } from "../member/tracing/entry-summaries.ts";
import type { MemberData } from "../member/views.ts";
import type { Mistakes } from "../museum/catalogue.ts";
import { mistakesOf } from "../museum/switches.ts";
import { Layer, type LinksEvent, NO_CONF } from "../trace/events.ts";
import { Recorder } from "../trace/recorder.ts";
import type { TraceSink } from "../trace/trace.ts";
import { Clients } from "./clients/clients.ts";
import type { StreamPacket } from "./clients/stream-pipe.ts";
import { SimClock } from "./clock.ts";
import {
  type ClientTimer,
  EventKind,
  type Packet,
  type Payload,
  type PeerRefusal,
  type PlannedStep,
  type SnapshotOutcome,
  type UnaryCallEvents,
} from "./event-kinds.ts";
import type { Fault } from "./fault.ts";
import { Faults } from "./faults.ts";
import { PowerFailure } from "./machine/disk.ts";
import { Node, type NodeWorld } from "./machine/node.ts";
import { type Envelope, Network } from "./network/network.ts";
import { PeerTransport } from "./network/peer-transport.ts";
import type { ClusterOptions } from "./options.ts";
import type { MemberView } from "./view.ts";

export { DEFAULT_CLUSTER } from "./defaults.ts";

/**
 * Who hears of what happens in a cluster.
 *
 * @public
 */
export interface ClusterHooks {
  readonly sinks?: readonly TraceSink[];
  /**
   * A member's panic ends its process, and the trace tells of it: for who looks there, as scenarios do. Default
   * false: it is thrown at whoever drives the cluster, and can't be overlooked.
   */
  readonly containsPanics?: boolean;
}

/** State hashes in hex digits: a member's is asked for again and again, and turns slowly into text. */
class HashTexts {
  private readonly last: { readonly hash: number; readonly text: string }[] = [];

  text(member: number, hash: number): string {
    const last = this.last[member];
    if (last?.hash === hash) return last.text;
    const text = hash.toString(16).padStart(13, "0");
    this.last[member] = { hash, text };
    return text;
  }
}

/**
 * The world: members on their machines, the network between them, and clients, all driven by one
 * queue of events. Everything that happens follows from the options (the seed among them) and the
 * calls made from outside.
 *
 * @public
 */
export class Cluster implements NodeWorld {
  readonly options: ClusterOptions;
  readonly clock = new SimClock<Payload>();
  readonly trace: Recorder;
  readonly containsPanics: boolean;
  readonly summaries: EntrySummaries;
  /** Events of the queue executed so far. */
  events = 0;
  readonly network: Network<Packet>;
  private readonly random: RootRandom;
  private readonly nodes: Node[] = [];
  private ids: readonly number[] = [];
  readonly clients: Clients;
  private readonly hashes = new HashTexts();
  private readonly faults: Faults;
  private readonly mistakes: Mistakes;
  private lastCallId = 0;

  /** Throws an Error if `options.bugs` names a mistake that nobody knows. */
  constructor(options: ClusterOptions, hooks: ClusterHooks = {}) {
    assert(options.members >= 1 && options.members <= 63, "a cluster has 1 to 63 members");
    this.options = options;
    this.mistakes = mistakesOf(options.bugs);
    this.trace = new Recorder(hooks.sinks ?? []);
    this.containsPanics = hooks.containsPanics ?? false;
    this.summaries = new EntrySummaries((this.trace.layers & Layer.Detail) !== 0);
    this.random = rootRandom(options.seed);
    this.network = new Network<Packet>(
      this.clock,
      this.random.fork("network"),
      options.network,
      EventKind.Deliver,
    );
    const calm = {
      ...options.network,
      ...options.clientLatency,
      loss: 0,
      duplicate: 0,
      reorder: 0,
    };
    this.clients = new Clients(this, this.random.fork("clients"), calm, options.clientKeepAlive, {
      timeoutUs: options.clientTimeoutUs,
      mistakes: this.mistakes,
    });
    this.faults = new Faults(this);
    const voters = Array.from({ length: options.members }, (_, i) => i + 1);
    const phases = this.random.fork("boot");
    for (const id of voters) {
      this.addNode(id, voters);
      // Processes never start in the same instant; nor do their ticks fall together.
      this.clock.at(phases.below(options.tickUs), EventKind.Boot, id, null);
    }
  }

  get now(): Instant {
    return this.clock.now;
  }

  // ---- running -------------------------------------------------------------------------------

  /** When the next event happens. */
  nextAt(): Instant {
    return this.clock.peekAt();
  }

  /** Executes the next event; false if there is none. */
  step(): boolean {
    if (!this.clock.next()) return false;
    this.events++;
    try {
      this.execute();
    } catch (error) {
      this.powerFailed(error);
    }
    return true;
  }

  private execute(): void {
    const { kind, target, payload } = this.clock.queue;
    switch (kind) {
      case EventKind.Wake:
        this.node(target).wake();
        break;
      case EventKind.Deliver:
        this.node(target).peers.deliver(payload as Envelope<Packet>);
        break;
      case EventKind.DiskDone:
        this.node(target).diskDone(payload as number);
        break;
      case EventKind.Request:
        (payload as UnaryCallEvents).arrive();
        break;
      case EventKind.Canceled:
        (payload as UnaryCallEvents).canceled();
        break;
      case EventKind.Reply:
        (payload as UnaryCallEvents).replied();
        break;
      case EventKind.ClientTimer:
        (payload as ClientTimer).ranOut();
        break;
      case EventKind.Planned:
        (payload as PlannedStep).comes();
        break;
      case EventKind.StreamPacket:
        this.clients.connections.arrive(payload as StreamPacket);
        break;
      case EventKind.Unreachable:
        this.node(target).unreachable(payload as number);
        break;
      case EventKind.Rejected:
        this.node(target).rejected();
        break;
      case EventKind.PeerRefused:
        this.node(target).peerRefused(payload as PeerRefusal);
        break;
      case EventKind.SnapshotSent: {
        const { peer, ok } = payload as SnapshotOutcome;
        this.node(target).snapshotSent(peer, ok);
        break;
      }
      case EventKind.Reseed:
        this.random.reseed(payload as number);
        break;
      default:
        assert(kind === EventKind.Boot, "every kind of event is known");
        // It may have been started, or even crashed, by hand before.
        if (this.node(target).lives === 0) this.node(target).boot(0);
    }
  }

  /** A disk failed where a fault said that it would; anything else is not caught. */
  private powerFailed(error: unknown): void {
    if (!(error instanceof PowerFailure)) throw error;
    const id = this.ids.find((each) => this.node(each).disk === error.disk);
    assert(id !== undefined, "a disk is some member's");
    this.node(id).powerFailed();
  }

  /** Executes everything up to and including `at`, and lets time pass to it. */
  runUntil(at: Instant): void {
    while (this.clock.peekAt() <= at) this.step();
    if (at > this.clock.now) this.clock.advanceTo(at);
  }

  // ---- looking -------------------------------------------------------------------------------

  /** All members that ever existed, in order. */
  memberIds(): readonly number[] {
    return this.ids;
  }

  has(id: number): boolean {
    return this.nodes[id] !== undefined;
  }

  node(id: number): Node {
    const node = this.nodes[id];
    assert(node !== undefined, "the member exists");
    return node;
  }

  view(id: number): MemberView {
    const { status, refusal, retired, member } = this.node(id);
    if (member === null) {
      return {
        id,
        status,
        refusal,
        retired,
        role: "follower",
        term: 0,
        vote: 0,
        lead: 0,
        commit: 0,
        applied: 0,
        firstIndex: 0,
        lastIndex: 0,
        lastTerm: 0,
        conf: NO_CONF,
        revision: 0,
        compactRevision: -1,
        stateHash: "",
      };
    }
    const state = member.view();
    // Written out: conditions ask after most events, and copies of fields around cost more than a run.
    return {
      id,
      status,
      refusal,
      retired,
      role: state.role,
      term: state.term,
      vote: state.vote,
      lead: state.lead,
      commit: state.commit,
      applied: state.applied,
      firstIndex: state.firstIndex,
      lastIndex: state.lastIndex,
      lastTerm: state.lastTerm,
      conf: state.conf,
      revision: state.revision,
      compactRevision: state.compactRevision,
      stateHash: this.hashes.text(id, state.stateHash),
    };
  }

  views(): MemberView[] {
    return this.ids.map((id) => this.view(id));
  }

  /** The value of a key in a member's own state, without asking anybody; null if there is none. */
  peek(id: number, key: string): string | null {
    return this.node(id).member?.peek(key) ?? null;
  }

  /** Keys that begin so and their values, as a member had them at a revision; null if that can't be told. */
  entries(id: number, prefix: string, revision: number): ReadonlyMap<string, string> | null {
    return this.node(id).member?.entries(prefix, revision) ?? null;
  }

  /** The release that a member is, or will be when it starts. */
  versionOf(id: number): string {
    return this.node(id).serverVersion;
  }

  /** What a member's database holds; null while it does not run. */
  inspect(id: number): MemberData | null {
    return this.node(id).member?.inspect() ?? null;
  }

  /** How many watchers, of members that run, have not been told all that has happened yet. */
  watchersBehind(): number {
    let behind = 0;
    for (const id of this.memberIds()) {
      const { status, member } = this.node(id);
      if (status === "up") behind += member?.watchersBehind ?? 0;
    }
    return behind;
  }

  /** What `etcdctl endpoint hashkv` would show of a member; -1 while it does not run. */
  hashKv(id: number): number {
    return this.node(id).member?.hashKv() ?? -1;
  }

  /** Whether bits of its disk rotted, and nobody has mended or replaced it since. */
  hasRotted(id: number): boolean {
    return this.faults.hasRotted(id);
  }

  /** What stands on the disks of all members. */
  diskBytes(): number {
    let bytes = 0;
    for (const id of this.ids) bytes += this.node(id).disk.bytes;
    return bytes;
  }

  /** The running leader of the highest term; 0 if there is none. */
  leader(): number {
    let leader = 0;
    let term = 0;
    for (const id of this.ids) {
      const { status, member } = this.node(id);
      if (status === "up" && member?.isLeader && member.term > term) {
        leader = id;
        term = member.term;
      }
    }
    return leader;
  }

  /** A fingerprint of all members: what runs, and every byte on their disks. 16 hex digits. */
  stateDigest(): string {
    const digest = new Digest();
    digest.number(this.now);
    for (const id of this.ids) {
      const { status, member, disk } = this.node(id);
      digest.u32(id);
      digest.string(status);
      member?.digest(digest);
      for (const file of disk.list("")) {
        digest.string(file);
        digest.bytes(disk.read(file));
      }
    }
    return digest.hex();
  }

  // ---- acting from outside -------------------------------------------------------------------

  /** Client `id`. Its options are given when it is first asked for. */
  client(id: number, options?: ClientOptions): Client {
    return this.clients.client(id, options ?? null);
  }

  /** Does something to the world. Throws FaultError, with a text for people, if it is impossible. */
  inject(fault: Fault): void {
    try {
      this.faults.inject(fault);
    } catch (error) {
      this.powerFailed(error);
    }
  }

  /** As the leader has it; without one all members that ever were. */
  voterSets(): readonly (readonly number[])[] {
    const leader = this.leader();
    if (leader === 0) return [this.ids];
    const { voters, votersOutgoing } = this.view(leader).conf;
    return votersOutgoing.length === 0 ? [voters] : [voters, votersOutgoing];
  }

  /** All faults are over, and what they broke is mended as far as it can be. */
  settled(): void {
    this.faults.settled();
  }

  private draws = 0;

  /** Chance for what is done to the world from outside: another stream each time. */
  chance(): Random {
    return this.random.fork(`from outside ${++this.draws}`);
  }

  /** Makes a machine for a new member; its process is not started. */
  addNode(id: number, initialVoters: readonly number[]): Node {
    assert(this.nodes[id] === undefined, "a member id is used once");
    const { options } = this;
    const serverVersion = options.versions[id] ?? options.serverVersion;
    const node = new Node(
      this,
      memberConfig({ ...options, serverVersion }, id, initialVoters),
      this.random.fork(`m${id}`),
      this.options.disk,
    );
    this.nodes[id] = node;
    this.ids = [...this.ids, id].sort((a, b) => a - b);
    this.network.addNode(id);
    return node;
  }

  /** The stream of chance of that name, for programs that work with the cluster. */
  stream(name: string): Random {
    return this.random.fork(name);
  }

  /**
   * What happens up to `at`, `at` included, stays as it is; all that is drawn later has the chance of
   * another seed. An event of the queue, so that nobody has to look whether the time has come.
   */
  reseedAfter(at: Instant, seed: number): void {
    this.clock.at(at + 1, EventKind.Reseed, 0, seed);
  }

  /** Says something to the reader of the trace. */
  note(about: "step" | "cluster", text: string): void {
    if ((this.trace.layers & Layer.Detail) === 0) return;
    this.trace.emit({ seq: 0, kind: "note", at: this.now, member: 0, cause: 0, about, text });
  }

  /** Tells the trace which links do not deliver now. */
  emitLinks(cause: number): void {
    const event: LinksEvent = {
      seq: 0,
      kind: "links",
      at: this.now,
      member: 0,
      cause,
      cut: this.network.cutList(),
      clogged: this.network.cloggedList(),
    };
    this.trace.emit(event);
  }

  connect(node: Node): PeerTransport {
    return new PeerTransport(this, node);
  }

  /** An id for a call, a client's or an operator's: they rise in the order of beginning. */
  nextCallId(): number {
    return ++this.lastCallId;
  }
}
