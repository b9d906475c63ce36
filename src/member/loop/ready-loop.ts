import type { SyncToken } from "../../base/disk.ts";
import { type FaultPoints, NO_POINTS } from "../../base/fault-points.ts";
import type { Instant } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import {
  EMPTY,
  type Entry,
  type Message,
  MessageType,
  type Ready,
  type Snapshot,
  StateType,
} from "../../raft/types.ts";
import type { StateMachine } from "../apply/state-machine.ts";
import type { MemberHost } from "../host.ts";
import type { Dispatch } from "../rpc/dispatch.ts";
import type { MemberConfig } from "../settings.ts";
import type { MemberTracer } from "../tracing/tracer.ts";
import { ApplyQueue } from "./apply-queue.ts";
import type { Exit } from "./exit.ts";
import type { Persistence } from "./persistence.ts";

/** The trace's word for a sync that will not come to pass. */
const NEVER_SYNCED = -1;

/** What the loop brings together. */
export interface ReadyParts {
  readonly host: MemberHost;
  readonly tracer: MemberTracer;
  readonly node: RawNode;
  readonly persistence: Persistence;
  readonly machine: StateMachine;
  readonly requests: Dispatch;
  readonly exit: Exit;
}

/** Nothing to save or to apply: nothing for the backendTicker to look after. */
function speaksOnly(ready: Ready): boolean {
  return (
    ready.hardState === null &&
    ready.softState === null &&
    ready.snapshot === null &&
    ready.entries.length === 0 &&
    ready.committedEntries.length === 0 &&
    ready.readStates.length === 0
  );
}

/**
 * Carries out what raft wants, Ready by Ready (server/etcdserver/raft.go): the leader sends before
 * it saves, a follower after; what is committed is applied at once, unless it must wait in the
 * {@link ApplyQueue}, and the next Ready is taken when this one is on disk.
 */
export class ReadyLoop {
  /** The services may want to be woken at another time: set here, set back by the member. */
  touched = true;
  /** Something may have been applied since the backendTicker last looked: set back by the member. */
  unkept = true;
  private readonly host: MemberHost;
  private readonly tracer: MemberTracer;
  private readonly node: RawNode;
  private readonly persistence: Persistence;
  private readonly machine: StateMachine;
  private readonly requests: Dispatch;
  private readonly exit: Exit;
  private readonly points: FaultPoints;
  /** The Ready whose bytes are on their way to the disk; nothing further is taken from raft. */
  private underway: Ready | null = null;
  private token: SyncToken = 0;
  /** The Ready under way is on disk, and waits for its changes of the configuration to be applied. */
  private held = false;
  private readonly applying: ApplyQueue;
  /** The Ready under way was begun as leader: its messages went out before the disk was asked. */
  private sentEarly = false;
  /**
   * Known mistakes R2 and R3: votes, and acknowledgements of appends, that go out before what they
   * promise is on disk.
   */
  private readonly hasty: readonly MessageType[];
  /**
   * Known mistake W14: snapshots that the state machine has not come to yet, since it works beside
   * raft's loop, as etcd's does; what came with them is removed when the next one comes, and the member
   * panics. null: it keeps step.
   */
  private readonly late: Snapshot[] | null;
  /** Known mistake B9. */
  private readonly backwards: boolean;

  constructor({ mistakes }: MemberConfig, parts: ReadyParts) {
    this.host = parts.host;
    this.tracer = parts.tracer;
    this.node = parts.node;
    this.persistence = parts.persistence;
    this.machine = parts.machine;
    this.requests = parts.requests;
    this.exit = parts.exit;
    this.points = parts.host.points ?? NO_POINTS;
    this.applying = new ApplyQueue({ ...parts, applyTakes: () => parts.host.applyTakes ?? 0 });
    this.hasty = [
      ...(mistakes.votesBeforeSync ? [MessageType.VoteResp] : []),
      ...(mistakes.acksBeforeSync ? [MessageType.AppResp] : []),
    ];
    this.backwards = mistakes.sendsBackwards;
    this.late = mistakes.removesPendingSnapshot ? [] : null;
  }

  get saving(): boolean {
    return this.underway !== null && !this.held;
  }

  /** Takes from raft what it has, until there is nothing more or the disk must be waited for. */
  run(): void {
    while (this.underway === null && !this.exit.dead) {
      if (this.sendMessages() || !this.node.hasReady()) return;
      const ready = this.node.ready();
      if (this.leads) this.tracer.progress(this.node.raft);
      if (!speaksOnly(ready)) this.unkept = true;
      const token = this.begin(ready);
      if (this.exit.dead) return;
      if (token === 0) this.finish(ready);
      else {
        this.underway = ready;
        this.token = token;
      }
    }
  }

  /**
   * Sends what there is to send if that is all there is to do: a Ready would be much ado about a
   * heartbeat. Not where somebody is told of every Ready, who must not change what happens by it.
   */
  private sendMessages(): boolean {
    if (this.tracer.probe !== null) return false;
    const messages = this.node.messages();
    if (messages === null) return false;
    if (this.leads) this.tracer.progress(this.node.raft);
    this.sendReady(messages, this.leads);
    return true;
  }

  /** The sync with this token is done. */
  synced(token: SyncToken): void {
    const { underway } = this;
    if (underway === null || this.held || token !== this.token) return;
    this.underway = null;
    this.finish(underway);
  }

