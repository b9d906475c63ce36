import { type Duration, type Instant, SECOND } from "../../base/time.ts";
import type {
  FaultEvent,
  ProgressRequestEvent,
  TraceEvent,
  WatchEvent,
  WatcherEvent,
  WatchResponseEvent,
} from "../../trace/events.ts";
import type { History, ReportAs } from "../model/history.ts";
import { moment, seconds } from "../violation.ts";

/** What is asked of a stream, or due on it, and never comes. */
export const PROGRESS_COMES = "progress-comes";

/** What makes a stream's silence nobody's fault. */
export interface ProgressExcuses {
  /** Whether the watch has not been told of all that it waits for. */
  readonly waits: (watch: number) => boolean;
  /** Whether the client can't be reached, or reads slowly, or did at any time since then. */
  readonly unreachable: (client: number, since: Instant) => boolean;
}

interface Watching {
  readonly asked: WatchEvent;
  readonly stream: Stream;
  created: boolean;
  /** The member that answered last. */
  from: number;
  /** When it was last told anything. */
  heard: Instant;
  /** It fell behind, and has not caught up since. */
  behind: boolean;
}

/** The watches of a client that want the same of their stream. */
interface Stream {
  readonly client: number;
  readonly watches: Set<Watching>;
  /** When one of them was last opened, created, ended, taken over by another member, or fell behind. */
  changed: Instant;
  /** When it was last told progress. */
  told: Instant;
}

interface Request {
  readonly at: Instant;
  readonly seq: number;
  readonly stream: Stream;
}

/** So long there was neither fault nor change before a request, and so long after it: then it counts. */
const CALM_US: Duration = 3 * SECOND;
const ANSWER_US: Duration = 2 * SECOND;

/** What does nothing any more when the calm after it is over. */
const PASSING: ReadonlySet<string> = new Set([
  ...[
    "crash",
    "crash-at",
    "restart",
    "start",
    "pause",
    "resume",
    "partition",
    "cut",
    "clog",
    "heal",
    "unclog",
  ],
  ...[
    "client-cut",
    "client-pause",
    "client-resume",
    "drop-next",
    "lose",
    "deliver",
    "campaign",
    "transfer",
    "snapshot",
  ],
  ...["add-member", "add-learner", "promote", "remove-member", "change", "skew", "refused"],
]);

/**
 * `progress-comes`: a request for progress is answered to the stream that it was made on, and who wants
 * to be told from time to time is, if nothing is in the way.
 *
 * In the way may be (then nothing is said): a fault or a leader's change not long before or after; links
 * that are cut; a fault that lasts, as a lossy link or a slow disk; a member that is paused or down, a
 * client that can't be reached or reads slowly; a watch of the stream that is being opened or has just
 * ended, that waits for history, has fallen behind, or waits for a revision that is not there yet: etcd
 * says nothing about a stream while one of its watches is not in step with the store, and does not come
 * back to it. A watch that was compacted away is out of the way as soon as its client knows: clientv3
 * tells the member to let it go.
 *
 * From time to time means: within two periods, each up to a tenth longer than said, since the one in
 * which the watch was told events does not count.
 */
export class ProgressMonitor {
  readonly #history: History;
  readonly #report: ReportAs;
  readonly #excuses: ProgressExcuses;
  /** The longest that may pass between two notifications. */
  readonly #noticeUs: Duration;
  readonly #streams = new Map<string, Stream>();
  readonly #watches = new Map<number, Watching>();
  /** By the event that opened it: so members name it. */
  readonly #bySeq = new Map<number, Watching>();
  readonly #down = new Set<number>();
  /** Made, and not answered yet, the oldest first. */
  #requests: Request[] = [];
  #disturbed: Instant = 0;
  #cut = false;
  /** A fault that lasts was made: nothing is judged any more. */
  #off = false;

  /** @param periodUs of notifications, as members are told (--watch-progress-notify-interval) */
  constructor(history: History, periodUs: Duration, report: ReportAs, excuses: ProgressExcuses) {
    this.#history = history;
    this.#report = report;
    this.#excuses = excuses;
    this.#noticeUs = 2 * (periodUs + Math.ceil(periodUs / 10)) + ANSWER_US;
  }

  // ---- the world -----------------------------------------------------------------------------

  /** Faults, and all that a member does not do while it serves quietly. */
  disturbed(e: TraceEvent): void {
    switch (e.kind) {
      case "fault":
        if (!isPassing(e)) this.#off = true;
        break;
      case "links":
        this.#cut = e.cut.length > 0 || e.clogged.length > 0;
        break;
      case "crash":
      case "pause":
      case "refuse":
        this.#down.add(e.member);
        break;
      case "boot":
      case "resume":
        this.#down.delete(e.member);
        break;
    }
    this.#disturbed = e.at;
  }

