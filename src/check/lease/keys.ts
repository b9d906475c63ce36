import type { ApplyEvent, ChangesEvent, TraceEvent } from "../../trace/events.ts";
import type { History, ReportAs, Row } from "../model/history.ts";
import type { LeaseModel } from "./model.ts";
import { LEASE_KEYS } from "./rule-names.ts";

/**
 * Which keys go with which lease, and that they do: a revoke's entry is told first, then what it did
 * to keys, then that it was applied.
 */
export class LeaseKeys {
  readonly #history: History;
  readonly #leases: ReadonlyMap<string, LeaseModel>;
  readonly #report: ReportAs;
  /** The lease whose revoke is being told: its deletions come next. */
  #revoking: LeaseModel | null = null;

  constructor(history: History, leases: ReadonlyMap<string, LeaseModel>, report: ReportAs) {
    this.#history = history;
    this.#leases = leases;
    this.#report = report;
  }

  /** The first member is applying the revoke. */
  revoked(lease: LeaseModel): void {
    this.#revoking = lease;
  }

  /** The store has a new revision. */
  changed(e: ChangesEvent, row: Row): void {
    const revoking = this.#revoking;
    if (revoking !== null && revoking.revokeIndex === row.index) {
      this.#deleted(e, row, revoking);
      return;
    }
    for (const { told, before } of row.changes) {
      const old = before?.told.lease ?? "";
      const lease = told.type === "put" ? told.lease : "";
      if (old !== "" && old !== lease) this.#leases.get(old)?.keys.delete(told.key);
      if (lease === "") continue;
      const model = this.#leases.get(lease);
      if (model?.alive) model.keys.add(told.key);
      else if (this.#history.whole) {
        const gone = model === undefined ? "was never granted" : "is revoked already";
        this.#report(LEASE_KEYS, e, `"${told.key}" is attached to lease ${lease}, which ${gone}`);
      }
    }
  }

  #deleted(e: ChangesEvent, row: Row, lease: LeaseModel): void {
    this.#revoking = null;
    for (const { told } of row.changes) {
      if (told.type === "delete" && lease.keys.delete(told.key)) continue;
      const what = `a ${told.type} of "${told.key}", which is none of its keys`;
      this.#report(LEASE_KEYS, e, `${lease.name} ended with ${what}`);
    }
    this.#survived(e, lease);
  }

  /** Entries were applied: all that they did is told. */
  applied(e: ApplyEvent): void {
    const revoking = this.#revoking;
    if (revoking === null || e.index + e.terms.length <= revoking.revokeIndex) return;
    this.#revoking = null;
    this.#survived(e, revoking);
  }

  #survived(e: TraceEvent, lease: LeaseModel): void {
    if (lease.keys.size === 0) return;
    const [key] = lease.keys;
    this.#report(LEASE_KEYS, e, `${lease.name} ended, and its key "${key}" is still there`);
    lease.keys = new Set();
  }
}
