import { StateType } from "../../../src/raft/types.ts";
import type { Cluster } from "./cluster.ts";
import type { TestNode } from "./node.ts";

/** A property of Raft (figure 3 of the paper) does not hold. */
export class Violation extends Error {}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Violation(what);
}

interface Last {
  term: number;
  vote: number;
  commit: number;
  applied: number;
  raw: unknown;
}

/** Raft's safety properties, checked after every step of a schedule. */
export class Monitor {
  private readonly leaders = new Map<number, number>();
  /** canonical[i] is the term and content of the committed entry i, whoever committed it first. */
  private readonly canonical = new Map<number, string>();
  private readonly history: string[] = ["first"];
  private readonly last = new Map<number, Last>();
  maxCommitted = 1;
  /** The highest index that any state machine has applied: what a client may have seen. */
  maxApplied = 1;

  observe(cluster: Cluster): void {
    for (const node of cluster.nodes) this.observeNode(node);
  }

  private observeNode(node: TestNode): void {
    const { raft } = node.raw;
    const { log } = raft;
    const before = this.last.get(node.id);
    const alive = before !== undefined && before.raw === node.raw;
    if (before !== undefined) {
      // A crash may take back a term that was never durable; a life may not.
      if (alive) check(raft.term >= before.term, "terms never fall");
      if (alive) check(log.committed >= before.commit, "the commit index never falls");
      if (alive) check(log.applied >= before.applied, "the applied index never falls");
    }
    check(log.applied <= log.committed, "only what is committed is applied");
    check(log.committed <= log.lastIndex(), "what is committed is in the log");
    if (raft.state === StateType.Leader) this.observeLeader(node, alive ? before : undefined);
    const commitFrom = alive && before !== undefined ? before.commit + 1 : log.firstIndex();
    for (let i = Math.max(commitFrom, log.firstIndex()); i <= log.committed; i++) {
      const entry = this.entryAt(node, i);
      const known = this.canonical.get(i);
      if (known === undefined) this.canonical.set(i, entry);
      else check(known === entry, `two different entries are committed at index ${i}`);
    }
    this.maxCommitted = Math.max(this.maxCommitted, log.committed);
    this.maxApplied = Math.max(this.maxApplied, log.applied);
    this.observeApplied(node);
    this.last.set(node.id, {
      term: raft.term,
      vote: raft.vote,
      commit: log.committed,
      applied: log.applied,
      raw: node.raw,
    });
  }

  private observeLeader(node: TestNode, before: Last | undefined): void {
    const { raft } = node.raw;
    const known = this.leaders.get(raft.term);
    check(known === undefined || known === node.id, `two leaders in term ${raft.term}`);
    if (known !== undefined && before?.term === raft.term) return;
    this.leaders.set(raft.term, node.id);
    for (const [index, entry] of this.canonical) {
      if (index < raft.log.firstIndex()) continue;
      if (Number(entry.split("/")[0]) > raft.term) continue;
      check(
        index <= raft.log.lastIndex() && this.entryAt(node, index) === entry,
        `the leader of term ${raft.term} lacks committed entry ${index}`,
      );
    }
  }

  private observeApplied(node: TestNode): void {
    const { applied } = node;
    for (let i = 1; i < applied.length; i++) {
      const known = this.history[i];
      if (known === undefined) this.history[i] = applied[i] as string;
      else check(known === applied[i], `two state machines differ at their entry ${i}`);
    }
  }

  private entryAt(node: TestNode, index: number): string {
    const found = node.raw.raft.log.slice(index, index + 1, 0);
    if (found instanceof Error) return "compacted";
    const [entry] = found;
    if (entry === undefined) return "missing";
    return `${entry.term}/${entry.type}:${String.fromCharCode(...entry.data)}`;
  }
}