  // ---- watches -------------------------------------------------------------------------------

  opened(e: WatchEvent): void {
    const stream = this.#streamOf(e.client, e.requireLeader);
    const watch: Watching = {
      asked: e,
      stream,
      created: false,
      from: 0,
      heard: e.at,
      behind: false,
    };
    stream.watches.add(watch);
    stream.changed = e.at;
    this.#watches.set(e.watch, watch);
    this.#bySeq.set(e.seq, watch);
  }

  #streamOf(client: number, requireLeader: boolean): Stream {
    const name = `${client} ${requireLeader}`;
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = { client, watches: new Set(), changed: 0, told: -1 };
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** A member says that one fell behind, or caught up. */
  moved(e: WatcherEvent): void {
    const watch = this.#bySeq.get(e.opened);
    if (watch === undefined) return;
    watch.behind = e.group !== "synced";
    watch.stream.changed = e.at;
  }

  responded(e: WatchResponseEvent): void {
    this.#judgeUntil(e);
    const watch = this.#watches.get(e.watch);
    if (watch === undefined) return;
    const { stream } = watch;
    this.#judgeNotice(e, watch);
    watch.heard = e.at;
    if (e.what === "created" || e.from !== watch.from) stream.changed = e.at;
    watch.from = e.from;
    if (e.what === "created") watch.created = true;
    else if (e.what === "progress") stream.told = e.at;
    else if (e.what === "canceled") {
      stream.changed = e.at;
      stream.watches.delete(watch);
      this.#watches.delete(e.watch);
      this.#bySeq.delete(watch.asked.seq);
    }
  }

  // ---- what is asked for ---------------------------------------------------------------------

  requested(e: ProgressRequestEvent): void {
    this.#judgeUntil(e);
    const stream = this.#streamOf(e.client, e.requireLeader);
    // What ended before is out of the way; what is on its way is not.
    const { at, seq } = e;
    if (!this.#off && stream.watches.size > 0 && this.#inStep(stream)) {
      this.#requests.push({ at, seq, stream });
    }
  }

  /** Whether nothing is in the way on the stream itself. */
  #inStep({ watches }: Stream): boolean {
    for (const { created, behind, asked } of watches) {
      if (!created || behind || this.#excuses.waits(asked.watch)) return false;
      if (asked.startRevision > this.#history.revision) return false;
    }
    return true;
  }

  /** The run goes on: what was asked for long enough ago has been answered. */
  #judgeUntil(e: TraceEvent): void {
    const requests = this.#requests;
    let judged = 0;
    while (judged < requests.length && (requests[judged] as Request).at + ANSWER_US < e.at) {
      this.#judge(e, requests[judged++] as Request);
    }
    if (judged > 0) this.#requests = requests.slice(judged);
  }

  #judge(e: TraceEvent, { at, seq, stream }: Request): void {
    if (stream.told >= at || !this.#isCalm(stream, at - CALM_US)) return;
    // Whatever came to a watch of the stream after the request, in whichever way, is a change of it.
    if (stream.changed >= at - CALM_US || !this.#inStep(stream)) return;
    const { client, watches } = stream;
    this.#report(
      PROGRESS_COMES,
      e,
      `client ${client} asked for progress at ${moment(at, seq)}, and none of the ${watches.size} ` +
        "watches on its stream was told of any",
    );
  }

  /** Whether there was nothing in the way in the world since then. */
  #isCalm({ client, watches }: Stream, since: Instant): boolean {
    if (this.#off || this.#cut || this.#disturbed >= since) return false;
    if (this.#excuses.unreachable(client, since)) return false;
    for (const { from } of watches) if (this.#down.has(from)) return false;
    return true;
  }

  // ---- what is due ---------------------------------------------------------------------------

  #judgeNotice(e: TraceEvent, watch: Watching): void {
    const { asked, created, stream } = watch;
    const heard = Math.max(watch.heard, stream.changed);
    if (!asked.progressNotify || !created || e.at - heard <= this.#noticeUs) return;
    if (!this.#isCalm(stream, heard)) return;
    if (watch.behind || this.#excuses.waits(asked.watch)) return;
    if (asked.startRevision > this.#history.revision) return;
    const { client, text } = asked;
    this.#report(
      PROGRESS_COMES,
      e,
      `${text} of client ${client} (${asked.watch}) was told nothing since ${seconds(heard)}, though ` +
        "it wants to be told of its progress from time to time",
    );
    watch.heard = e.at;
  }

  finish(where: TraceEvent): void {
    this.#judgeUntil(where);
    for (const watch of this.#watches.values()) this.#judgeNotice(where, watch);
  }
}

function isPassing({ fault }: FaultEvent): boolean {
  return PASSING.has(fault);
}
