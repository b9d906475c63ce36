import { type Config, makeConfig } from "../../../src/raft/config.ts";
import { RaftError } from "../../../src/raft/errors.ts";
import { decodeConfChange, decodeConfChangeV2 } from "../../../src/raft/pb/index.ts";
import { RawNode } from "../../../src/raft/raw-node.ts";
import { MemoryStorage } from "../../../src/raft/storage.ts";
import {
  type ConfState,
  type Entry,
  EntryType,
  type HardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  type NodeId,
  type ReadState,
  type Snapshot,
} from "../../../src/raft/types.ts";

/** What a node was started with, and how to start it again. */
export type NodeConfig = Omit<Config, "id" | "storage" | "applied" | "observer">;

export const NODE_CONFIG: NodeConfig = makeConfig({
  id: 1,
  storage: new MemoryStorage(),
  randomElectionTimeout: (ticks) => ticks,
  electionTick: 5,
  checkQuorum: false,
  preVote: false,
});

export function confState(voters: readonly NodeId[], learners: readonly NodeId[] = []): ConfState {
  return { voters, learners, votersOutgoing: [], learnersNext: [], autoLeave: false };
}

/** An entry as short text: `1/12 put` . */
export function entryText(entry: Entry): string {
  return `${entry.term}/${entry.index}:${entry.type}:${String.fromCharCode(...entry.data)}`;
}

/** A RawNode with its storage and state machine: the loop that a member runs. */
export class TestNode {
  readonly id: NodeId;
  readonly storage = new MemoryStorage();
  raw: RawNode;
  /** All entries applied so far, a snapshot's included. */
  applied: string[] = [];
  reads: ReadState[] = [];
  private conf!: ConfState;
  private appliedIndex = 0;
  private readonly config: NodeConfig;
  /** Asynchronous storage: what the threads have not done yet. */
  private appendQueue: Message[] = [];
  private applyQueue: Message[] = [];

  constructor(id: NodeId, first: Snapshot, config: NodeConfig) {
    this.id = id;
    this.config = config;
    this.storage.applySnapshot(first);
    this.install(first);
    this.raw = this.start(first.metadata.index);
  }

  /** Loses what was not written, and the state machine's memory; starts from the last snapshot. */
  restart(): void {
    this.appendQueue = [];
    this.applyQueue = [];
    this.reads = [];
    const snapshot = this.storage.snapshot();
    if (snapshot instanceof RaftError) throw snapshot;
    this.install(snapshot);
    this.raw = this.start(snapshot.metadata.index);
  }

  hasWork(): boolean {
    return this.raw.hasReady() || this.appendQueue.length > 0 || this.applyQueue.length > 0;
  }

  /** Handles one Ready to its end; returns the messages for others. */
  handleReady(): readonly Message[] {
    const ready = this.raw.ready();
    this.reads.push(...ready.readStates);
    if (this.config.asyncStorageWrites) return this.queueStorage(ready.messages);
    this.save(ready.hardState, ready.entries, ready.snapshot);
    this.apply(ready.committedEntries);
    this.raw.advance();
    return ready.messages;
  }

  /** Asynchronous storage: the append thread does its oldest job. */
  appendOne(): readonly Message[] {
    const m = this.appendQueue.shift();
    if (m === undefined) return [];
    const empty = m.term === 0 && m.vote === 0 && m.commit === 0;
    this.save(empty ? null : m, m.entries, m.snapshot);
    return this.deliverOwn(m.responses ?? []);
  }

  /** Asynchronous storage: the apply thread does its oldest job. */
  applyOne(): readonly Message[] {
    const m = this.applyQueue.shift();
    if (m === undefined) return [];
    // A snapshot that came meanwhile holds all of this: raft has its configuration already.
    const covered = this.raw.raft.log.unstable.snapshot !== null;
    if (!covered) this.apply(m.entries.filter((entry) => entry.index > this.appliedIndex));
    return this.deliverOwn(m.responses ?? []);
  }

  /** Snapshots what is applied and compacts the log up to `keep` entries before it. */
  compact(keep: number): void {
    const { applied } = this.raw.raft.log;
    const { hardState } = this.storage.initialState();
    // Applied ahead of what is durable (asynchronous storage): not yet.
    if (applied > Math.min(this.storage.lastIndex(), hardState.commit)) return;
    const made = this.storage.createSnapshot(applied, this.conf, this.image());
    if (made instanceof RaftError) return;
    this.storage.compact(Math.max(1, applied - keep));
  }

  private install(snapshot: Snapshot): void {
    this.conf = snapshot.metadata.confState;
    this.appliedIndex = snapshot.metadata.index;
    this.applied = String.fromCharCode(...snapshot.data).split("\n");
  }

  private start(applied: number): RawNode {
    return new RawNode({
      ...this.config,
      id: this.id,
      storage: this.storage,
      applied,
      observer: null,
    });
  }

  private queueStorage(messages: readonly Message[]): readonly Message[] {
    for (const m of messages) {
      if (m.to === LOCAL_APPEND_THREAD) this.appendQueue.push(m);
      if (m.to === LOCAL_APPLY_THREAD) this.applyQueue.push(m);
    }
    return messages.filter((m) => m.to > 0);
  }

  private deliverOwn(responses: readonly Message[]): readonly Message[] {
    for (const m of responses) if (m.to === this.id) this.raw.step(m);
    return responses.filter((m) => m.to !== this.id);
  }

  private save(
    state: HardState | null,
    entries: readonly Entry[],
    snapshot: Snapshot | null,
  ): void {
    if (state !== null) {
      this.storage.setHardState({ term: state.term, vote: state.vote, commit: state.commit });
    }
    if (snapshot !== null) {
      this.storage.applySnapshot(snapshot);
      this.install(snapshot);
    }
    this.storage.append(entries);
  }

  private apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.applied.push(entryText(entry));
      this.appliedIndex = entry.index;
      if (entry.type === EntryType.ConfChange) {
        this.conf = this.raw.applyConfChange(decodeConfChange(entry.data));
      } else if (entry.type === EntryType.ConfChangeV2) {
        this.conf = this.raw.applyConfChange(decodeConfChangeV2(entry.data));
      }
    }
  }

  /** The state machine's contents: everything that was applied. */
  private image(): Uint8Array {
    return Uint8Array.from(this.applied.join("\n"), (c) => c.charCodeAt(0));
  }
}

/** A first snapshot at index 1 that holds the configuration. */
export function firstSnapshot(state: ConfState): Snapshot {
  const image = Uint8Array.from("first", (c) => c.charCodeAt(0));
  return { data: image, metadata: { index: 1, term: 1, confState: state } };
}
