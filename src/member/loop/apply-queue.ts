import { type Duration, type Instant, NEVER } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import { type Entry, EntryType, type Snapshot } from "../../raft/types.ts";
import type { StateMachine } from "../apply/state-machine.ts";
import type { Dispatch } from "../rpc/dispatch.ts";

/** What the queue works with. */
export interface ApplyParts {
  readonly node: RawNode;
  readonly machine: StateMachine;
  readonly requests: Dispatch;
  /** How long an entry takes to apply at present; 0: no time. */
  readonly applyTakes: () => Duration;
}

/** One piece of work: entries, or the snapshot that follows them. */
type Job = { readonly entries: readonly Entry[] } | { readonly snapshot: Snapshot };

/**
 * What raft has handed out and the state machine has not come to yet, first in, first out. etcd applies
 * on a goroutine of its own (server.go applyAll, behind schedule.NewFIFOScheduler), while raft's loop
 * goes on: it takes Readys, sends, saves and commits, however long applying takes.
 *
 * Where that takes no time, as a rule, entries never come here.
 */
export class ApplyQueue {
  private readonly parts: ApplyParts;
  private jobs: Job[] = [];
  /** The first of the first job's entries that is not applied. */
  private head = 0;
  /** When the work on the entry at the head began; NEVER: nobody works on it yet. */
  private beganAt: Instant = NEVER;

  constructor(parts: ApplyParts) {
    this.parts = parts;
  }

  get isEmpty(): boolean {
    return this.jobs.length === 0;
  }

  /** Whether there is a change of the configuration among what waits. */
  get changesConfiguration(): boolean {
    return this.jobs.some((job) => "entries" in job && changesConfiguration(job.entries));
  }

  /** When there is something to do here again. */
  due(): Instant {
    return this.beganAt === NEVER ? NEVER : this.beganAt + this.parts.applyTakes();
  }

  /** Whether entries must wait here: for others before them, or for the time that they take. */
  get holdsBack(): boolean {
    return !this.isEmpty || this.parts.applyTakes() > 0;
  }

  /** Committed entries, which follow all that was added before. */
  addEntries(entries: readonly Entry[]): void {
    this.add({ entries });
  }

  /** A snapshot, which is on disk, in place of the entries up to it. */
  addSnapshot(snapshot: Snapshot): void {
    this.add({ snapshot });
  }

  private add(job: Job): void {
    this.jobs.push(job);
    this.work();
  }

  /** Does what is done by now, and begins with what comes next. Whether anything was done. */
  work(): boolean {
    const { machine, node, requests, applyTakes } = this.parts;
    let worked = false;
    for (let job = this.jobs[0]; job !== undefined; job = this.jobs[0]) {
      if ("snapshot" in job) {
        this.jobs.shift();
        machine.install(job.snapshot, requests);
        worked = true;
        continue;
      }
      const entry = job.entries[this.head] as Entry;
      // What is in the backend already, after a restart, is skipped and costs nothing.
      if (!machine.hasApplied(entry)) {
        if (this.beganAt === NEVER) this.beganAt = machine.now;
        if (machine.now < this.beganAt + applyTakes()) break;
        this.beganAt = NEVER;
      }
      this.head++;
      if (this.head === job.entries.length) {
        this.jobs.shift();
        this.head = 0;
      }
      machine.apply([entry], node, requests);
      worked = true;
    }
    return worked;
  }
}

function changesConfiguration(entries: readonly Entry[]): boolean {
  return entries.some(({ type }) => type !== EntryType.Normal);
}
