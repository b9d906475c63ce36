import type { ChangesEvent, ClientOp, ClientResult, KeyOp } from "../../trace/events.ts";
import { InvokedWrites } from "../model/invoked-writes.ts";
import type { PendingOp, Where } from "../model/pending-op.ts";
import { Registers } from "../model/registers.ts";
import { moment, type ViolationLog } from "../violation.ts";

export const LINEARIZABLE = "linearizable";

/** The revision of a store's first write. */
const FIRST_REVISION = 2;

/**
 * `linearizable`: because the log orders all writes, a history of single-key operations is
 * linearizable if each takes effect at its revision, and no operation that began after another had
 * ended takes effect before it: a write's revision is later, a read's at least as late.
 *
 * Serializable reads may be stale, but return what the key held at their revision. Of other calls
 * only the revision of the answer is known: those that go through the log take effect no earlier than
 * what their client could know.
 */
export class RevisionOrder {
  readonly #log: ViolationLog;
  readonly #registers = new Registers();
  readonly #invoked = new InvokedWrites();
  /** Somebody wrote, or may write, what the answers to single-key operations don't tell. */
  #othersWrite = false;
  /** Up to this revision members emitted all writes, from the first one on; 0: they did not. */
  #emitted = 0;

  constructor(log: ViolationLog) {
    this.#log = log;
  }

  invoked(request: ClientOp): void {
    if (request.type === "call") this.#othersWrite ||= request.writes;
    else if (request.type !== "lease") this.#invoked.add(request);
  }

  /** What a member did at a revision. Each member emits it; the invariants see to it that they say the same. */
  changed(e: ChangesEvent): void {
    const { revision, changes } = e;
    if (revision <= this.#emitted) return;
    const next = this.#emitted === 0 ? FIRST_REVISION : this.#emitted + 1;
    // Of a store that the run began with nothing is known.
    if (revision !== next) return;
    this.#emitted = revision;
    const writes = changes.map(({ type, key, value }) =>
      type === "put"
        ? { key, value, by: `put ${key}=${value}` }
        : { key, value: null, by: `delete ${key}` },
    );
    const wrong = this.#registers.learnAll(revision, writes);
    if (wrong === null) return;
    this.#report(e, `what revision ${revision} wrote contradicts ${wrong}`);
  }

  /** An entry made `revision`. Where the trace has words, it says what it wrote. */
  applied(e: Where, revision: number, text: string): void {
    if (this.#emitted > 0) return;
    const op = this.#invoked.find(text);
    if (op === undefined || op.type === "get") return;
    const write = { key: op.key, value: op.type === "put" ? op.value : null, by: text };
    const wrong = this.#registers.learn(revision, write);
    if (wrong !== null) this.#report(e, `${text} contradicts ${wrong}`);
  }

  /** A client knows that its write made `revision`; what is known that contradicts it, or null. */
  wrote(request: KeyOp, text: string, revision: number): string | null {
    const value = request.type === "put" ? request.value : null;
    return this.#registers.learn(revision, { key: request.key, value, by: text });
  }

  /** A write took effect at `revision`. */
  checkWrite(e: Where, op: PendingOp, revision: number): void {
    if (revision <= op.floor) this.#early(e, op, revision, "took effect");
  }

  /** A call that goes through the log was executed by `revision`. */
  checkCall(e: Where, op: PendingOp, revision: number): void {
    if (revision > 0 && revision < op.floor) this.#early(e, op, revision, "took effect");
  }

  /** A call was answered at a revision that nobody has applied yet. */
  unapplied(e: Where, { text }: PendingOp, revision: number): void {
    this.#report(e, `${text} was answered at revision ${revision}, which nobody has applied yet`);
  }

  /** A read was answered; `newest` is the last revision that anybody has applied. */
  checkRead(e: Where, op: PendingOp, key: string, result: ClientResult, newest: number): void {
    const { revision } = result;
    const serializable = op.request.type === "get" && op.request.serializable;
    if (revision > newest) {
      this.#report(e, `${op.text} returned revision ${revision}, which nobody has applied yet`);
    } else if (!serializable && revision < op.floor) this.#early(e, op, revision, "read");
    else {
      const wrong = this.#misread(op.text, key, result);
      if (wrong !== null) this.#report(e, `${op.text} returned ${wrong}`);
    }
  }

  /**
   * A client answered a read by itself, from what it keeps: that is as old as it is, but no client may have
   * seen the key overwritten before the read began. `newest` is the last revision that anybody has applied.
   */
  checkCached(e: Where, op: PendingOp, key: string, result: ClientResult, newest: number): void {
    const { value = null, modRevision: found = 0 } = result;
    const registers = this.#registers;
    const said = `${op.text} was answered ${quoted(value)} from a cache`;
    const made = registers.write(found, key);
    if (made !== undefined && made.value !== value) {
      this.#report(e, `${said}, as of revision ${found}, which contradicts ${made.by}`);
      return;
    }
    const last = registers.lastKnown(key, op.floor);
    const seen = registers.write(last, key);
    const stale =
      value === null
        ? (seen?.value ?? null) !== null && !this.#deletedSince(key, op.floor, newest)
        : last > found;
    if (!stale) return;
    this.#report(
      e,
      `${said}, begun at ${moment(op.at, op.seq)}, though a client had seen revision ${op.floor} before ` +
        `it began, and ${seen?.by} was at revision ${last}`,
    );
  }

  /** Whether the key was deleted in a revision in (`from`, `to`]. */
  #deletedSince(key: string, from: number, to: number): boolean {
    const registers = this.#registers;
    for (let at = registers.lastKnown(key, to); at > from; at = registers.lastKnown(key, at - 1)) {
      if (registers.write(at, key)?.value === null) return true;
    }
    return false;
  }

