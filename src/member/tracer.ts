import {
  type ConfState,
  type Entry,
  type HardState,
  type Index,
  LogLevel,
  type NodeId,
  type RaftObserver,
  type RoleReason,
  type StateType,
  type Term,
} from "../raft/types.ts";
import { Layer } from "../trace/events.ts";
import { confSummary, entrySummary, roleName } from "./summaries.ts";
import type { MemberHost } from "./types.ts";

const LEVEL_NAMES = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "FATAL"] as const;

/**
 * A member's voice in the trace. Raft's own reports (log lines, changes of role) come in as its
 * observer; the rest is called by the member where the thing happens. Nothing is built unless
 * somebody listens.
 */
export class MemberTracer implements RaftObserver {
  readonly level: LogLevel;
  private readonly host: MemberHost;
  private readonly id: NodeId;
  /** Entries up to here were announced: what a later append below it overwrites. */
  private lastIndex: Index = 0;
  private commitIndex: Index = 0;

  constructor(host: MemberHost, id: NodeId) {
    this.host = host;
    this.id = id;
    this.level = host.trace.layers & Layer.Detail ? LogLevel.Debug : LogLevel.None;
  }

  get state(): boolean {
    return (this.host.trace.layers & Layer.State) !== 0;
  }

  log(level: LogLevel, text: string): void {
    if ((this.host.trace.layers & Layer.Detail) === 0) return;
    this.host.trace.emit({
      ...this.base(),
      kind: "log",
      level: LEVEL_NAMES[level],
      text,
    });
  }

  role(state: StateType, term: Term, lead: NodeId, reason: RoleReason): void {
    if (!this.state) return;
    this.host.trace.emit({
      ...this.base(),
      kind: "role",
      role: roleName(state),
      term,
      lead,
      reason,
    });
  }

  boot(restart: boolean): number {
    if ((this.host.trace.layers & Layer.Step) === 0) return 0;
    return this.host.trace.emit({ ...this.base(), kind: "boot", restart });
  }

  recovered(
    hardState: HardState,
    applied: Index,
    entries: readonly Entry[],
    snapshot: { readonly index: Index; readonly term: Term },
    conf: ConfState,
    repaired: string,
  ): void {
    this.lastIndex = entries[entries.length - 1]?.index ?? snapshot.index;
    this.commitIndex = hardState.commit;
    if (!this.state) return;
    this.host.trace.emit({
      ...this.base(),
      kind: "recover",
      term: hardState.term,
      vote: hardState.vote,
      commit: hardState.commit,
      applied,
      entries: entries.map(entrySummary),
      snapshot: { index: snapshot.index, term: snapshot.term },
      conf: confSummary(conf),
      repaired,
    });
  }

  hardState(hardState: HardState): void {
    if (!this.state) return;
    const { term, vote, commit } = hardState;
    this.host.trace.emit({ ...this.base(), kind: "hard-state", term, vote, commit });
  }

  appended(entries: readonly Entry[]): void {
    const first = entries[0] as Entry;
    const truncated = this.lastIndex >= first.index ? this.lastIndex - first.index + 1 : 0;
    this.lastIndex = first.index + entries.length - 1;
    if (!this.state) return;
    const summaries = entries.map(entrySummary);
    this.host.trace.emit({ ...this.base(), kind: "append", entries: summaries, truncated });
  }

  committed(index: Index, term: Term): void {
    if (index <= this.commitIndex) return;
    this.commitIndex = index;
    if (!this.state) return;
    this.host.trace.emit({ ...this.base(), kind: "commit", index, term });
  }

  applied(entry: Entry, hash: number, revision: number): void {
    if (!this.state) return;
    const { text } = entrySummary(entry);
    const { index, term } = entry;
    this.host.trace.emit({ ...this.base(), kind: "apply", index, term, hash, revision, text });
  }

  configured(index: Index, conf: ConfState): void {
    if (!this.state) return;
    this.host.trace.emit({ ...this.base(), kind: "conf", index, conf: confSummary(conf) });
  }

  restored(index: Index, term: Term, hash: number, revision: number, conf: ConfState): void {
    this.lastIndex = index;
    if (index > this.commitIndex) this.commitIndex = index;
    if (!this.state) return;
    this.host.trace.emit({
      ...this.base(),
      kind: "restore",
      index,
      term,
      hash,
      revision,
      conf: confSummary(conf),
    });
  }

  snapshot(index: Index, term: Term, compacted: Index): void {
    if (!this.state) return;
    this.host.trace.emit({ ...this.base(), kind: "snapshot", index, term, compacted });
  }

  private base(): { at: number; member: number; cause: number } {
    return { at: this.host.at, member: this.id, cause: this.host.cause };
  }
}
