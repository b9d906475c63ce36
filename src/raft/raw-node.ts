import { applyConfChange } from "./apply-conf-change.ts";
import { isV1 } from "./confchange/changes.ts";
import { type Config, validateConfig } from "./config.ts";
import { hup, ownCampaign } from "./election.ts";
import { ErrStepLocalMsg, ErrStepPeerNotFound, type RaftError } from "./errors.ts";
import { isLocalMessage, isLocalTarget, isResponseMessage, makeMessage } from "./messages.ts";
import { encodeConfChange, encodeConfChangeV2 } from "./pb/index.ts";
import type { Raft } from "./raft.ts";
import { ReadyMaker } from "./ready.ts";
import { startRaft } from "./start.ts";
import { type BasicStatus, basicStatus, type Status, status } from "./status.ts";
import { step } from "./step.ts";
import { skipTicks, tick, ticksUntilDue } from "./tick.ts";
import {
  type ConfChange,
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
  type Entry,
  EntryType,
  type Index,
  type Message,
  MessageType,
  NONE,
  type NodeId,
  type Ready,
} from "./types.ts";

/** A founding member, with what the application wants to know of it. */
export interface Peer {
  readonly id: NodeId;
  readonly context: Uint8Array;
}

/**
 * One raft node as its member drives it: feed it ticks, proposals and messages; while
 * {@link hasReady}, take a {@link ready}, write what it says, send its messages, apply its
 * committed entries and call {@link advance} (etcd-io/raft's RawNode).
 *
 * Refusals are returned ({@link RaftError}); violations of the protocol are thrown (RaftPanic).
 */
export class RawNode {
  /** For members and monitors to read. */
  readonly raft: Raft;
  private readonly work: ReadyMaker;
  private readonly omitsUnset: boolean;

  /** Throws an Error with etcd's text if the config is invalid. */
  constructor(config: Config) {
    this.omitsUnset = config.omitsUnset;
    this.raft = startRaft(validateConfig(config));
    this.work = new ReadyMaker(this.raft, config.asyncStorageWrites);
  }

  /**
   * Starts a new group: the members' conf changes are the first entries of term 1, already
   * committed. The storage must be empty, and all members must do the same.
   */
  bootstrap(peers: readonly Peer[]): void {
    const r = this.raft;
    if (peers.length === 0) throw new Error("must provide at least one peer to Bootstrap");
    if (r.log.storage.lastIndex() !== 0) throw new Error("can't bootstrap a nonempty Storage");
    this.work.forgetHardState();
    r.becomeFollower(1, NONE, "start");
    const changes = peers.map(
      ({ id, context }): ConfChange => ({
        id: 0,
        type: ConfChangeType.AddNode,
        nodeId: id,
        context,
      }),
    );
    const entries = changes.map(
      (change, i): Entry => ({
        term: 1,
        index: i + 1,
        type: EntryType.ConfChange,
        data: this.encodedV1(change),
      }),
    );
    r.log.append(entries);
    // Applied here so that the node may campaign at once; it sees them again as committed entries.
    r.log.committed = entries.length;
    for (const change of changes) applyConfChange(r, change);
  }

  tick(): void {
    tick(this.raft);
  }

  /** How many ticks until one can do something other than count; at least 1. */
  ticksUntilDue(): number {
    return ticksUntilDue(this.raft);
  }

  /** The same as n ticks; n < ticksUntilDue(). */
  skipTicks(n: number): void {
    skipTicks(this.raft, n);
  }

  campaign(): RaftError | null {
    hup(this.raft, ownCampaign(this.raft), "campaign");
    return null;
  }

  propose(data: Uint8Array): RaftError | null {
    return this.proposeEntries([plainEntry(data)]);
  }

  /** Several proposals in one message. */
  proposeMany(datas: readonly Uint8Array[]): RaftError | null {
    return this.proposeEntries(datas.map(plainEntry));
  }