  /** Whether the value is what the key held at the read's revision; if not, why. */
  #misread(text: string, key: string, result: ClientResult): string | null {
    const { revision } = result;
    const value = result.value ?? null;
    const registers = this.#registers;
    const last = registers.lastKnown(key, revision);
    const known = registers.write(last, key);
    const shown = `${quoted(value)} at revision ${revision}`;
    const found = value === null ? 0 : (result.modRevision ?? 0);
    if (revision <= this.#emitted) {
      const holds = known?.value ?? null;
      if (value !== holds) return `${shown}, where the key held ${quoted(holds)}`;
      if (found === 0 || found === last) return null;
      return `${shown}, written at revision ${found}, where ${known?.by} was at revision ${last}`;
    }
    if (found > 0) {
      if (found > revision) return `${shown}, written later, at revision ${found}`;
      if (last > found) return `${shown}, written at revision ${found}, before ${known?.by}`;
      if (!this.#mayHold(key, value)) return `${shown}, which nobody ever wrote there`;
      const by = `${text} (${quoted(value)})`;
      const wrong = registers.learn(found, { key, value, by }, !this.#othersWrite);
      if (wrong !== null)
        return `${shown}, written at revision ${found}; that contradicts ${wrong}`;
      registers.unwritten(key, found, revision, by);
      return null;
    }
    // Nobody asked for it to be deleted by then: it was never written.
    if (value === null && known === undefined && !this.#mayHold(key, null)) {
      registers.unwritten(key, 0, revision, `${text} (nothing)`);
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
    return this.#othersWrite || this.#invoked.has(key, value);
  }

  #early(e: Where, { text, at, seq, floor }: PendingOp, revision: number, did: string): void {
    this.#report(
      e,
      `${text}, begun at ${moment(at, seq)}, ${did} at revision ` +
        `${revision}, though a client had seen revision ${floor} before it began`,
    );
  }

  #report({ member, seq, at }: Where, text: string): void {
    this.#log.add({ invariant: LINEARIZABLE, member, seq, at, text });
  }
}

function quoted(value: string | null): string {
  return value === null ? "nothing" : `"${value}"`;
}
