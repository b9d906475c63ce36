import { NO_LIMIT } from "../raft/config.ts";
import { RaftError } from "../raft/errors.ts";
import { MemoryStorage } from "../raft/storage.ts";
import type { Entry, Snapshot } from "../raft/types.ts";
import { GoPanic } from "./failures.ts";
import type { StateMachine } from "./state-machine.ts";

/**
 * A node's storage: a log in memory, whose snapshot is always the newest state of the node's state
 * machine. Its errors come as texts, for the harness to print.
 */
export class NodeStorage extends MemoryStorage {
  private readonly stateMachine: StateMachine;

  constructor(stateMachine: StateMachine) {
    super();
    this.stateMachine = stateMachine;
  }

  override snapshot(): Snapshot {
    return this.stateMachine.snapshot();
  }

  /** All entries in the log, which must not be empty. */
  allEntries(): readonly Entry[] {
    const entries = this.entries(this.firstIndex(), this.lastIndex() + 1, NO_LIMIT);
    if (entries instanceof RaftError) throw new GoPanic(entries.message);
    return entries;
  }

  tryApplySnapshot(snapshot: Snapshot): string | null {
    return this.applySnapshot(snapshot)?.message ?? null;
  }

  tryCompact(index: number): string | null {
    return this.compact(index)?.message ?? null;
  }
}
