import { assert } from "../base/assert.ts";
import { onAppended, onApplied } from "./advance.ts";
import type { Raft } from "./raft.ts";
import { step } from "./step.ts";
import { addStorageMessages } from "./storage-messages.ts";
import {
  type Entry,
  type HardState,
  type Index,
  type Message,
  NONE,
  type NodeId,
  type ReadState,
  type Ready,
  type Snapshot,
  type StateType,
  type Term,
} from "./types.ts";

const NO_READS: readonly ReadState[] = Object.freeze([]);
const NO_ACKS: readonly Message[] = Object.freeze([]);

/**
 * Hands a node's outstanding work to its member and learns when it is done: Ready and Advance
 * (etcd-io/raft's rawnode.go).
 *
 * Without asynchronous storage writes the acks to ourselves wait here until Advance, which stands
 * for "all of the last Ready is durable and applied". With them, the same acks travel as responses
 * of MsgStorageAppend and MsgStorageApply.
 */
export class ReadyMaker {
  private readonly raft: Raft;
  private readonly async: boolean;

  // What the last Ready said: the next one tells only what has changed.
  private lead: NodeId;
  private state: StateType;
  private term: Term;
  private vote: NodeId;
  private commit: Index;

  // What Advance has to deliver.
  private selfAcks: readonly Message[] = NO_ACKS;
  private appendPending = false;
  private appendTerm: Term = 0;
  private appendLastTerm: Term = 0;
  private appendLastIndex: Index = 0;
  private appendSnapshot: Snapshot | null = null;
  private applyPending: readonly Entry[] | null = null;
  private applySize = 0;
  /** What was advanced without being applied, oldest first. */
  private applying: { readonly entries: readonly Entry[]; readonly size: number }[] = [];

  constructor(raft: Raft, async: boolean) {
    this.raft = raft;
    this.async = async;
    this.lead = raft.lead;
    this.state = raft.state;
    this.term = raft.term;
    this.vote = raft.vote;
    this.commit = raft.log.committed;
  }

  /** After a bootstrap nothing is durable yet: the next Ready carries the whole HardState. */
  forgetHardState(): void {
    this.term = 0;
    this.vote = NONE;
    this.commit = 0;
  }

  /** Is there anything to do? */
  has(): boolean {
    return this.raft.msgs.length > 0 || this.hasMore();
  }

  /** Is there anything to do but to send what waits for nothing? */
  private hasMore(): boolean {
    const r = this.raft;
    const { log } = r;
    return (
      r.msgsAfterAppend.length > 0 ||
      log.committed !== this.commit ||
      log.unstable.hasNextEntries() ||
      log.hasNextCommitted(!this.async) ||
      r.state !== this.state ||
      r.lead !== this.lead ||
      r.term !== this.term ||
      r.vote !== this.vote ||
      r.readStates.length > 0 ||
      log.unstable.nextSnapshot() !== null
    );
  }

  /**
   * Hands out the messages if there is nothing else to do, and nothing that an Advance would tell
   * raft of; otherwise null. Heartbeats and their answers, most of what an idle group does, are so.
   */
  takeMessages(): readonly Message[] | null {
    const r = this.raft;
    const messages = r.msgs;
    if (messages.length === 0 || r.log.unstable.entries.length > 0 || this.hasMore()) return null;
    r.msgs = [];
    return messages;
  }

  /** What there is to do, without handing it out. */
  peek(): Ready {
    return this.make(this.raft.msgs.slice());
  }

  /** Hands out what there is to do. */
  take(): Ready {
    const ready = this.make(this.raft.msgs);
    this.accept(ready);
    return ready;
  }

  /** The last Ready is durable, and applied up to `applied` (synchronous storage only). */
  advance(applied: Index): void {
    const r = this.raft;
    if (this.async) r.logger.panic("Advance must not be called when using AsyncStorageWrites");
    const acks = this.selfAcks;
    if (acks.length > 0) {
      this.selfAcks = NO_ACKS;
      for (let i = 0; i < acks.length; i++) step(r, acks[i] as Message);
    }
    if (this.appendPending) {
      this.appendPending = false;
      onAppended(
        r,
        this.appendTerm,
        this.appendLastTerm,
        this.appendLastIndex,
        this.appendSnapshot,
      );
      this.appendSnapshot = null;
    }
    const entries = this.applyPending;
    if (entries !== null) {
      this.applyPending = null;
      this.applying.push({ entries, size: this.applySize });
      this.appliedTo(applied);
    }
  }

