import {
  type ApplyEvent,
  type ChangesEvent,
  type ClientOp,
  type ClientResult,
  type CompleteEvent,
  type InvokeEvent,
  type KeyOp,
  Layer,
  type TraceEvent,
} from "../../trace/events.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { AppliedHistory } from "../model/applied-history.ts";
import { InvokedWrites } from "../model/asked.ts";
import { Registers } from "../model/registers.ts";
import { moment, type Violation, ViolationLog, type ViolationLogOptions } from "../violation.ts";

/** A member at the end of a run, as far as the checkers ask. */
export interface FinalMember {
  readonly id: number;
  readonly status: string;
  readonly applied: number;
  readonly revision: number;
}

interface Pending {
  readonly request: ClientOp;
  readonly text: string;
  readonly seq: number;
  readonly at: number;
  /** The highest revision that any client knew of when the operation began. */
  readonly floor: number;
}

/** A write that a client was told is safe. */
interface Acknowledged {
  readonly text: string;
  readonly index: number;
  readonly seq: number;
  readonly at: number;
  /** It made the revision; else it is only known to have been executed by then. */
  readonly made: boolean;
}

export interface ClientMonitorOptions extends ViolationLogOptions {
  /**
   * Listen to what members tell of revisions too (layer Data): then every read is held against all
   * that was written, by whomever. Default false: only writes of single keys are known, and where
   * others write as well, some wrong reads can't be told from right ones.
   */
  readonly data?: boolean;
}

export const ACKNOWLEDGED_WRITES = "acknowledged-writes";
export const LINEARIZABLE = "linearizable";

/**
 * What clients were told, held against what the members applied, in constant time an event:
 *
 * - `acknowledged-writes`: the entry of every write that a client was told of is applied, stays
 *   what it is, and is part of every member's state at the end;
 * - `linearizable`: because the log orders all writes, a history of single-key operations is
 *   linearizable if each takes effect at its revision, and no operation that began after another
 *   had ended takes effect before it: a write's revision is later, a read's at least as late.
 *   Serializable reads may be stale, but return what the key held at their revision. Of other
 *   calls only the revision of the answer is known: those that go through the log take effect no
 *   earlier than what their client could know.
 */
export class LinearizabilityMonitor implements TraceSink {
  readonly layers: number;
  readonly keeps = false;
  readonly #history = new AppliedHistory();
  readonly #registers = new Registers();
  readonly #asked = new InvokedWrites();
  readonly #log: ViolationLog;
  readonly #pending = new Map<number, Pending>();
  readonly #acknowledged = new Map<number, Acknowledged>();
  #lastAcknowledged = 0;
  /** Somebody wrote, or may write, what the answers to single-key operations don't tell. */
  #othersWrite = false;
  /** Up to this revision members told of all writes, from the first one on; 0: they did not. */
  #told = 0;
  /** The highest revision that any client knows of. */
  #known = 0;
  /** How many operations ended well. */
  completed = 0;

  constructor(options: ClientMonitorOptions = {}) {
    this.layers = Layer.State | Layer.Client | (options.data ? Layer.Data : 0);
    this.#log = new ViolationLog(options);
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
        this.#changes(e);
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
    const last = this.#acknowledged.get(this.#lastAcknowledged);
    if (last === undefined) return;
    for (const member of members) {
      if (member.status !== "up") continue;
      if (member.applied >= last.index && member.revision >= this.#lastAcknowledged) continue;
      this.#report(
        ACKNOWLEDGED_WRITES,
        { member: member.id, seq, at },
        `member ${member.id} ended at entry ${member.applied} and revision ${member.revision} ` +
          `without ${last.text}, acknowledged at ${moment(last.at, last.seq)} with revision ` +
          `${this.#lastAcknowledged} (entry ${last.index})`,
      );
    }
  }