  proposeConfChange(change: ConfChange | ConfChangeV2): RaftError | null {
    const v1 = isV1(change);
    return this.proposeEntries([
      {
        term: 0,
        index: 0,
        type: v1 ? EntryType.ConfChange : EntryType.ConfChangeV2,
        data: v1 ? this.encodedV1(change) : encodeConfChangeV2(change),
      },
    ]);
  }

  private encodedV1(change: ConfChange): Uint8Array {
    return encodeConfChange(change, null, this.omitsUnset);
  }

  /** A message from a peer, or a local storage thread's answer. */
  step(m: Message): RaftError | null {
    if (isLocalMessage(m.type) && !isLocalTarget(m.from)) return ErrStepLocalMsg;
    if (isResponseMessage(m.type) && !isLocalTarget(m.from)) {
      if (this.raft.tracker.get(m.from) === null) return ErrStepPeerNotFound;
    }
    return step(this.raft, m);
  }

  hasReady(): boolean {
    return this.work.has();
  }

  /** The outstanding work; it is handed out once. */
  ready(): Ready {
    return this.work.take();
  }

  /**
   * The outstanding messages, where a Ready would hold nothing else and {@link advance} do nothing:
   * they are handed out. null: there is nothing, or more.
   */
  messages(): readonly Message[] | null {
    return this.work.takeMessages();
  }

  /** The same as {@link ready} without handing it out. */
  readyWithoutAccept(): Ready {
    return this.work.peek();
  }

  /**
   * The last Ready is durable, and its committed entries are applied: all of them, or those up to
   * `applied`. Of the others {@link appliedTo} tells. Not with asyncStorageWrites.
   *
   * etcd's Advance says "applied" of what its apply goroutine may not have come to. Then a leader takes
   * a change of the configuration while the one before is not in force:
   * 1. n1 leads n1 to n3, and advances past "add n4" without applying it; the followers apply it.
   * 2. "add n5" is proposed: raft's guard, which asks for what is applied, finds nothing pending.
   * 3. n1 counts it committed with n1 and n2, of the three that it knows. n3, n4 and the new n5 know
   *    five members, and are a majority that never heard of it.
   */
  advance(applied: Index = Number.MAX_SAFE_INTEGER): void {
    this.work.advance(applied);
  }

  /** The state machine has applied so much of what it was advanced past. */
  appliedTo(index: Index): void {
    this.work.appliedTo(index);
  }

  /** To be called when a conf change entry is applied (not if the application rejects it). */
  applyConfChange(change: ConfChange | ConfChangeV2): ConfState {
    return applyConfChange(this.raft, change);
  }

  /** Asks for a read index; the answer comes in a Ready's readStates, or never (ask again). */
  readIndex(context: Uint8Array): void {
    const entries = [plainEntry(context)];
    step(this.raft, makeMessage({ type: MessageType.ReadIndex, entries }));
  }

  transferLeader(to: NodeId): void {
    step(this.raft, makeMessage({ type: MessageType.TransferLeader, from: to }));
  }

  /** Makes a follower forget its leader, so that it may vote before the lease has run out. */
  forgetLeader(): RaftError | null {
    return step(this.raft, makeMessage({ type: MessageType.ForgetLeader }));
  }

  /** The last message to `id` could not be sent. */
  reportUnreachable(id: NodeId): void {
    step(this.raft, makeMessage({ type: MessageType.Unreachable, from: id }));
  }

  /** How sending a snapshot to `id` ended. */
  reportSnapshot(id: NodeId, ok: boolean): void {
    step(this.raft, makeMessage({ type: MessageType.SnapStatus, from: id, reject: !ok }));
  }

  status(): Status {
    return status(this.raft);
  }

  basicStatus(): BasicStatus {
    return basicStatus(this.raft);
  }

  private proposeEntries(entries: readonly Entry[]): RaftError | null {
    const r = this.raft;
    return step(r, makeMessage({ type: MessageType.Prop, from: r.id, entries }));
  }
}

function plainEntry(data: Uint8Array): Entry {
  return { term: 0, index: 0, type: EntryType.Normal, data };
}
