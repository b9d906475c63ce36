import { type Duration, type Instant, MILLISECOND } from "../../base/time.ts";
import type { ConfSummary, TraceEvent } from "../../trace/events.ts";
import type { ReportAs } from "../model/history.ts";
import { moment } from "../violation.ts";

/** A leader that hands over, and never gets done. */
export const TRANSFER_ENDS = "transfer-ends";

const MOMENT_US = 10 * MILLISECOND;

interface Transfer {
  readonly member: number;
  readonly to: number;
  readonly at: Instant;
  readonly seq: number;
  /** It was given up where nothing was in the way: what comes next may be the reason. */
  givenUp: TraceEvent | null;
}

/** Faults after which messages, disks, clocks or appliers are not what they were, until nobody knows when. */
const LASTING: ReadonlySet<string> = new Set([
  ...["link", "drift", "slow-apply", "disk-slow", "disk-full", "bit-rot", "misdeliver"],
]);

/**
 * `transfer-ends`: a leader takes no proposals while it hands over, so that must have an end.
 *
 * - Within an election timeout of its clock it is over, whatever becomes of it: twice that is too long.
 *   Not judged where the leader is paused meanwhile, or clocks drift.
 * - It is over at once where the target loses its vote.
 * - Where nothing is in the way it ends with another leader. In the way may be: a fault, a crash or a
 *   start since an election timeout before; links that are cut; a fault that lasts (lossy links, slow
 *   disks, drifting clocks, slow appliers); a snapshot or a change of the configuration meanwhile, after which a target
 *   may not campaign; another transfer, which takes its place.
 */
export class TransferMonitor {
  readonly #electionUs: Duration;
  readonly #report: ReportAs;
  /** By leader. */
  readonly #pending = new Map<number, Transfer>();
  #disturbed: Instant = -1;
  #cut = false;
  #lasting: boolean;
  readonly #down = new Set<number>();

  /** @param troubled messages get lost, or disks are slow, from the beginning */
  constructor(electionUs: Duration, troubled: boolean, report: ReportAs) {
    this.#electionUs = electionUs;
    this.#lasting = troubled;
    this.#report = report;
  }

  event(e: TraceEvent): void {
    if (this.#pending.size > 0) this.#judge(e);
    switch (e.kind) {
      case "transfer":
        this.#transfer(e.member, e.to, e);
        return;
      case "role":
        if (e.role !== "leader") this.#pending.delete(e.member);
        return;
      case "conf":
        this.#configured(e.member, e.conf, e);
        this.#disturbed = e.at;
        return;
      case "fault":
        this.#lasting ||= LASTING.has(e.fault);
        // It is what begins a transfer.
        if (e.fault !== "transfer") this.#disturbed = e.at;
        return;
      case "links":
        this.#cut = e.cut.length > 0 || e.clogged.length > 0;
        this.#disturbed = e.at;
        return;
      case "crash":
      case "pause":
      case "refuse":
        this.#down.add(e.member);
        this.#pending.delete(e.member);
        this.#disturbed = e.at;
        return;
      case "boot":
      case "resume":
        this.#down.delete(e.member);
        this.#disturbed = e.at;
        return;
      case "restore":
        this.#disturbed = e.at;
        return;
    }
  }

  finish(where: TraceEvent): void {
    this.#judge(where);
  }

  #transfer(member: number, to: number, e: TraceEvent): void {
    const pending = this.#pending.get(member);
    if (to !== 0) {
      const { at, seq } = e;
      this.#pending.set(member, { member, to, at, seq, givenUp: null });
    } else if (pending !== undefined && this.#nothingInTheWay(pending)) pending.givenUp = e;
    else this.#pending.delete(member);
  }

  #nothingInTheWay({ to, at }: Transfer): boolean {
    if (this.#cut || this.#lasting || this.#down.has(to)) return false;
    return this.#disturbed < at - this.#electionUs;
  }

  #configured(member: number, { voters, votersOutgoing }: ConfSummary, e: TraceEvent): void {
    const pending = this.#pending.get(member);
    if (pending === undefined || pending.givenUp !== null) return;
    if (voters.includes(pending.to) || votersOutgoing.includes(pending.to)) return;
    this.#say(e, pending, "goes on, though that one has no vote any more");
  }

  #judge(e: TraceEvent): void {
    for (const pending of [...this.#pending.values()]) {
      const { at, givenUp } = pending;
      if (givenUp !== null) {
        // Another takes its place in the same moment, and a change may be told of after it.
        if (e.at > givenUp.at + MOMENT_US) {
          if (this.#nothingInTheWay(pending)) {
            this.#say(givenUp, pending, "was given up, though nothing was in the way");
          } else this.#pending.delete(pending.member);
        }
      } else if (!this.#lasting && e.at - at > 2 * this.#electionUs) {
        this.#say(e, pending, "has not come to an end");
      }
    }
  }

  #say(e: TraceEvent, { member, to, at, seq }: Transfer, what: string): void {
    this.#pending.delete(member);
    const text = `member ${member}'s transfer to member ${to} of ${moment(at, seq)} ${what}`;
    this.#report(TRANSFER_ENDS, e, text);
  }
}
