import type { KeyedDraws } from "../../base/keyed-draws.ts";
import type { Instant } from "../../base/time.ts";
import type { LinkOptions } from "../options.ts";

/** A message under way. The network makes one for each copy and schedules it as an event's payload. */
export interface Envelope<M> {
  readonly from: number;
  readonly to: number;
  readonly payload: M;
  /** The seq of the `send` event in the trace: the cause of what becomes of this message. */
  readonly sendSeq: number;
  /** 0 for the message itself, 1 for a duplicate that the network made. */
  readonly copy: 0 | 1;
  /** It waited on a clogged link and has been let go, but has not arrived yet. */
  scheduled: boolean;
}

/** The purposes of a link's draws. Renumbering them changes every run of every seed. */
export const Salt = {
  Loss: 0,
  Duplicate: 1,
  Latency: 2,
  Reorder: 3,
  SecondLatency: 4,
  PeerRpcLoss: 5,
  PeerRpcLatency: 6,
} as const;

interface DropRule {
  readonly message: string;
  remaining: number;
}

/** One direction between two nodes: its options, its faults and what waits on it. */
export class Link<M> {
  readonly from: number;
  readonly to: number;
  options: LinkOptions;
  cut = false;
  /** When it was cut, or let through again, for the last time. */
  changedAt: Instant = 0;
  clogged = false;
  /** Whom its messages reach: the network may have an old address for `to`. */
  arrivesAt: number;
  /** Messages sent so far, lost ones included: the number that keys the next message's draws. */
  sent = 0;
  /** Those sent beside the stream of messages: numbered apart, so that they do not shift its draws. */
  aside = 0;
  /** When the latest in-order message arrives; the next one does not arrive earlier. */
  lastAt: Instant = 0;
  /** Messages that came due while the link was clogged, in order, until they arrive. */
  readonly held: Envelope<M>[] = [];
  readonly draws: KeyedDraws;
  private dropRules: DropRule[] = [];

  constructor(from: number, to: number, options: LinkOptions, draws: KeyedDraws) {
    this.from = from;
    this.to = to;
    this.arrivesAt = to;
    this.options = options;
    this.draws = draws;
  }

  dropNext(message: string, count: number): void {
    this.dropRules.push({ message, remaining: count });
  }

  /** Whether a rule asks for this message's loss; counts it off if so. */
  takesDrop(type: string): boolean {
    if (this.dropRules.length === 0) return false;
    const rule = this.dropRules.find((each) => each.message === type || each.message === "any");
    if (rule === undefined) return false;
    rule.remaining--;
    if (rule.remaining === 0) this.dropRules = this.dropRules.filter((each) => each !== rule);
    return true;
  }

  forgetDrops(): void {
    this.dropRules = [];
  }
}
