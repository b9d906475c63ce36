import { assert } from "../base/assert.ts";
import type { Instant } from "../base/time.ts";
import { Layer, type TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/trace.ts";
import type { Invariant } from "./invariant.ts";
import { INVARIANTS } from "./invariants/all.ts";
import { Observed } from "./model/observed.ts";
import { type Violation, ViolationLog, type ViolationLogOptions } from "./violation.ts";

export interface MonitorOptions extends ViolationLogOptions {
  /**
   * Listen to the messages too (layer Promise). Without them `election-quorum` and
   * `durable-promises` see nothing, and `vote-once` only what happens within one life and the
   * votes that made a leader; the run is cheaper. Default true.
   */
  readonly messages?: boolean;
  /** The names of the invariants to hold the run against; default all of them. */
  readonly only?: readonly string[];
}

type Has<K extends keyof Invariant> = Invariant & Required<Pick<Invariant, K>>;

/**
 * Watches a run and holds every event against Raft's invariants (Raft, figure 3, and the rules
 * behind them). It never acts on the run and shares no code with what it judges. Constant
 * amortised work an event; nothing is allocated but what a log itself grows by.
 */
export class InvariantMonitor implements TraceSink {
  readonly layers: number;
  readonly invariants: readonly Invariant[];
  /** How many events were checked. */
  events = 0;
  readonly #observed = new Observed();
  readonly #log: ViolationLog;
  /** Invariants whose violations nobody wants; some of them keep the model that others need. */
  readonly #off = new Set<string>();
  readonly #role: readonly Has<"role">[];
  readonly #hardState: readonly Has<"hardState">[];
  readonly #append: readonly Has<"append">[];
  readonly #appended: readonly Has<"appended">[];
  readonly #commit: readonly Has<"commit">[];
  readonly #committed: readonly Has<"committed">[];
  readonly #apply: readonly Has<"apply">[];
  readonly #conf: readonly Has<"conf">[];
  readonly #restore: readonly Has<"restore">[];
  readonly #snapshot: readonly Has<"snapshot">[];
  readonly #recovered: readonly Has<"recovered">[];
  readonly #deliver: readonly Has<"deliver">[];

  constructor(options: MonitorOptions = {}) {
    const messages = options.messages ?? true;
    this.layers = messages ? Layer.State | Layer.Promise : Layer.State;
    this.#log = new ViolationLog(options);
    const log = this.#log;
    this.invariants = INVARIANTS.map((make) => {
      const made: Invariant = make(this.#observed, (event, text) => {
        const { member, seq, at } = event;
        if (!this.#off.has(made.name)) log.add({ invariant: made.name, member, seq, at, text });
      });
      return made;
    });
    const { only } = options;
    if (only !== undefined) {
      const unknown = only.find((name) => !this.invariants.some((i) => i.name === name));
      assert(unknown === undefined, `there is no invariant "${unknown}"`);
      for (const i of this.invariants) if (!only.includes(i.name)) this.#off.add(i.name);
    }
    this.#role = this.#hearing("role");
    this.#hardState = this.#hearing("hardState");
    this.#append = this.#hearing("append");
    this.#appended = this.#hearing("appended");
    this.#commit = this.#hearing("commit");
    this.#committed = this.#hearing("committed");
    this.#apply = this.#hearing("apply");
    this.#conf = this.#hearing("conf");
    this.#restore = this.#hearing("restore");
    this.#snapshot = this.#hearing("snapshot");
    this.#recovered = this.#hearing("recovered");
    // Without messages the electorate's side of an election is invisible, and not judged.
    this.#deliver = messages ? this.#hearing("deliver") : [];
    if (!messages) this.#role = this.#role.filter((i) => i.name !== "election-quorum");
  }

  /** What went wrong so far, in the order of the run. */
  get violations(): readonly Violation[] {
    return this.#log.violations;
  }

  get ok(): boolean {
    return this.#log.count === 0;
  }

  /** How many entries the cluster has agreed on. */
  get committed(): number {
    return this.#observed.canon.last;
  }

  event(e: TraceEvent): void {
    this.events++;
    switch (e.kind) {
      case "deliver":
        for (const i of this.#deliver) i.deliver(e);
        return;
      case "append":
      case "commit":
      case "apply":
      case "role":
      case "hard-state":
        this.#often(e);
        return;
      case "boot":
        this.#observed.boot(this.#observed.member(e.member));
        return;
      case "crash":
        this.#observed.crash(this.#observed.member(e.member));
        return;
      case "conf":
      case "restore":
      case "snapshot":
      case "recover":
        this.#seldom(e);
        return;
    }
  }

  #often(e: Extract<TraceEvent, { kind: "append" | "commit" | "apply" | "role" | "hard-state" }>) {
    assert(e.member > 0, "state is a member's");
    const observed = this.#observed;
    const m = observed.member(e.member);
    switch (e.kind) {
      case "append":
        for (const i of this.#append) i.append(m, e);
        observed.append(m, e);
        for (const i of this.#appended) i.appended(m, e);
        return;
      case "commit":
        for (const i of this.#commit) i.commit(m, e);
        observed.commit(m, e.index);
        for (const i of this.#committed) i.committed(m, e);
        return;
      case "apply":
        for (const i of this.#apply) i.apply(m, e);
        m.applied = e.index;
        return;
      case "hard-state":
        for (const i of this.#hardState) i.hardState(m, e);
        observed.hardState(m, e);
        return;
      case "role":
        for (const i of this.#role) i.role(m, e);
        observed.role(m, e);
        return;
    }
  }

  #seldom(e: Extract<TraceEvent, { kind: "conf" | "restore" | "snapshot" | "recover" }>) {
    assert(e.member > 0, "state is a member's");
    const observed = this.#observed;
    const m = observed.member(e.member);
    switch (e.kind) {
      case "conf":
        for (const i of this.#conf) i.conf(m, e);
        observed.conf(m, e);
        return;
      case "restore":
        for (const i of this.#restore) i.restore(m, e);
        observed.restore(m, e);
        return;
      case "snapshot":
        for (const i of this.#snapshot) i.snapshot(m, e);
        observed.snapshot(m, e);
        return;
      case "recover":
        observed.recover(m, e);
        for (const i of this.#recovered) i.recovered(m, e);
        return;
    }
  }

  #hearing<K extends keyof Invariant>(method: K): readonly Has<K>[] {
    return this.invariants.filter((i): i is Has<K> => i[method] !== undefined);
  }
}

/** The moment of the first violation, or null: how far back to wind a run. */
export function firstViolationAt(violations: readonly Violation[]): Instant | null {
  return violations[0]?.at ?? null;
}
