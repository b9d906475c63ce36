import {
  type ApplyEvent,
  type ClientOp,
  type ClientResult,
  type CompleteEvent,
  type InvokeEvent,
  type KeyOp,
  Layer,
  type TraceEvent,
} from "../../trace/events.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { AcknowledgedWrites, type FinalMember } from "../durability/acknowledged-writes.ts";
import { AppliedHistory } from "../model/applied-history.ts";
import type { PendingOp } from "../model/pending-op.ts";
import { type Violation, ViolationLog, type ViolationLogOptions } from "../violation.ts";
import { RevisionOrder } from "./revision-order.ts";

/**
 * What a {@link LinearizabilityMonitor} listens to.
 *
 * @public
 */
export interface ClientMonitorOptions extends ViolationLogOptions {
  /**
   * Listen to what members tell of revisions too (layer Data): then every read is held against all
   * that was written, by whomever. Default false: only writes of single keys are known, and where
   * others write as well, some wrong reads can't be told from right ones.
   */
  readonly data?: boolean;
}

/**
 * Holds what clients were told against what the members applied, in constant time an event:
 * {@link AcknowledgedWrites}, {@link RevisionOrder}.
 *
 * @public
 */
export class LinearizabilityMonitor implements TraceSink {
  readonly layers: number;
  readonly keeps = false;
  readonly #history = new AppliedHistory();
  readonly #log: ViolationLog;
  readonly #acknowledged: AcknowledgedWrites;
  readonly #order: RevisionOrder;
  readonly #pending = new Map<number, PendingOp>();
  /** The highest revision that any client knows of. */
  #known = 0;
  /** How many operations ended well. */
  completed = 0;

  constructor(options: ClientMonitorOptions = {}) {
    this.layers = Layer.State | Layer.Client | (options.data ? Layer.Data : 0);
    this.#log = new ViolationLog(options);
    this.#acknowledged = new AcknowledgedWrites(this.#log);
    this.#order = new RevisionOrder(this.#log);
  }

  get violations(): readonly Violation[] {
    return this.#log.violations;
  }

  get ok(): boolean {
    return this.#log.count === 0;
  }

  event(e: TraceEvent): void {
    switch (e.kind) {
      case "invoke":
        this.#invoke(e);
        return;
      case "apply":
        this.#apply(e);
        return;
      case "complete":
        this.#complete(e);
        return;
      case "changes":
        this.#order.changed(e);
        return;
      case "watch-response":
        // What a client saw of a watch it must see of a later read, too.
        if (e.revision > this.#known) this.#known = e.revision;
        return;
    }
  }

  /**
   * The run is over: every member that is up must have applied every write that was acknowledged.
   * Call it after the cluster had time to converge. `seq` and `at` tell when that was.
   */
  finish(members: readonly FinalMember[], seq: number, at: number): void {
    this.#acknowledged.finish(members, seq, at);
  }

  #invoke(e: InvokeEvent): void {
    const { request, text, seq, at } = e;
    this.#order.invoked(request);
    this.#pending.set(e.op, { request, text, seq, at, floor: this.#known });
  }

  #apply(e: ApplyEvent): void {
    const history = this.#history;
    for (let i = 0; i < e.terms.length; i++) {
      const index = e.index + i;
      const term = e.terms[i] as number;
      const hash = e.hashes[i] as number;
      const revision = e.revisions[i] as number;
      const text = e.texts[i] ?? "";
      if (history.contradicts(index, term, hash)) this.#acknowledged.gone(e, index, text);
      else if (history.apply(index, term, hash, revision)) this.#order.applied(e, revision, text);
    }
  }

  #complete(e: CompleteEvent): void {
    const op = this.#pending.get(e.op);
    if (op === undefined) return;
    this.#pending.delete(e.op);
    const { outcome, result } = e;
    if (outcome !== "ok" || result === null) return;
    this.completed++;
    const { request } = op;
    if (request.type === "call" || request.type === "lease") this.#called(e, op, result);
    else if (request.type === "get") this.#read(e, op, request.key, result);
    else if (request.type === "delete" && result.deleted === 0) {
      // It found nothing and wrote nothing: it was a read.
      this.#read(e, op, request.key, { ...result, value: null });
    } else this.#wrote(e, op, request, result);
    if (result.revision > this.#known) this.#known = result.revision;
  }

  /** What it did is not known, but that its answer comes from a state that is applied. */
  #called(e: CompleteEvent, op: PendingOp, { revision }: ClientResult): void {
    const logged = isLogged(op.request);
    if (revision > this.#history.revision) {
      if (logged) this.#acknowledged.unexecuted(e, op.text, revision);
      else this.#order.unapplied(e, op, revision);
    } else if (logged) this.#order.checkCall(e, op, revision);
    if (logged) {
      this.#acknowledged.executed(e, op.text, revision, this.#history.indexOf(revision));
    }
  }

  #wrote(e: CompleteEvent, op: PendingOp, request: KeyOp, { revision }: ClientResult): void {
    const { text } = op;
    const acknowledged = this.#acknowledged;
    const index = this.#history.indexOf(revision);
    if (index > 0) {
      const wrong = this.#order.wrote(request, text, revision);
      const maker = acknowledged.makerOf(revision) ?? wrong;
      if (maker !== null) acknowledged.contradicted(e, text, revision, maker);
      else this.#order.checkWrite(e, op, revision);
    }
    acknowledged.made(e, text, revision, index);
  }

  #read(e: CompleteEvent, op: PendingOp, key: string, result: ClientResult): void {
    const { revision } = this.#history;
    if (result.cached) this.#order.checkCached(e, op, key, result, revision);
    else this.#order.checkRead(e, op, key, result, revision);
  }
}

/** Calls that are executed in the order of the log, and answered by who executed them. */
const LOGGED_CALLS: ReadonlySet<string> = new Set(["put", "deleteRange", "txn", "compaction"]);

function isLogged(request: ClientOp): boolean {
  if (request.type === "lease") return request.method === "grant" || request.method === "revoke";
  return request.type === "call" && request.writes && LOGGED_CALLS.has(request.method);
}