  #invoke(e: InvokeEvent): void {
    const { request } = e;
    if (request.type === "call") this.#othersWrite ||= request.writes;
    else if (request.type !== "lease") this.#asked.add(request);
    this.#pending.set(e.op, {
      request,
      text: e.text,
      seq: e.seq,
      at: e.at,
      floor: this.#known,
    });
  }

  #apply(e: ApplyEvent): void {
    const history = this.#history;
    for (let i = 0; i < e.terms.length; i++) {
      const index = e.index + i;
      const term = e.terms[i] as number;
      const hash = e.hashes[i] as number;
      const revision = e.revisions[i] as number;
      const text = e.texts[i] ?? "";
      if (history.contradicts(index, term, hash)) this.#gone(e, index, text);
      else if (history.apply(index, term, hash, revision)) this.#made(e, revision, text);
    }
  }

  /** A member applied something else at `index`: what stood there and behind it never happened. */
  #gone(e: ApplyEvent, index: number, text: string): void {
    for (const [revision, write] of this.#acknowledged) {
      if (write.index < index) continue;
      this.#report(
        ACKNOWLEDGED_WRITES,
        e,
        `${write.text}, acknowledged at ${moment(write.at, write.seq)} with revision ${revision} ` +
          `(entry ${write.index}), is gone: member ${e.member} applied another entry ${index} ` +
          `(${text === "" ? "an empty one" : text})`,
      );
      return;
    }
  }

  /** Each member tells; the invariants see to it that they say the same. */
  #changes(e: ChangesEvent): void {
    const { revision, changes } = e;
    if (revision <= this.#told) return;
    const next = this.#told === 0 ? FIRST_REVISION : this.#told + 1;
    // Nobody told of a store that the run began with.
    if (revision !== next) return;
    this.#told = revision;
    const writes = changes.map(({ type, key, value }) =>
      type === "put"
        ? { key, value, by: `put ${key}=${value}` }
        : { key, value: null, by: `delete ${key}` },
    );
    const wrong = this.#registers.learnAll(revision, writes);
    if (wrong === null) return;
    this.#report(LINEARIZABLE, e, `what revision ${revision} wrote contradicts ${wrong}`);
  }

  #complete(e: CompleteEvent): void {
    const pending = this.#pending.get(e.op);
    if (pending === undefined) return;
    this.#pending.delete(e.op);
    if (e.outcome !== "ok" || e.result === null) return;
    this.completed++;
    const { request } = pending;
    if (request.type === "call" || request.type === "lease") this.#called(e, pending, e.result);
    else if (request.type === "get")
      this.#read(e, pending, request, e.result, request.serializable);
    else if (request.type === "delete" && e.result.deleted === 0) {
      // It found nothing and wrote nothing: it was a read.
      this.#read(e, pending, request, { ...e.result, value: null }, false);
    } else this.#write(e, pending, request, e.result);
    if (e.result.revision > this.#known) this.#known = e.result.revision;
  }

  /** Where the trace has words, an entry says what it writes. */
  #made(e: ApplyEvent, revision: number, text: string): void {
    if (this.#told > 0) return;
    const op = this.#asked.find(text);
    if (op === undefined || op.type === "get") return;
    const write = { key: op.key, value: op.type === "put" ? op.value : null, by: text };
    const wrong = this.#registers.learn(revision, write);
    if (wrong !== null) this.#report(LINEARIZABLE, e, `${text} contradicts ${wrong}`);
  }

  /** What it did is not known, but that its answer comes from a state that is applied. */
  #called(e: CompleteEvent, pending: Pending, { revision }: ClientResult): void {
    const { request, text } = pending;
    const logged = isLogged(request);
    if (revision > this.#history.revision) {
      this.#report(
        logged ? ACKNOWLEDGED_WRITES : LINEARIZABLE,
        e,
        `${text} was answered at revision ${revision}, which nobody has applied yet`,
      );
    } else if (logged && revision > 0 && revision < pending.floor) {
      this.#report(LINEARIZABLE, e, this.#early(pending, revision, "took effect"));
    }
    if (!logged) return;
    const index = this.#history.indexOf(revision);
    if (index === 0 || this.#acknowledged.has(revision)) return;
    const { seq, at } = e;
    this.#acknowledged.set(revision, { text, index, seq, at, made: false });
    if (revision > this.#lastAcknowledged) this.#lastAcknowledged = revision;
  }

  #write(e: CompleteEvent, pending: Pending, request: KeyOp, result: ClientResult): void {
    const { revision } = result;
    const { text } = pending;
    const index = this.#history.indexOf(revision);
    const known = this.#acknowledged.get(revision);
    const other = known?.made ? known : undefined;
    const value = request.type === "put" ? request.value : null;
    if (index === 0) {
      this.#report(
        ACKNOWLEDGED_WRITES,
        e,
        `${text} was acknowledged with revision ${revision}, which nobody has applied`,
      );
    } else {
      const wrong = this.#registers.learn(revision, { key: request.key, value, by: text });
      const maker = other?.text ?? wrong;
      if (maker !== null) {
        this.#report(
          ACKNOWLEDGED_WRITES,
          e,
          `${text} was acknowledged with revision ${revision}; that contradicts ${maker}`,
        );
      } else if (revision <= pending.floor) {
        this.#report(LINEARIZABLE, e, this.#early(pending, revision, "took effect"));
      }
    }
    if (revision > this.#lastAcknowledged) this.#lastAcknowledged = revision;
    if (other !== undefined) return;
    const { seq, at } = e;
    this.#acknowledged.set(revision, { text, index, seq, at, made: true });
  }

  #read(
    e: CompleteEvent,
    pending: Pending,
    { key }: KeyOp,
    result: ClientResult,
    serializable: boolean,
  ): void {
    const { revision } = result;
    if (revision > this.#history.revision) {
      this.#report(
        LINEARIZABLE,
        e,
        `${pending.text} returned revision ${revision}, which nobody has applied yet`,
      );
    } else if (!serializable && revision < pending.floor) {
      this.#report(LINEARIZABLE, e, this.#early(pending, revision, "read"));
    } else {
      const wrong = this.#misread(pending, key, result);
      if (wrong !== null) this.#report(LINEARIZABLE, e, `${pending.text} returned ${wrong}`);
    }
  }

  /** Whether the value is what the key held at the read's revision; if not, why. */
  #misread(pending: Pending, key: string, result: ClientResult): string | null {
    const { revision } = result;
    const value = result.value ?? null;
    const registers = this.#registers;
    const last = registers.lastKnown(key, revision);
    const known = registers.write(last, key);
    const shown = `${quoted(value)} at revision ${revision}`;
    const found = value === null ? 0 : (result.modRevision ?? 0);
    if (revision <= this.#told) {
      const holds = known?.value ?? null;
      if (value !== holds) return `${shown}, where the key held ${quoted(holds)}`;
      if (found === 0 || found === last) return null;
      return `${shown}, written at revision ${found}, where ${known?.by} was at revision ${last}`;
    }
    if (found > 0) {
      if (found > revision) return `${shown}, written later, at revision ${found}`;
      if (last > found) return `${shown}, written at revision ${found}, before ${known?.by}`;
      if (!this.#mayHold(key, value)) return `${shown}, which nobody ever wrote there`;
      const by = `${pending.text} (${quoted(value)})`;
      const wrong = registers.learn(found, { key, value, by }, !this.#othersWrite);
      if (wrong !== null)
        return `${shown}, written at revision ${found}; that contradicts ${wrong}`;
      registers.unwritten(key, found, revision, by);
      return null;
    }
    // Nobody asked for it to be deleted by then: it was never written.
    if (value === null && known === undefined && !this.#mayHold(key, null)) {
      registers.unwritten(key, 0, revision, `${pending.text} (nothing)`);
      return null;
    }
    // Without the revision that wrote it, only what is known to be all there is can be judged.
    if ((known?.value ?? null) === value) return null;
    const asked = this.#mayHold(key, value);
    if (asked && registers.hasUnknown(last, revision)) return null;
    return `${shown}, where the key held ${quoted(known?.value ?? null)}`;
  }

  /** Whether somebody may have made the key hold this. */
  #mayHold(key: string, value: string | null): boolean {
    return this.#othersWrite || this.#asked.has(key, value);
  }

  #early(pending: Pending, revision: number, did: string): string {
    return (
      `${pending.text}, begun at ${moment(pending.at, pending.seq)}, ${did} at revision ` +
      `${revision}, though a client had seen revision ${pending.floor} before it began`
    );
  }

  #report(
    invariant: string,
    where: { readonly member: number; readonly seq: number; readonly at: number },
    text: string,
  ): void {
    this.#log.add({ invariant, member: where.member, seq: where.seq, at: where.at, text });
  }
}

/** The revision of a store's first write. */
const FIRST_REVISION = 2;

/** Calls that are executed in the order of the log, and answered by who executed them. */
const LOGGED_CALLS: ReadonlySet<string> = new Set(["put", "deleteRange", "txn", "compaction"]);

function isLogged(request: ClientOp): boolean {
  if (request.type === "lease") return request.method === "grant" || request.method === "revoke";
  return request.type === "call" && request.writes && LOGGED_CALLS.has(request.method);
}

function quoted(value: string | null): string {
  return value === null ? "nothing" : `"${value}"`;
}