  /** When something is applied that takes its time. */
  due(): Instant {
    return this.applying.due();
  }

  /** Applies what is due, and goes on with what waited for that. */
  applyDue(): void {
    if (this.applying.isEmpty || !this.applying.work()) return;
    this.touched = true;
    this.unkept = true;
    const { appliedIndex } = this.machine;
    this.node.appliedTo(appliedIndex);
    if (this.node.raft.log.applied === appliedIndex) this.machine.settleChanges(this.requests);
    const { underway } = this;
    if (underway === null || !this.held || this.applying.changesConfiguration) return;
    this.underway = null;
    this.held = false;
    this.release(underway);
  }

  /** Begins a snapshot of the member's own, if it is time, or compacts the log in memory. */
  snapshotIfDue(): void {
    const { machine, persistence } = this;
    if (machine.replaying) return;
    if (machine.snapshotWanted) {
      machine.snapshotWanted = false;
      persistence.askSnapshot();
    }
    if (!persistence.snapshotDue(machine.appliedIndex)) {
      if (persistence.compactionDue(machine.appliedIndex)) {
        persistence.compactInMemory(machine.snapshot(EMPTY));
      }
      return;
    }
    try {
      machine.store.backend.commit();
      persistence.startSnapshot(machine.snapshot(EMPTY));
    } catch (error) {
      this.exit.on(error);
    }
  }

  private get leads(): boolean {
    return this.node.raft.state === StateType.Leader;
  }

  /** What happens at once with a Ready; returns the sync to wait for, or 0. */
  private begin(ready: Ready): SyncToken {
    this.touched = true;
    if (this.late !== null) this.installLate(this.late, ready);
    const steps = this.tracer.probe?.take() ?? [];
    if (ready.hardState !== null) this.tracer.hardState(ready.hardState);
    if (ready.snapshot === null) this.emitLog(ready);
    if (ready.softState !== null) this.requests.leaderSeen(ready.softState.lead);
    for (const state of ready.readStates) this.requests.readAnswered(state);
    this.sentEarly = this.leads;
    if (this.sentEarly) this.sendReady(ready.messages, true);
    else if (this.hasty.length > 0) this.send(ready.messages.filter((m) => this.isHasty(m)));
    if (ready.committedEntries.length > 0) this.apply(ready.committedEntries);
    try {
      const token = this.persistence.save(ready);
      this.tracer.ready(steps, token);
      return token;
    } catch (error) {
      this.tracer.ready(steps, NEVER_SYNCED);
      this.exit.on(error);
      return 0;
    }
  }

  private apply(entries: readonly Entry[]): void {
    const { applying, machine, node, requests } = this;
    if (applying.holdsBack) applying.addEntries(entries);
    else machine.apply(entries, node, requests);
  }

  /** What had to wait for the disk. */
  private finish(ready: Ready): void {
    this.touched = true;
    this.persistence.saved(ready);
    // Not before: what is applied may be ahead of what is on this member's own disk.
    this.snapshotIfDue();
    if (ready.snapshot !== null) {
      if (this.late !== null) this.late.push(ready.snapshot);
      else this.applying.addSnapshot(ready.snapshot);
      // Entries that came with a snapshot follow it.
      this.emitLog(ready);
    }
    // Until then it counts votes by the configuration of before, maybe alone in it. Its leader waits for
    // nobody: what it sends is an append, a heartbeat.
    if (!this.sentEarly && this.applying.changesConfiguration) {
      this.underway = ready;
      this.held = true;
    } else this.release(ready);
  }

  /** A follower sends, and raft learns that the Ready is done with. */
  private release(ready: Ready): void {
    if (!this.sentEarly) {
      const { messages } = ready;
      this.sendReady(
        this.hasty.length > 0 ? messages.filter((m) => !this.isHasty(m)) : messages,
        false,
      );
    }
    this.node.advance(this.machine.appliedIndex);
    this.machine.settleChanges(this.requests);
  }

  private emitLog({ entries, hardState }: Ready): void {
    if (entries.length > 0) this.tracer.appended(entries);
    if (hardState === null) return;
    const { commit } = hardState;
    this.tracer.committed(commit, this.node.raft.log.term(commit));
  }

  /** Known mistake W14: see {@link ReadyLoop.late}. */
  private installLate(late: Snapshot[], { snapshot, committedEntries }: Ready): void {
    if (snapshot !== null) this.machine.release(snapshot.metadata.index - 1);
    else if (committedEntries.length > 0)
      for (const each of late.splice(0)) this.applying.addSnapshot(each);
  }

  private isHasty(message: Message): boolean {
    return this.hasty.includes(message.type);
  }

  private sendReady(messages: readonly Message[], leads: boolean): void {
    const { points } = this;
    if (points.active) points.pass(leads ? "raftBeforeLeaderSend" : "raftBeforeFollowerSend");
    this.send(messages);
  }

  private send(messages: readonly Message[]): void {
    // Known mistake B9: a follower that gets the second append first refuses it, and is probed.
    const ordered = this.backwards ? [...messages].reverse() : messages;
    for (const message of ordered) {
      if (message.type !== MessageType.Snap) this.host.peers.send(message);
      // etcd merges the state machine as it is now into the snapshot that raft wants sent.
      else {
        const { machine } = this;
        const snapshot = machine.snapshot(machine.store.backend.image());
        this.host.peers.send({ ...message, snapshot });
      }
    }
  }
}
