import { type ConfSummary, Layer, type LeaseEvent, type TraceEvent } from "../trace/events.ts";
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
  "snapshots over a longer log",
  "commits by a joint majority",
  "learners promoted",
  "leases granted",
  "leases renewed",
  "leases expired",
  "leases expired under a new leader",
  "lease checkpoints",
  "compactions",
  "compactions resumed",
  "watches cancelled by compaction",
  "watches resumed elsewhere",
  "slow watchers left behind",
  "victims caught up",
  "progress reports",
  "locks held",
  "locks lost",
  "alarms raised",
] as const;

export type Sometimes = (typeof SOMETIMES)[number];

/** Counts what happened in one run, or, merged, in many. */
export class Coverage implements TraceSink {
  readonly layers = Layer.State | Layer.Client | Layer.Data;
  readonly keeps = false;
  readonly #counts = new Map<Sometimes, number>();
  readonly #roles = new Map<number, { role: string; term: number }>();
  readonly #booting = new Set<number>();
  readonly #gets = new Set<number>();
  readonly #candidateTerms = new Set<number>();
  /** By member: the last entry of its log, and whether its configuration is joint, with whom as learners. */
  readonly #ends = new Map<number, number>();
  readonly #joint = new Set<number>();
  readonly #learners = new Map<number, readonly number[]>();
  /** By lease: who decided when it was granted. */
  readonly #lessors = new Map<string, number>();
  #lessor = 0;
  readonly #victims = new Set<number>();
  /** By watch: who served it last. */
  readonly #servers = new Map<number, number>();
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
        this.#ends.delete(e.member);
        this.#add("crashes");
        if (e.lostBytes > 0) this.#add("crashes that lost bytes");
        return;
      case "role":
        this.#role(e.member, e.role, e.term);
        return;
      case "append":
        if (e.truncated > 0) this.#add("truncations");
        this.#ends.set(e.member, e.entries.at(-1)?.index ?? 0);
        return;
      case "commit":
        this.#add("entries committed", Math.max(0, e.index - this.#commit));
        this.#commit = Math.max(this.#commit, e.index);
        if (this.#joint.has(e.member)) this.#add("commits by a joint majority");
        return;
      case "snapshot":
        this.#add("snapshots taken");
        return;
      case "restore":
        if (!this.#booting.has(e.member)) {
          this.#add("snapshots installed");
          if ((this.#ends.get(e.member) ?? 0) > e.index) this.#add("snapshots over a longer log");
        }
        this.#ends.set(e.member, e.index);
        return;
      case "conf":
        this.#add("configuration changes");
        this.#conf(e.member, e.conf);
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
      default:
        this.#data(e);
    }
  }

  #conf(member: number, { votersOutgoing, voters, learners }: ConfSummary): void {
    if (votersOutgoing.length > 0) {
      this.#add("joint configurations");
      this.#joint.add(member);
    } else this.#joint.delete(member);
    const before = this.#learners.get(member) ?? [];
    if (before.some((id) => voters.includes(id))) this.#add("learners promoted");
    this.#learners.set(member, learners);
  }

  #data(e: TraceEvent): void {
    switch (e.kind) {
      case "lease":
        this.#lease(e);
        return;
      case "compact":
        this.#add("compactions");
        return;
      case "compaction":
        if (e.action === "resume") this.#add("compactions resumed");
        return;
      case "watcher":
        if (e.group === "victim") {
          this.#victims.add(e.opened);
          this.#add("slow watchers left behind");
        } else if (e.group === "synced" && this.#victims.delete(e.opened)) {
          this.#add("victims caught up");
        }
        return;
      case "watch-response": {
        if (e.compactRevision > 0) this.#add("watches cancelled by compaction");
        if (e.what === "progress") this.#add("progress reports");
        const before = this.#servers.get(e.watch) ?? e.from;
        if (before !== e.from) this.#add("watches resumed elsewhere");
        this.#servers.set(e.watch, e.from);
        return;
      }
      case "hold":
        if (e.action === "acquire") this.#add("locks held");
        if (e.action === "lost") this.#add("locks lost");
        return;
      case "alarm":
        if (e.active) this.#add("alarms raised");
        return;
    }
  }

  #lease(e: LeaseEvent): void {
    switch (e.action) {
      case "promote":
        this.#lessor = e.member;
        return;
      case "grant":
        if (this.#lessors.has(e.lease)) return;
        this.#lessors.set(e.lease, this.#lessor);
        this.#add("leases granted");
        return;
      case "renew":
        this.#add("leases renewed");
        return;
      case "checkpoint":
        this.#add("lease checkpoints");
        return;
      case "expire":
        this.#add("leases expired");
        if (this.#lessors.get(e.lease) !== e.member) this.#add("leases expired under a new leader");
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
