import { assert } from "../../base/assert.ts";
import type { SyncToken } from "../../base/disk.ts";
import type { FaultPoints } from "../../base/fault-points.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { MemoryStorage } from "../../raft/storage.ts";
import { EMPTY, type Index, type Ready, type Snapshot } from "../../raft/types.ts";
import type { Snapshotter, Wal } from "../../wal/index.ts";
import type { MemberConfig } from "../settings.ts";
import type { MemberTracer } from "../tracing/tracer.ts";
import type { BackendFiles } from "./backend-files.ts";
import { purge } from "./purge.ts";
import type { Recovered } from "./recover.ts";
import { SnapshotTrigger } from "./snapshot-trigger.ts";

/**
 * What raft must find again after a crash: the WAL and snapshot files on disk, and raft's own view
 * of them in memory (server/etcdserver/raft.go and storage.go). Throws DiskFullError when it writes.
 */
export class Persistence {
  private readonly wal: Wal;
  private readonly snapshotter: Snapshotter;
  private readonly files: BackendFiles;
  private readonly storage: MemoryStorage;
  private readonly tracer: MemberTracer;
  private readonly trigger: SnapshotTrigger;
  private readonly catchUpEntries: number;
  private readonly mistakes: MemberMistakes;
  private readonly points: FaultPoints;
  /** The member's own snapshot on its way to the disk. */
  private pending: {
    readonly token: SyncToken;
    readonly index: Index;
    readonly term: number;
  } | null = null;

  constructor(found: Recovered, config: MemberConfig, tracer: MemberTracer, points: FaultPoints) {
    this.wal = found.wal;
    this.snapshotter = found.snapshotter;
    this.files = found.files;
    this.storage = found.storage;
    const last = found.snapshot?.metadata.index ?? 0;
    this.trigger = new SnapshotTrigger(
      config.snapshotEntries,
      config.profile.memorySnapshotCount,
      last,
    );
    this.catchUpEntries = config.catchUpEntries;
    this.tracer = tracer;
    this.mistakes = config.mistakes;
    this.points = points;
  }

  /** Once this sync is done, all that was found or made at the start is durable. */
  get startToken(): SyncToken {
    return this.wal.startToken;
  }

  /** Writes what a Ready brings; returns the sync to wait for, or 0 if there is none. */
  save(ready: Ready): SyncToken {
    const { snapshot } = ready;
    const { points } = this;
    if (snapshot === null) {
      if (points.active) points.pass("raftBeforeSave");
      return this.saveLog(ready);
    }
    // Known mistake W6: entries and the commit index before the snapshot that they follow. A crash in
    // between leaves a log that stands on nothing.
    const logFirst = this.mistakes.savesLogBeforeSnapshot;
    if (logFirst) this.saveLog(ready);
    // The backend first, the record in the log last. The other way round:
    // 1. The log says "snapshot 40"; the power goes before 40.snap.db is there.
    // 2. The next start takes the newest snapshot that the log knows of: 40, whose keys are nowhere. The
    //    entries up to 40 can't be had either, since the leader sent the snapshot in place of them.
    this.files.save(snapshot.metadata.index, snapshot.data);
    if (points.active) points.pass("raftBeforeSaveSnap");
    const token = this.saveSnapshot(snapshot);
    if (points.active) {
      points.passAfter(token, "raftAfterSaveSnap");
      points.passAfter(token, "raftBeforeSave");
    }
    return (logFirst ? 0 : this.saveLog(ready)) || token;
  }

  private saveLog({ hardState, entries, mustSync, snapshot }: Ready): SyncToken {
    // With a snapshot the commit index must be durable, too: the log vouches for no snapshot
    // beyond it, and a crash would take the member back behind what it acknowledged.
    return this.wal.save(hardState, entries, mustSync || snapshot !== null);
  }

  /** What was saved is on disk: raft may count on it. */
  saved(ready: Ready): void {
    const { points } = this;
    if (points.active) points.pass("raftAfterSave");
    if (ready.snapshot !== null) {
      if (points.active) points.pass("raftBeforeApplySnap");
      this.storage.applySnapshot(withoutData(ready.snapshot));
      this.trigger.taken(ready.snapshot.metadata.index);
      if (points.active) points.pass("raftAfterApplySnap");
      purge(this.snapshotter, this.wal);
      if (points.active) points.pass("raftAfterWALRelease");
    }
    if (ready.hardState !== null) this.storage.setHardState(ready.hardState);
    if (ready.entries.length > 0) this.storage.append(ready.entries);
  }

  /** Whether the member is to make a snapshot of what it has applied. */
  snapshotDue(applied: Index): boolean {
    if (this.pending !== null || applied > this.storage.lastIndex()) return false;
    return this.trigger.due(applied);
  }

  /** The next snapshot is due as soon as there is anything new to put into it. */
  askSnapshot(): void {
    this.trigger.ask();
  }

  /**
   * Writes a snapshot of the member's own, whose backend is committed; the log is compacted once it
   * is on disk.
   */
  startSnapshot(snapshot: Snapshot): void {
    assert(this.pending === null, "one snapshot at a time");
    const { index, term, confState } = snapshot.metadata;
    this.pending = { token: this.saveSnapshot(snapshot), index, term };
    this.trigger.made(index);
    this.storage.createSnapshot(index, confState, EMPTY);
  }

  /** The sync with this token is done: it may be the one that a snapshot of its own waits for. */
  synced(token: SyncToken): void {
    if (this.pending === null || token !== this.pending.token) return;
    const { index, term } = this.pending;
    this.pending = null;
    // A newer one from the leader may have replaced the log meanwhile.
    if (index < this.storage.firstIndex()) return;
    this.compact(index);
    purge(this.snapshotter, this.wal);
    this.tracer.snapshot(index, term, this.storage.firstIndex() - 1);
  }

  /** Whether raft's log is to be compacted in memory, and no snapshot is on its way that would do it. */
  compactionDue(applied: Index): boolean {
    if (this.pending !== null || applied > this.storage.lastIndex()) return false;
    return this.trigger.dueInMemory(applied);
  }

  /** Compacts raft's log in memory: behind a snapshot that nobody writes to a disk. */
  compactInMemory({ metadata: { index, confState } }: Snapshot): void {
    this.trigger.takenInMemory(index);
    this.storage.createSnapshot(index, confState, EMPTY);
    const before = this.storage.firstIndex();
    this.compact(index);
    const first = this.storage.firstIndex();
    if (first > before) this.tracer.discarded(first - 1);
  }

  /** Some entries stay, for who is slow; the first one never does (server.go compactRaftLog). */
  private compact(index: Index): void {
    const compacted = Math.max(1, index - this.catchUpEntries);
    if (compacted >= this.storage.firstIndex()) this.storage.compact(compacted);
  }

  private saveSnapshot(snapshot: Snapshot): SyncToken {
    const { index, term, confState } = snapshot.metadata;
    // The file first: a record without its file would be worse than a file without its record.
    this.snapshotter.save(withoutData(snapshot));
    return this.wal.saveSnapshot({ index, term, confState });
  }
}

/** The state machine's content is the backend's business, and neither raft's nor the log's. */
function withoutData({ metadata }: Snapshot): Snapshot {
  return { data: EMPTY, metadata };
}
