import type {
  ChangesEvent,
  ClientOp,
  CompleteEvent,
  InvokeEvent,
  TraceEvent,
} from "../../trace/events.ts";
import type { ReportAs, Row } from "../model/history.ts";
import { moment } from "../violation.ts";

/** A write that certainly failed left something behind. */
export const FAILED_WRITES = "failed-writes";

/** Somebody asked for a key to hold a value; several operations may ask for the same. */
interface Wanted {
  readonly key: string;
  readonly value: string;
  /** Operations that ask for it and have not ended. */
  pending: number;
  /** One that was pending together with those happened. */
  happened: boolean;
  /** One ended in doubt, and may yet happen at any time. */
  doubtful: boolean;
  /** The revision that wrote it since somebody asked; 0: none. */
  revision: number;
  /** When the last of them failed. */
  failed: string;
}

/** How many failed operations are remembered, in case they come true after all. */
const FAILED_KEPT = 1000;
/** How many values that are in doubt; beyond that nothing is judged any more. */
const DOUBTFUL_KEPT = 100_000;

const NOTHING: readonly Wanted[] = [];

/**
 * `failed-writes`: an operation that ended as certainly failed wrote nothing, neither before its end nor
 * after. It is known by what it asks keys to hold: where others ask the same of the same key at that
 * time, or did so once in doubt, nobody can tell whose it is, and nothing is said. What has happened is
 * forgotten, and of what failed all but the latest.
 */
export class FailedWrites {
  readonly #report: ReportAs;
  /** By key and value. */
  readonly #wanted = new Map<string, Map<string, Wanted>>();
  readonly #byOp = new Map<number, readonly Wanted[]>();
  /** Nobody asks for it any more and it was not written, the oldest first. */
  readonly #failed = new Set<Wanted>();
  #doubtful = 0;

  constructor(report: ReportAs) {
    this.#report = report;
  }

  /** How many values it remembers. */
  get size(): number {
    let size = 0;
    for (const ofKey of this.#wanted.values()) size += ofKey.size;
    return size;
  }

  invoked({ op, request }: InvokeEvent): void {
    const asked = this.#asked(request);
    if (asked.length === 0 || this.#doubtful > DOUBTFUL_KEPT) return;
    for (const wanted of asked) wanted.pending++;
    this.#byOp.set(op, asked);
  }

  #asked(request: ClientOp): readonly Wanted[] {
    if (request.type === "put") return [this.#want(request.key, request.value)];
    if (request.type !== "call" || request.puts === undefined) return NOTHING;
    return [...new Set(request.puts.map(({ key, value }) => this.#want(key, value)))];
  }

  #want(key: string, value: string): Wanted {
    let ofKey = this.#wanted.get(key);
    if (ofKey === undefined) {
      ofKey = new Map();
      this.#wanted.set(key, ofKey);
    }
    const known = ofKey.get(value);
    if (known !== undefined) {
      this.#failed.delete(known);
      return known;
    }
    const made: Wanted = {
      key,
      value,
      pending: 0,
      happened: false,
      doubtful: false,
      revision: 0,
      failed: "",
    };
    ofKey.set(value, made);
    return made;
  }

  /** The store has a new revision. */
  changed(e: ChangesEvent, row: Row): void {
    for (const { told } of row.changes) {
      if (told.type !== "put") continue;
      const wanted = this.#wanted.get(told.key)?.get(told.value);
      if (wanted === undefined) continue;
      wanted.revision = row.revision;
      if (wanted.pending === 0 && !wanted.doubtful) this.#violated(e, wanted);
    }
  }

  completed(e: CompleteEvent): void {
    const asked = this.#byOp.get(e.op);
    if (asked === undefined) return;
    this.#byOp.delete(e.op);
    for (const wanted of asked) {
      wanted.pending--;
      if (e.outcome === "ok") wanted.happened = true;
      else if (e.outcome === "fail") wanted.failed = moment(e.at, e.seq);
      else this.#doubt(wanted);
      if (wanted.pending > 0 || wanted.doubtful) continue;
      // It was written by now, if at all.
      if (wanted.happened) this.#forget(wanted);
      else if (wanted.revision > 0) this.#violated(e, wanted);
      else this.#remember(wanted);
    }
    if (this.#doubtful > DOUBTFUL_KEPT) this.#giveUp();
  }

  #doubt(wanted: Wanted): void {
    if (!wanted.doubtful) this.#doubtful++;
    wanted.doubtful = true;
  }

  #remember(wanted: Wanted): void {
    this.#failed.add(wanted);
    if (this.#failed.size <= FAILED_KEPT) return;
    const [oldest] = this.#failed;
    if (oldest !== undefined) this.#forget(oldest);
  }

  #violated(e: TraceEvent, wanted: Wanted): void {
    const { key, value, revision, failed } = wanted;
    this.#forget(wanted);
    const shown = value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value;
    this.#report(
      FAILED_WRITES,
      e,
      `"${key}" held "${shown}" by revision ${revision}, though all who asked for that certainly ` +
        `failed, the last at ${failed}`,
    );
  }

  #forget(wanted: Wanted): void {
    const { key, value } = wanted;
    this.#failed.delete(wanted);
    const ofKey = this.#wanted.get(key);
    ofKey?.delete(value);
    if (ofKey?.size === 0) this.#wanted.delete(key);
  }

  #giveUp(): void {
    this.#wanted.clear();
    this.#byOp.clear();
    this.#failed.clear();
  }
}

const SHOWN_MAX = 40;