  /** The state machine is at `index`: raft learns of each Ready that is applied as a whole. */
  appliedTo(index: Index): void {
    for (;;) {
      const first = this.applying[0];
      if (first === undefined || lastOf(first.entries) > index) return;
      this.applying.shift();
      onApplied(this.raft, first.entries, first.size);
    }
  }

  /** `messages` are those to others that wait for nothing; the list is completed in place. */
  private make(messages: Message[]): Ready {
    const r = this.raft;
    const { log } = r;
    const entries = log.unstable.nextEntries();
    const committedEntries = log.nextCommitted(!this.async);
    const softChanged = r.lead !== this.lead || r.state !== this.state;
    const ready: Ready = {
      softState: softChanged ? { lead: r.lead, state: r.state } : null,
      hardState: this.changedHardState(),
      readStates: r.readStates.length > 0 ? r.readStates : NO_READS,
      entries,
      snapshot: log.unstable.nextSnapshot(),
      committedEntries,
      messages,
      mustSync: this.mustSync(entries.length),
    };
    if (this.async) addStorageMessages(this.raft, ready, messages);
    else this.addMessagesAfterAppend(messages);
    return ready;
  }

  private changedHardState(): HardState | null {
    const { term, vote, log } = this.raft;
    if (term === this.term && vote === this.vote && log.committed === this.commit) return null;
    return { term, vote, commit: log.committed };
  }

  /** Term, vote and log must survive a crash before we answer; a commit index can be learned again. */
  private mustSync(entryCount: number): boolean {
    const { term, vote, mistakes } = this.raft;
    // Known mistakes R3 and R2: entries, or a vote and its term, that a crash takes back.
    if (entryCount > 0 && !mistakes.acksBeforeSync) return true;
    return (vote !== this.vote || term !== this.term) && !mistakes.votesBeforeSync;
  }

  private addMessagesAfterAppend(messages: Message[]): void {
    const { msgsAfterAppend, id } = this.raft;
    for (let i = 0; i < msgsAfterAppend.length; i++) {
      const message = msgsAfterAppend[i] as Message;
      if (message.to !== id) messages.push(message);
    }
  }

  private accept(ready: Ready): void {
    const r = this.raft;
    const { log } = r;
    this.lead = r.lead;
    this.state = r.state;
    this.term = r.term;
    this.vote = r.vote;
    this.commit = log.committed;
    if (r.readStates.length > 0) r.readStates = [];
    const { committedEntries } = ready;
    const size = log.applyQuota.sizeOf(committedEntries);
    if (!this.async) this.keepForAdvance(ready, size);
    r.msgs = [];
    if (r.msgsAfterAppend.length > 0) r.msgsAfterAppend = [];
    log.unstable.acceptInProgress();
    if (committedEntries.length > 0) {
      const last = committedEntries[committedEntries.length - 1] as Entry;
      log.acceptApplying(last.index, size, !this.async);
    }
    if (r.probe !== null) r.probe.at(r, "ready");
  }

  private keepForAdvance(ready: Ready, applySize: number): void {
    const r = this.raft;
    if (this.selfAcks.length > 0 || this.appendPending || this.applyPending !== null) {
      r.logger.panic("two accepted Ready structs without call to Advance");
    }
    if (r.msgsAfterAppend.length > 0) this.selfAcks = addressedTo(r.id, r.msgsAfterAppend);
    const { unstable } = r.log;
    if (unstable.entries.length > 0 || ready.snapshot !== null) {
      this.appendPending = true;
      this.appendTerm = r.term;
      const last = unstable.entries[unstable.entries.length - 1];
      this.appendLastTerm = last?.term ?? 0;
      this.appendLastIndex = last?.index ?? 0;
      this.appendSnapshot = ready.snapshot;
    }
    if (ready.committedEntries.length > 0) {
      this.applyPending = ready.committedEntries;
      this.applySize = applySize;
    }
    assert(!this.async, "with asynchronous storage the acks come as messages");
  }
}

function lastOf(entries: readonly Entry[]): Index {
  return (entries[entries.length - 1] as Entry).index;
}

function addressedTo(id: NodeId, messages: readonly Message[]): readonly Message[] {
  if (messages.length === 1) return (messages[0] as Message).to === id ? messages : NO_ACKS;
  const found = messages.filter((message) => message.to === id);
  return found.length > 0 ? found : NO_ACKS;
}
