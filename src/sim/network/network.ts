import { assert } from "../../base/assert.ts";
import { KeyedDraws } from "../../base/keyed-draws.ts";
import type { Random } from "../../base/random.ts";
import { type Instant, NEVER } from "../../base/time.ts";
import type { Scheduler } from "../clock.ts";
import type { LinkOptions } from "../options.ts";
import { type Envelope, Link } from "./link.ts";

import { type Hears, sides } from "./partition-shapes.ts";

export type { Envelope } from "./link.ts";

/** What becomes of a message when it is sent. */
export const Fate = { Sent: 0, Duplicated: 1, Lost: 2, Cut: 3 } as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** What becomes of a message when its delivery is due. */
export const Arrival = { Delivered: 0, Cut: 1, Held: 2 } as const;
export type Arrival = (typeof Arrival)[keyof typeof Arrival];

/** Node ids are in [0, IDS_MAX): they index a square of links. */
const IDS_MAX = 1024;

/**
 * Messages between nodes: each ordered pair is a link with latency, loss, duplication and
 * reordering of its own, and may be cut or clogged.
 *
 * A link is first in, first out, as a TCP stream, except for a message whose reorder draw fires:
 * it arrives after its own latency, whatever was sent before or after it. A duplicate arrives no
 * earlier than its original, and may arrive after later messages.
 */
export class Network<M> {
  private readonly scheduler: Scheduler<Envelope<M>>;
  private readonly random: Random;
  private readonly deliverKind: number;
  private readonly initial: LinkOptions;
  /** What a link between nodes gets that have not spoken yet. */
  private defaults: LinkOptions;
  private readonly nodes: number[] = [];
  /** Index `from * stride + to`; null where a link has never been used or touched by a fault. */
  private links: (Link<M> | null)[] = [];
  private stride = 0;
  /** How often all connections were made anew. */
  private generation = 0;

  /**
   * @param random a fork of its own; link i → j draws from its fork `i→j`
   * @param deliverKind the kind of the events it schedules; their target is the receiver, their
   *   payload the {@link Envelope}
   */
  constructor(
    scheduler: Scheduler<Envelope<M>>,
    random: Random,
    options: LinkOptions,
    deliverKind: number,
  ) {
    this.scheduler = scheduler;
    this.random = random;
    this.deliverKind = deliverKind;
    this.initial = checked(options);
    this.defaults = this.initial;
  }

  /** Makes `id` known. Again and again does no harm: a node keeps its links. */
  addNode(id: number): void {
    assert(Number.isInteger(id) && id >= 0 && id < IDS_MAX, "a node id is in [0, 1024)");
    if (this.nodes.includes(id)) return;
    this.nodes.push(id);
    this.nodes.sort((a, b) => a - b);
    if (id >= this.stride) this.widen(id + 1);
  }

  /** Sends a message of `type` (a name such as "MsgApp", for {@link dropNext}), or loses it. */
  send(from: number, to: number, type: string, payload: M, sendSeq: number): Fate {
    const link = this.link(from, to);
    const n = link.sent++;
    if (link.cut) return Fate.Cut;
    if (link.loses(n, type)) return Fate.Lost;

    const { now } = this.scheduler;
    const { generation } = this;
    const at = link.arrival(n, now);
    const envelope: Envelope<M> = {
      from,
      to,
      payload,
      sendSeq,
      copy: 0,
      generation,
      scheduled: false,
    };
    link.underWay++;
    this.scheduler.at(at, this.deliverKind, to, envelope);
    if (!link.repeats(n, type)) return Fate.Sent;

    link.underWay++;
    const later = link.arrivalOfDuplicate(n, now, at);
    const second: Envelope<M> = {
      from,
      to,
      payload,
      sendSeq,
      copy: 1,
      generation,
      scheduled: false,
    };
    this.scheduler.at(later, this.deliverKind, to, second);
    return Fate.Duplicated;
  }

  /** Sends on a connection of its own beside the stream of messages: in no order with them. */
  sendPeerRpc(from: number, to: number, payload: M): Fate {
    const link = this.link(from, to);
    const n = link.aside++;
    if (link.cut) return Fate.Cut;
    if (link.losesAside(n)) return Fate.Lost;
    const { generation } = this;
    const envelope: Envelope<M> = {
      from,
      to,
      payload,
      sendSeq: 0,
      copy: 0,
      generation,
      scheduled: false,
    };
    link.underWay++;
    this.scheduler.at(link.arrivalAside(n, this.scheduler.now), this.deliverKind, to, envelope);
    return Fate.Sent;
  }

