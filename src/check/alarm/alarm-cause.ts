import type {
  AlarmEvent,
  ConfSummary,
  FaultEvent,
  InvokeEvent,
  TraceEvent,
} from "../../trace/events.ts";
import type { ReportAs, Row } from "../model/history.ts";
import { isQuorum } from "../model/quorum.ts";

/** An alarm without a reason, or about somebody else. */
export const ALARM_CAUSE = "alarm-cause";

/** What a key, a lease or a user costs beside its own bytes, about. */
const ROW_BYTES = 256;
/** An empty database with its pages, members and alarms. */
const EMPTY_BYTES = 128 * 1024;
/** How many times its bytes a row may take: half-empty pages, free ones, and what is written anew. */
const SPREAD = 4;
/** The default of --quota-backend-bytes. */
const DEFAULT_QUOTA = 2 ** 31;

/**
 * `alarm-cause`: an alarm has a cause, and is about the member that has it.
 *
 * - CORRUPT names a member whose data was spoilt (a fault did it, or it applied something else than
 *   others). It may name somebody else only where etcd can't know better: the leader that compares was
 *   spoilt itself, or nobody is in the majority. Then it may name nobody, too.
 * - NOSPACE names a member, and only once that could have been written which comes near the quota: the
 *   bytes of all that was ever put and is being put, several times over.
 * - An alarm that is on is not raised once more, and one that is off not disarmed.
 *
 * What a client raised itself is not judged from then on, nor are CORRUPT alarms where nobody tells of
 * faults; nor what a member says after it came back, until it says so of an alarm for the first time.
 */
export class AlarmMonitor {
  readonly #report: ReportAs;
  readonly #quota: number;
  /** Whether faults are told of. */
  readonly #faults: boolean;
  readonly #spoilt = new Set<number>();
  /** Members applied different things: nobody knows who was wrong. */
  #diverged = false;
  /** Somebody who was spoilt led after that. */
  #spoiltLed = false;
  #leader = 0;
  #conf: ConfSummary | null = null;
  #byClient = false;
  /** What can have been written at most, and the largest request. */
  #bytes = 0;
  #largest = 0;
  /** What each member said last of each alarm; nothing: it came back since. */
  readonly #said = new Map<number, Map<string, boolean>>();
  readonly #reported = new Set<string>();

  /** @param quotaBytes as members are told: 0 is the default, below there is none */
  constructor(report: ReportAs, quotaBytes: number, faults: boolean) {
    this.#report = report;
    this.#faults = faults;
    this.#quota = quotaBytes === 0 ? DEFAULT_QUOTA : quotaBytes;
  }

  // ---- what may be a cause -------------------------------------------------------------------

  fault({ fault, members }: FaultEvent): void {
    if (fault !== "corrupt" && fault !== "bit-rot") return;
    for (const member of members) this.#spoilt.add(member);
    if (this.#spoilt.has(this.#leader)) this.#spoiltLed = true;
  }

  /** The history was told another way by this member. */
  diverged(): void {
    this.#diverged = true;
  }

  led(member: number): void {
    this.#leader = member;
    if (this.#spoilt.has(member)) this.#spoiltLed = true;
  }

  configured(conf: ConfSummary): void {
    this.#conf = conf;
  }

  invoked({ request, text }: InvokeEvent): void {
    if (request.type === "put") this.#asked(request.key.length + request.value.length);
    if (request.type !== "call") return;
    if (request.method === "alarm" && request.writes && !text.startsWith("disarm")) {
      this.#byClient = true;
    }
    let bytes = 0;
    for (const { key, value } of request.puts ?? []) bytes += key.length + value.length + ROW_BYTES;
    this.#asked(bytes);
  }

  #asked(bytes: number): void {
    if (bytes + ROW_BYTES > this.#largest) this.#largest = bytes + ROW_BYTES;
  }

  /** The store has a new revision. */
  changed(row: Row): void {
    for (const { told } of row.changes) {
      this.#bytes += ROW_BYTES + told.key.length + told.value.length;
    }
  }

  /** A lease, a user or a role is written. */
  written(): void {
    this.#bytes += ROW_BYTES;
  }

  back(member: number): void {
    this.#said.delete(member);
  }

  // ---- alarms --------------------------------------------------------------------------------

  alarm(e: AlarmEvent): void {
    this.#alternates(e);
    if (!e.active || this.#byClient) return;
    const wrong = e.alarm === "NOSPACE" ? this.#wrongSpace(e.of) : this.#wrongCorruption(e.of);
    if (wrong !== null) this.#say(e, `the alarm ${e.alarm} of ${name(e.of)} was raised, ${wrong}`);
  }

  #alternates(e: AlarmEvent): void {
    const said = this.#said.get(e.member) ?? new Map<string, boolean>();
    this.#said.set(e.member, said);
    const which = `${e.alarm} ${e.of}`;
    if (said.get(which) === e.active) {
      const what = e.active ? "raised once more, though it was on" : "disarmed, though it was off";
      this.#say(e, `the alarm ${e.alarm} of ${name(e.of)} was ${what}`);
    }
    said.set(which, e.active);
  }

  /** Each member tells of it: once is enough. */
  #say(e: TraceEvent, text: string): void {
    if (this.#reported.has(text)) return;
    this.#reported.add(text);
    this.#report(ALARM_CAUSE, e, text);
  }

  #wrongSpace(of: number): string | null {
    if (of === 0) return "about no member";
    if (this.#quota < 0) return "though there is no quota";
    const most = EMPTY_BYTES + SPREAD * (this.#bytes + this.#largest);
    if (most >= this.#quota) return null;
    return `though with all that was ever written no database takes more than ${most} bytes`;
  }

  #wrongCorruption(of: number): string | null {
    if (!this.#faults || this.#diverged) return null;
    if (this.#spoilt.size === 0) return "though nobody's data was ever spoilt";
    if (this.#spoilt.has(of) || this.#spoiltLed) return null;
    const sound = (id: number) => !this.#spoilt.has(id);
    if (this.#conf === null || !isQuorum(this.#conf, sound)) return null;
    const spoilt = [...this.#spoilt].map(name).join(", ");
    return `though it is ${spoilt} whose data was spoilt`;
  }
}

function name(member: number): string {
  return member === 0 ? "nobody in particular" : `member ${member}`;
}
