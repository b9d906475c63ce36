import type { RangeRequest } from "../api/requests.ts";
import { decodeInternalRaftRequest } from "../api/wire/internal-raft-request.ts";
import { assert } from "../base/assert.ts";
import { Backend } from "../mvcc/backend.ts";
import { Store } from "../mvcc/store.ts";
import { decodeConfChange, decodeConfChangeV2 } from "../raft/raftpb.ts";
import type { RawNode } from "../raft/raw-node.ts";
import {
  ConfChangeType,
  type ConfState,
  type Entry,
  EntryType,
  type Index,
  type NodeId,
  type Snapshot,
  type Term,
} from "../raft/types.ts";
import { BackendApplier } from "./applier.ts";
import { decodeCallId } from "./call-id.ts";
import type { Recovered } from "./recover.ts";
import { loadRemoved, saveRemoved, takeSnapshot } from "./snapshots.ts";
import type { MemberTracer } from "./tracer.ts";
import type { MemberReply } from "./types.ts";

const DONE: MemberReply = { response: null, error: null };

/** Who wants to hear of what was applied. */
export interface Answers {
  settle(id: number, reply: MemberReply): void;
  termBegan(): void;
}

/**
 * What the log is applied to: the store, the configuration of the cluster, and who was removed
 * from it. Moves on entry by entry, or to a snapshot at once.
 */
export class StateMachine {
  appliedIndex: Index;
  appliedTerm: Term;
  conf: ConfState;
  private removed: ReadonlySet<NodeId>;
  private applier: BackendApplier;
  private readonly tracer: MemberTracer;

  constructor(found: Recovered, tracer: MemberTracer) {
    this.applier = new BackendApplier(found.store);
    this.conf = found.conf;
    this.removed = found.removed;
    this.appliedIndex = found.snapshot?.metadata.index ?? 0;
    this.appliedTerm = found.snapshot?.metadata.term ?? 0;
    this.tracer = tracer;
  }

  get store(): Store {
    return this.applier.store;
  }

  range(request: RangeRequest): MemberReply {
    return this.applier.range(request);
  }

  apply(entry: Entry, node: RawNode, answers: Answers): void {
    assert(entry.index === this.appliedIndex + 1, "entries are applied one after the other");
    this.appliedIndex = entry.index;
    this.appliedTerm = entry.term;
    if (entry.type !== EntryType.Normal) this.applyConfChange(entry, node, answers);
    else if (entry.data.length > 0) this.applyRequest(entry.data, answers);
    else answers.termBegan();
    const { hash, revision } = this.applier.store;
    this.tracer.applied(entry, hash, revision);
  }

  private applyRequest(data: Uint8Array, answers: Answers): void {
    const request = decodeInternalRaftRequest(data);
    answers.settle(request.header.id, this.applier.apply(request));
  }

  private applyConfChange(entry: Entry, node: RawNode, answers: Answers): void {
    const change =
      entry.type === EntryType.ConfChange
        ? decodeConfChange(entry.data)
        : decodeConfChangeV2(entry.data);
    this.conf = node.applyConfChange(change);
    this.tracer.configured(entry.index, this.conf);
    const singles = "changes" in change ? change.changes : [change];
    const gone = singles.filter(({ type }) => type === ConfChangeType.RemoveNode);
    if (gone.length > 0) {
      for (const { nodeId } of gone) saveRemoved(this.store.backend, nodeId);
      this.removed = loadRemoved(this.store.backend);
    }
    answers.settle(decodeCallId(change.context), DONE);
  }

  /** It left for good. While the configuration is joint, the half that is being left still counts. */
  wasRemoved(id: NodeId): boolean {
    return this.removed.has(id) && this.isOutside(id);
  }

  /** In no part of the configuration, not even of the half of a joint one that is being left. */
  isOutside(id: NodeId): boolean {
    const { voters, votersOutgoing, learners, learnersNext } = this.conf;
    return ![voters, votersOutgoing, learners, learnersNext].some((ids) => ids.includes(id));
  }

  /** A snapshot of all this as it is now. */
  snapshot(): Snapshot {
    return takeSnapshot(this.store.backend, this.appliedIndex, this.appliedTerm, this.conf);
  }

  /** Starts over from a snapshot that is ahead of what was applied. */
  install(snapshot: Snapshot): void {
    const { index, term, confState } = snapshot.metadata;
    assert(index > this.appliedIndex, "a snapshot never takes the state machine back");
    const backend = Backend.ofBytes(snapshot.data);
    const store = new Store(backend);
    this.applier = new BackendApplier(store);
    this.removed = loadRemoved(backend);
    this.conf = confState;
    this.appliedIndex = index;
    this.appliedTerm = term;
    this.tracer.restored(index, term, store.hash, store.revision, confState);
  }
}