  /** Nothing that is under way arrives: those that it came from are gone, and others have their addresses. */
  connectAnew(): void {
    this.generation++;
  }

  /**
   * To be asked when a delivery is due: a link that was cut after the sending has lost what was
   * under way, and a clogged one keeps it (`Held`: it comes again as an event after `unclog`).
   */
  arrives(envelope: Envelope<M>): Arrival {
    const link = this.link(envelope.from, envelope.to);
    const arrival = this.arrival(link, envelope);
    if (arrival !== Arrival.Held) link.underWay--;
    return arrival;
  }

  private arrival(link: Link<M>, envelope: Envelope<M>): Arrival {
    const { held } = link;
    if (link.cut || envelope.generation !== this.generation) {
      if (envelope.scheduled) held.splice(held.indexOf(envelope), 1);
      return Arrival.Cut;
    }
    if (envelope.hastened || (!link.clogged && held.length === 0)) return Arrival.Delivered;
    if (!link.clogged && held[0] === envelope) {
      held.shift();
      return Arrival.Delivered;
    }
    // It waits, if only for those before it that are let go in this very instant.
    if (!envelope.scheduled) held.push(envelope);
    envelope.scheduled = false;
    if (!link.clogged) this.release(envelope);
    return Arrival.Held;
  }

  /** What waits on the clogged link from → to and was not let go, in order. */
  heldOn(from: number, to: number): readonly Envelope<M>[] {
    return this.link(from, to).held.filter(({ scheduled }) => !scheduled);
  }

  /** A message is no longer under way: it is lost, or comes by another event. */
  remove(envelope: Envelope<M>): void {
    const link = this.link(envelope.from, envelope.to);
    const { held } = link;
    if (held.includes(envelope)) held.splice(held.indexOf(envelope), 1);
    link.underWay--;
  }

  /** A message that was removed is under way again, and arrives now. */
  hasten(envelope: Envelope<M>): void {
    this.link(envelope.from, envelope.to).underWay++;
    envelope.hastened = true;
    this.scheduler.at(this.scheduler.now, this.deliverKind, envelope.to, envelope);
  }

  /** Nothing sent from one of `from` reaches one of `to`. Adds to what is cut already. */
  cutPairs(from: readonly number[], to: readonly number[]): void {
    for (const link of this.between(from, to)) this.setCut(link, true);
  }

  /** What `from` send to `to` arrives at `at` from now on, and what is under way as well. */
  misdeliver(from: readonly number[], to: number, at: number): void {
    for (const link of this.between(from, [to])) link.arrivesAt = at;
  }

  /** Whom a message reaches whose delivery is due. */
  arrivesAt({ from, to }: Envelope<M>): number {
    return this.link(from, to).arrivesAt;
  }

  private setCut(link: Link<M>, cut: boolean): void {
    if (link.cut === cut) return;
    link.cut = cut;
    link.changedAt = this.scheduler.now;
  }

  /**
   * Decides anew who of `all` hears whom: nodes in different groups do not, and those in no
   * group form one more. Cuts from or to nodes outside `all` stay.
   */
  partition(groups: readonly (readonly number[])[], all: readonly number[]): void {
    this.arrange(all, sides(groups));
  }

  /** Decides anew who of `all` hears whom. Cuts from or to nodes outside `all` stay. */
  arrange(all: readonly number[], hears: Hears): void {
    for (const link of this.between(all, all)) this.setCut(link, !hears(link.from, link.to));
  }

  /** All links work again, with the options of the start; held messages are let go. */
  heal(): void {
    this.unclog();
    this.defaults = this.initial;
    for (const link of this.links) {
      if (link === null) continue;
      this.setCut(link, false);
      link.options = this.initial;
      link.arrivesAt = link.to;
      link.forgetDrops();
    }
  }

  /** Messages that would arrive at one of `to` from one of `from` wait until {@link unclog}. */
  clog(from: readonly number[], to: readonly number[]): void {
    for (const link of this.between(from, to)) link.clogged = true;
  }

  /** Lets go what waits on clogged links: it arrives now, in its order. */
  unclog(): void {
    for (const link of this.links) if (link !== null) this.free(link);
  }

  /** The same of the links from → to alone. */
  unclogPairs(from: readonly number[], to: readonly number[]): void {
    for (const link of this.between(from, to)) this.free(link);
  }

  private free(link: Link<M>): void {
    if (!link.clogged) return;
    link.clogged = false;
    for (const envelope of link.held) if (!envelope.scheduled) this.release(envelope);
  }

  /** Schedules a held message for now. It counts as held until its turn has come. */
  private release(envelope: Envelope<M>): void {
    envelope.scheduled = true;
    this.scheduler.at(this.scheduler.now, this.deliverKind, envelope.to, envelope);
  }

