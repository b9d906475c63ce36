import type { Instant } from "../../base/time.ts";
import {
  type ConfSummary,
  Layer,
  type MessageSummary,
  type RoleName,
  type TraceEvent,
} from "../../trace/events.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { ClientRecord } from "./client-record.ts";
import { beginsAnew } from "./each-cluster.ts";

export interface Leadership {
  readonly member: number;
  readonly term: number;
  readonly at: Instant;
  /** How many clusters there were before this one, whose terms were others. */
  readonly cluster: number;
}

export interface SteppedDown extends Leadership {
  readonly reason: string;
}

/** The terms of a member's log: entry `offset + 1 + i` has term `terms[i]`. */
export interface LogTerms {
  offset: number;
  terms: number[];
}

/** Called with each event while a condition waits for messages. */
export type EventListener = (event: TraceEvent) => void;

/**
 * What happened in a run so far, as far as selectors, conditions and expectations ask: a fold of
 * the trace. `pulse` grows with every event after which an answer may have changed.
 */
export class RunHistory implements TraceSink {
  readonly layers: number;
  pulse = 0;
  #cluster = 0;
  readonly leaderships: Leadership[] = [];
  readonly stepDowns: SteppedDown[] = [];
  /** Who ran as a (real) candidate, by term. */
  readonly candidates = new Map<number, Set<number>>();
  readonly logs = new Map<number, LogTerms>();
  /** Members whose log lost conflicting entries, and how many. */
  readonly truncated = new Map<number, number>();
  /** Index of the latest snapshot a member took over from a leader. */
  readonly installed = new Map<number, number>();
  /** By member: what its boot repaired, why it refused to start, and how many bytes its crashes lost. */
  readonly repairs = new Map<number, string>();
  readonly refusals = new Map<number, string>();
  readonly lostBytes = new Map<number, number>();
  readonly wasLearner = new Set<number>();
  readonly confs = new Map<number, ConfSummary>();
  /** True once some member's configuration was joint. */
  wasJoint = false;
  duplicates = 0;
  overtaken = 0;
  readonly dropped = new Map<string, number>();
  readonly listeners = new Set<EventListener>();
  /** What clients hold and received. */
  readonly clientRecord = new ClientRecord();
  readonly #roles = new Map<number, RoleName>();
  readonly #booting = new Set<number>();
  readonly #newestDelivered = new Map<string, number>();

  /** @param layers fewer than all of them: what only those tell is all that will be known */
  constructor(layers: number = Layer.All) {
    this.layers = layers;
  }

  event(event: TraceEvent): void {
    if (beginsAnew(event)) this.#cluster++;
    switch (event.kind) {
      case "role":
        this.#role(event.member, event.role, event.term, event.at, event.reason);
        break;
      case "boot":
        this.#roles.delete(event.member);
        this.#booting.add(event.member);
        break;
      case "recover":
        this.logs.set(event.member, {
          offset: event.snapshot.index,
          terms: event.entries.map((entry) => entry.term),
        });
        if (event.repaired !== "") this.repairs.set(event.member, event.repaired);
        this.#conf(event.member, event.conf);
        break;
      case "append": {
        const log = this.#log(event.member);
        const first = event.entries[0]?.index ?? log.offset + log.terms.length + 1;
        log.terms.length = Math.max(0, first - 1 - log.offset);
        for (const entry of event.entries) log.terms.push(entry.term);
        if (event.truncated > 0) {
          const before = this.truncated.get(event.member) ?? 0;
          this.truncated.set(event.member, before + event.truncated);
        }
        break;
      }
      case "restore":
        if (!this.#booting.has(event.member)) this.installed.set(event.member, event.index);
        this.logs.set(event.member, { offset: event.index, terms: [] });
        this.#conf(event.member, event.conf);
        break;
      case "conf":
        this.#conf(event.member, event.conf);
        break;
      case "crash":
        this.#roles.delete(event.member);
        this.lostBytes.set(event.member, (this.lostBytes.get(event.member) ?? 0) + event.lostBytes);
        break;
      case "refuse":
        this.refusals.set(event.member, event.text);
        break;
      case "duplicate":
        this.duplicates++;
        break;
      case "drop":
        this.dropped.set(event.reason, (this.dropped.get(event.reason) ?? 0) + 1);
        break;
      case "deliver":
        this.#booting.delete(event.member);
        this.#delivered(event.message, event.cause);
        break;
      case "wake":
      case "disk-done":
      case "request":
        this.#booting.delete(event.member);
        break;
      default:
        this.clientRecord.event(event);
    }
    if (event.kind !== "send" && event.kind !== "sync" && event.kind !== "log") this.pulse++;
    for (const listener of this.listeners) listener(event);
  }

  /** The ids of all leaders so far, in the order in which they were elected. */
  leaders(): number[] {
    return this.leaderships.map((leadership) => leadership.member);
  }

  get lastLeadership(): Leadership | undefined {
    return this.leaderships.at(-1);
  }

  #role(member: number, role: RoleName, term: number, at: Instant, reason: string): void {
    const before = this.#roles.get(member);
    const cluster = this.#cluster;
    if (role === "leader" && before !== "leader") {
      this.leaderships.push({ member, term, at, cluster });
    }
    if (before === "leader" && role !== "leader") {
      this.stepDowns.push({ member, term, at, cluster, reason });
    }
    if (role === "candidate") {
      const standing = this.candidates.get(term);
      if (standing === undefined) this.candidates.set(term, new Set([member]));
      else standing.add(member);
    }
    this.#roles.set(member, role);
  }

  #log(member: number): LogTerms {
    let log = this.logs.get(member);
    if (log === undefined) {
      log = { offset: 0, terms: [] };
      this.logs.set(member, log);
    }
    return log;
  }

  #conf(member: number, conf: ConfSummary): void {
    this.confs.set(member, conf);
    if (conf.votersOutgoing.length > 0) this.wasJoint = true;
    for (const id of conf.learners) this.wasLearner.add(id);
  }

  /** Counts messages that arrive after a later one of the same link. */
  #delivered(message: MessageSummary, send: number): void {
    const link = `${message.from}→${message.to}`;
    const newest = this.#newestDelivered.get(link) ?? 0;
    if (send > newest) this.#newestDelivered.set(link, send);
    else if (send < newest) this.overtaken++;
  }
}
