import { assert } from "../../base/assert.ts";
import { type DeliverEvent, Layer, type TraceEvent } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { Observed } from "../model/observed.ts";
import { type Violation, ViolationLog, type ViolationLogOptions } from "../violation.ts";
import { INVARIANTS } from "./all.ts";
import type { Invariant } from "./invariant.ts";

/**
 * What a {@link RaftMonitor} listens to, and what it holds the run against.
 *
 * @public
 */
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

type Often = "append" | "commit" | "apply" | "progress" | "role" | "hard-state";

/** The invariants' methods for one kind of event, as plain functions. */
type Hearers<K extends keyof Invariant> = readonly NonNullable<Invariant[K]>[];

/**
 * Watches a run and holds every event against Raft's invariants (Raft, figure 3, and the rules
 * behind them). It never acts on the run and shares no code with what it judges. Constant
 * amortised work an event; nothing is allocated but what a log itself grows by.
 *
 * @public
 */
export class RaftMonitor implements TraceSink {
  readonly layers: number;
  readonly keeps = false;
  readonly invariants: readonly Invariant[];
  /** How many events were checked. */
  events = 0;
  readonly #observed = new Observed();
  readonly #log: ViolationLog;
  /** Invariants whose violations nobody wants; some of them keep the model that others need. */
  readonly #off = new Set<string>();
  readonly #role: Hearers<"role">;
  readonly #hardState: Hearers<"hardState">;
  readonly #append: Hearers<"append">;
  readonly #appended: Hearers<"appended">;
  readonly #commit: Hearers<"commit">;
  readonly #committed: Hearers<"committed">;
  readonly #apply: Hearers<"apply">;
  readonly #conf: Hearers<"conf">;
  readonly #restore: Hearers<"restore">;
  readonly #snapshot: Hearers<"snapshot">;
  readonly #recovered: Hearers<"recovered">;
  readonly #progress: Hearers<"progress">;
  readonly #deliver: Hearers<"deliver">;
  readonly #acknowledge: Hearers<"acknowledge">;

  constructor(options: MonitorOptions = {}) {
    const messages = options.messages ?? true;
    this.layers = messages ? Layer.State | Layer.Binding : Layer.State;
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
    // Without messages the electorate's side of an election is invisible, and not judged.
    if (!messages) this.#off.add("election-quorum");
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
    this.#progress = this.#hearing("progress");
    this.#deliver = messages ? this.#hearing("deliver") : [];
    this.#acknowledge = messages ? this.#hearing("acknowledge") : [];
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
        this.#delivered(e);
        return;
      case "append":
      case "commit":
      case "apply":
      case "progress":
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
      case "discard":
      case "recover":
        this.#seldom(e);
        return;
    }
  }

  #delivered(e: DeliverEvent): void {
    const hearers = e.message.type === "MsgAppResp" ? this.#acknowledge : this.#deliver;
    for (let i = 0; i < hearers.length; i++) (hearers[i] as (typeof hearers)[number])(e);
  }

  #often(e: Extract<TraceEvent, { kind: Often }>) {
    assert(e.member > 0, "state is a member's");
    const observed = this.#observed;
    const m = observed.member(e.member);
    switch (e.kind) {
      case "append":
        for (const hear of this.#append) hear(m, e);
        observed.append(m, e);
        for (const hear of this.#appended) hear(m, e);
        return;
      case "commit":
        for (const hear of this.#commit) hear(m, e);
        observed.commit(m, e.index);
        for (const hear of this.#committed) hear(m, e);
        return;
      case "apply":
        for (const hear of this.#apply) hear(m, e);
        m.applied = e.index + e.terms.length - 1;
        return;
      case "progress":
        for (const hear of this.#progress) hear(m, e);
        return;
      case "hard-state":
        for (const hear of this.#hardState) hear(m, e);
        observed.hardState(m, e);
        return;
      case "role":
        for (const hear of this.#role) hear(m, e);
        observed.role(m, e);
        return;
    }
  }

  #seldom(
    e: Extract<TraceEvent, { kind: "conf" | "restore" | "snapshot" | "discard" | "recover" }>,
  ) {
    assert(e.member > 0, "state is a member's");
    const observed = this.#observed;
    const m = observed.member(e.member);
    switch (e.kind) {
      case "conf":
        for (const hear of this.#conf) hear(m, e);
        observed.conf(m, e);
        return;
      case "restore":
        for (const hear of this.#restore) hear(m, e);
        observed.restore(m, e);
        return;
      case "snapshot":
        for (const hear of this.#snapshot) hear(m, e);
        observed.snapshot(m, e);
        return;
      case "discard":
        observed.discard(m, e);
        return;
      case "recover":
        observed.recover(m, e);
        for (const hear of this.#recovered) hear(m, e);
        return;
    }
  }

  #hearing<K extends keyof Invariant>(method: K): Hearers<K> {
    return this.invariants.map((i) => i[method]).filter((hear) => hear !== undefined);
  }
}
