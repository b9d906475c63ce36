import { Layer, type TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/trace.ts";

/**
 * Things that a good run sees sometimes. A run of random faults in which nothing of this happened
 * proves nothing: these counters show that it got somewhere.
 */
export const SOMETIMES = [
  "elections",
  "leader changes",
  "elections without winner",
  "leaders stepped down alive",
  "entries committed",
  "truncations",
  "snapshots taken",
  "snapshots installed",
  "crashes",
  "crashes that lost bytes",
  "restarts",
  "logs repaired",
  "starts refused",
  "configuration changes",
  "joint configurations",
  "operations ok",
  "operations failed",
  "operations ambiguous",
  "linearizable reads",
] as const;

export type Sometimes = (typeof SOMETIMES)[number];

/** Counts what happened in one run, or, merged, in many. */
export class Coverage implements TraceSink {
  readonly layers = Layer.State | Layer.Step;
  readonly keeps = false;
  readonly #counts = new Map<Sometimes, number>();
  readonly #roles = new Map<number, { role: string; term: number }>();
  readonly #booting = new Set<number>();
  readonly #gets = new Set<number>();
  readonly #candidateTerms = new Set<number>();
  #lastLeader = 0;
  #commit = 0;

  count(what: Sometimes): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Which of `wanted` never happened. */
  missing(wanted: readonly Sometimes[]): Sometimes[] {
    return wanted.filter((what) => this.count(what) === 0);
  }

  /** All counters in the order of {@link SOMETIMES}. */
  report(): { readonly what: Sometimes; readonly count: number }[] {
    return SOMETIMES.map((what) => ({ what, count: this.count(what) }));
  }

  merge(other: Coverage): void {
    for (const what of SOMETIMES) this.#add(what, other.count(what));
  }

  event(e: TraceEvent): void {
    switch (e.kind) {
      case "boot":
        this.#booting.add(e.member);
        if (e.restart) this.#add("restarts");
        return;
      case "recover":
        if (e.repaired !== "") this.#add("logs repaired");
        this.#booting.delete(e.member);
        return;
      case "refuse":
        this.#add("starts refused");
        return;
      case "crash":
        this.#roles.delete(e.member);
        this.#add("crashes");
        if (e.lostBytes > 0) this.#add("crashes that lost bytes");
        return;
      case "role":
        this.#role(e.member, e.role, e.term);
        return;
      case "append":
        if (e.truncated > 0) this.#add("truncations");
        return;
      case "commit":
        this.#add("entries committed", Math.max(0, e.index - this.#commit));
        this.#commit = Math.max(this.#commit, e.index);
        return;
      case "snapshot":
        this.#add("snapshots taken");
        return;
      case "restore":
        if (!this.#booting.has(e.member)) this.#add("snapshots installed");
        return;
      case "conf":
        this.#add("configuration changes");
        if (e.conf.votersOutgoing.length > 0) this.#add("joint configurations");
        return;
      case "invoke":
        if (e.request.type === "get" && !e.request.serializable) this.#gets.add(e.op);
        return;
      case "complete":
        if (e.outcome === "ok") this.#add("operations ok");
        if (e.outcome === "fail") this.#add("operations failed");
        if (e.outcome === "ambiguous") this.#add("operations ambiguous");
        if (this.#gets.delete(e.op) && e.outcome === "ok") this.#add("linearizable reads");
        return;
    }
  }

  #role(member: number, role: string, term: number): void {
    const before = this.#roles.get(member);
    this.#roles.set(member, { role, term });
    if (before?.role === "leader" && role !== "leader") this.#add("leaders stepped down alive");
    if (role === "candidate") {
      // The terms before this one are over: whoever ran in them and is not known to have won, lost.
      for (const old of this.#candidateTerms) {
        if (old >= term) continue;
        this.#candidateTerms.delete(old);
        this.#add("elections without winner");
      }
      this.#candidateTerms.add(term);
    }
    if (role !== "leader" || (before?.role === "leader" && before.term === term)) return;
    this.#candidateTerms.delete(term);
    this.#add("elections");
    if (this.#lastLeader !== 0 && this.#lastLeader !== member) this.#add("leader changes");
    this.#lastLeader = member;
  }

  #add(what: Sometimes, count = 1): void {
    if (count > 0) this.#counts.set(what, this.count(what) + count);
  }
}
