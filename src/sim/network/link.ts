import type { KeyedDraws } from "../../base/keyed-draws.ts";
import type { Duration, Instant } from "../../base/time.ts";
import type { LinkOptions } from "../options.ts";
import { drawLatency } from "./latency.ts";

/** A message under way. The network makes one for each copy and schedules it as an event's payload. */
export interface Envelope<M> {
  readonly from: number;
  readonly to: number;
  readonly payload: M;
  /** The seq of the `send` event in the trace: the cause of what becomes of this message. */
  readonly sendSeq: number;
  /** 0 for the message itself, 1 for a duplicate that the network made. */
  readonly copy: 0 | 1;
  /** Of the network's connections when it was sent. */
  readonly generation: number;
  /** It waited on a clogged link and has been let go, but has not arrived yet. */
  scheduled: boolean;
  /** It arrives even on a clogged link, and before those that wait there. */
  hastened?: true;
}

/** The purposes of a link's draws. Renumbering them changes every run of every seed. */
const Salt = {
  Loss: 0,
  Duplicate: 1,
  Latency: 2,
  Reorder: 3,
  SecondLatency: 4,
  PeerRpcLoss: 5,
  PeerRpcLatency: 6,
} as const;

/**
 * A forwarded proposal is the one message that is not idempotent: twice delivered, it is applied
 * twice. Raft relies on the transport here, and etcd's streams never repeat a message.
 */
const NEVER_TWICE = "MsgProp";

interface DropRule {
  readonly message: string;
  remaining: number;
}

/**
 * One direction between two nodes: its options, its faults, the dice of what it loses, delays and
 * repeats, and what waits on it. What becomes of its n-th message depends on n alone.
 */
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
  /** Messages and calls on their way, duplicates included. */
  underWay = 0;
  /** When the latest in-order message arrives; the next one does not arrive earlier. */
  private lastAt: Instant = 0;
  /** Messages that came due while the link was clogged, in order, until they arrive. */
  readonly held: Envelope<M>[] = [];
  private readonly draws: KeyedDraws;
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

  /** Whether its n-th message is lost: a rule asks for it, or the dice fall so. */
  loses(n: number, type: string): boolean {
    const { capacity } = this.options;
    if (capacity !== undefined && this.underWay >= capacity) return true;
    return this.takesDrop(type) || this.draws.chance(n, Salt.Loss, this.options.loss);
  }

  /** When its n-th message arrives: not before those sent earlier, but for one that is reordered. */
  arrival(n: number, now: Instant): Instant {
    const at = now + this.latency(n, Salt.Latency);
    if (this.draws.chance(n, Salt.Reorder, this.options.reorder)) return at;
    if (at > this.lastAt) this.lastAt = at;
    return this.lastAt;
  }

  /** Whether its n-th message arrives twice. */
  repeats(n: number, type: string): boolean {
    return type !== NEVER_TWICE && this.draws.chance(n, Salt.Duplicate, this.options.duplicate);
  }

  /** When the duplicate of its n-th message arrives; the first one does so at `first`. */
  arrivalOfDuplicate(n: number, now: Instant, first: Instant): Instant {
    const at = now + this.latency(n, Salt.SecondLatency);
    return at > first ? at : first;
  }

  /** The same for the n-th of those beside the stream, which are neither ordered nor repeated. */
  losesAside(n: number): boolean {
    return this.draws.chance(n, Salt.PeerRpcLoss, this.options.loss);
  }

  arrivalAside(n: number, now: Instant): Instant {
    return now + this.latency(n, Salt.PeerRpcLatency);
  }

  private latency(n: number, salt: number): Duration {
    const { minUs, meanUs, maxUs } = this.options;
    return drawLatency(minUs, meanUs, maxUs, this.draws.draw(n, salt));
  }

  /** Whether a rule asks for this message's loss; counts it off if so. */
  private takesDrop(type: string): boolean {
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