  /**
   * Changes some options of the links from → to. Absent lists stand for every node; with both
   * absent the change also holds for nodes that come later. Messages under way keep their times.
   */
  setOptions(
    from: readonly number[] | undefined,
    to: readonly number[] | undefined,
    change: Partial<LinkOptions>,
  ): void {
    if (from === undefined && to === undefined) {
      this.defaults = checked({ ...this.defaults, ...change });
      for (const link of this.links) {
        if (link !== null) link.options = checked({ ...link.options, ...change });
      }
      return;
    }
    for (const link of this.between(from ?? this.nodes, to ?? this.nodes)) {
      link.options = checked({ ...link.options, ...change });
    }
  }

  /** Whether such a change leaves each of the links with min <= mean <= max. */
  allows(
    from: readonly number[] | undefined,
    to: readonly number[] | undefined,
    change: Partial<LinkOptions>,
  ): boolean {
    const everywhere = from === undefined && to === undefined;
    const links = everywhere ? this.links : this.between(from ?? this.nodes, to ?? this.nodes);
    const options = links.flatMap((link) => (link === null ? [] : [link.options]));
    if (everywhere) options.push(this.defaults);
    return options.every((present) => isOrdered({ ...present, ...change }));
  }

  /** Loses the next `count` messages of type `message` ("any": of every type) sent from → to. */
  dropNext(from: number, to: number, message: string, count: number): void {
    assert(Number.isInteger(count) && count >= 0, "a count of messages");
    if (count > 0) this.link(from, to).dropNext(message, count);
  }

  isCut(from: number, to: number): boolean {
    return this.link(from, to).cut;
  }

  /** Since when messages get through from → to; NEVER if they do not. */
  openSince(from: number, to: number): Instant {
    const { cut, changedAt } = this.link(from, to);
    return cut ? NEVER : changedAt;
  }

  /** The cut pairs [from, to], ordered. */
  cutList(): [number, number][] {
    return this.pairs((link) => link.cut);
  }

  /** The clogged pairs [from, to], ordered. */
  cloggedList(): [number, number][] {
    return this.pairs((link) => link.clogged);
  }

  private pairs(chosen: (link: Link<M>) => boolean): [number, number][] {
    const result: [number, number][] = [];
    for (const link of this.links) {
      if (link !== null && chosen(link)) result.push([link.from, link.to]);
    }
    return result;
  }

  /** The links from → to, made where they did not exist yet. */
  private between(from: readonly number[], to: readonly number[]): Link<M>[] {
    const result: Link<M>[] = [];
    for (const source of from) {
      for (const target of to) {
        if (source !== target) result.push(this.link(source, target));
      }
    }
    return result;
  }

  private link(from: number, to: number): Link<M> {
    assert(from < this.stride && to < this.stride, "both ends of a link are known nodes");
    return this.links[from * this.stride + to] ?? this.newLink(from, to);
  }

  private newLink(from: number, to: number): Link<M> {
    assert(from !== to, "a node has no link to itself");
    assert(this.nodes.includes(from) && this.nodes.includes(to), "links join known nodes");
    const draws = new KeyedDraws(this.random.fork(`${from}→${to}`));
    const link = new Link<M>(from, to, this.defaults, draws);
    this.links[from * this.stride + to] = link;
    return link;
  }

  /** Lays the square out anew, for ids below a power of two that is at least `ids`. */
  private widen(ids: number): void {
    const old = this.links;
    let stride = 8;
    while (stride < ids) stride *= 2;
    this.stride = stride;
    this.links = new Array<Link<M> | null>(stride * stride).fill(null);
    for (const link of old) {
      if (link !== null) this.links[link.from * stride + link.to] = link;
    }
  }
}

/** The trace's word for why a message was not delivered; null if it is on its way or arrived. */
export function dropReason(fate: Fate): "loss" | "partition" | null {
  return fate === Fate.Lost ? "loss" : fate === Fate.Cut ? "partition" : null;
}

/** Asserts that link options are possible and returns them. */
function checked(options: LinkOptions): LinkOptions {
  const { loss, duplicate, reorder } = options;
  assert(isOrdered(options), "a link's latency has 0 <= min <= mean <= max");
  for (const ppm of [loss, duplicate, reorder]) {
    assert(Number.isInteger(ppm) && ppm >= 0 && ppm <= 1_000_000, "a link's odds are in ppm");
  }
  return options;
}

function isOrdered({ minUs, meanUs, maxUs }: LinkOptions): boolean {
  return minUs >= 0 && minUs <= meanUs && meanUs <= maxUs;
}
