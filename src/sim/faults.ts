import type { Random } from "../base/random.ts";
import type { Instant, Ppm } from "../base/time.ts";
import { backupRevision } from "../member/loop/restore-backup.ts";
import { type MembershipChange, membershipChange } from "../member/membership/operator-change.ts";
import type { AdminRequest } from "../member/protocol.ts";
import type { Trace } from "../trace/trace.ts";
import type { Clients } from "./clients/clients.ts";
import type { SimClock } from "./clock.ts";
import type { Packet, Payload } from "./event-kinds.ts";
import type { Fault } from "./fault.ts";
import type { Node } from "./machine/node.ts";
import { takeFlight } from "./network/in-flight.ts";
import type { Network } from "./network/network.ts";
import { bridge, type Hears, ring } from "./network/partition-shapes.ts";
import { Swizzle } from "./swizzle.ts";

/**
 * What was asked for is impossible as the world is now. The message is for people.
 *
 * @public
 */
export class FaultError extends Error {
  override name = "FaultError";
}

/** The parts of the world that faults touch. */
export interface FaultWorld {
  readonly now: Instant;
  readonly clock: SimClock<Payload>;
  readonly trace: Trace;
  readonly network: Network<Packet>;
  readonly clients: Clients;
  memberIds(): readonly number[];
  has(id: number): boolean;
  node(id: number): Node;
  addNode(id: number, initialVoters: readonly number[]): Node;
  leader(): number;
  /** The voters, by halves of a joint configuration. */
  voterSets(): readonly (readonly number[])[];
  emitLinks(cause: number): void;
  nextCallId(): number;
  chance(): Random;
}

/**
 * Everything that can be done to the world, by name: faults, and what an operator does through a
 * member. Each becomes a `fault` event of the trace, which causes what follows from it.
 */
export class Faults {
  private readonly cluster: FaultWorld;
  private readonly swizzle: Swizzle;
  /** Whose disks rotted, and were not replaced or mended since: in which life of its process each did. */
  private readonly rotten = new Map<number, number>();

  constructor(cluster: FaultWorld) {
    this.cluster = cluster;
    this.swizzle = new Swizzle(cluster, (text, member) =>
      this.emitLinks(this.emitFault("swizzle", text, [member])),
    );
  }

  inject(fault: Fault): void {
    const { cluster } = this;
    const { network } = cluster;
    switch (fault.type) {
      case "crash": {
        const node = this.member(fault.member);
        if (node.member === null) throw new FaultError(`m${fault.member} is not running`);
        const cause = this.emitFault("crash", `m${node.id} crashes`, [node.id]);
        node.crash(fault.disk, cause);
        return;
      }
      case "crash-at": {
        const node = this.member(fault.member);
        if ("point" in fault) {
          const text = `m${node.id} will crash at ${fault.point}, ${passText(fault.count)}`;
          const cause = this.emitFault("crash-at", text, [node.id]);
          node.crashAtPoint(fault.point, fault.count, fault.disk, cause);
          return;
        }
        const text = `m${node.id} will crash at disk operation ${fault.operations} from now`;
        node.crashAt(fault.operations, fault.disk, this.emitFault("crash-at", text, [node.id]));
        return;
      }
      case "restart": {
        const node = this.member(fault.member);
        if (node.member !== null) throw new FaultError(`m${fault.member} is running already`);
        if (node.retired) throw new FaultError(retiredText(node.id));
        const { version } = fault;
        if (version !== undefined) node.setVersion(version);
        const as = version === undefined ? "" : `, as version ${version}`;
        node.boot(this.emitFault("restart", `m${node.id} is started again${as}`, [node.id]));
        return;
      }
      case "pause": {
        const node = this.member(fault.member);
        if (node.status !== "up") throw new FaultError(`m${fault.member} is not running`);
        node.pause(this.emitFault("pause", `m${node.id}'s process is paused`, [node.id]));
        cluster.clients.connections.onCut();
        return;
      }
      case "resume": {
        const node = this.member(fault.member);
        if (node.status !== "paused") throw new FaultError(`m${fault.member} is not paused`);
        node.resume(this.emitFault("resume", `m${node.id}'s process goes on`, [node.id]));
        cluster.clients.connections.onHeal();
        return;
      }
      case "partition": {
        for (const id of fault.groups.flat()) this.member(id);
        const text = fault.groups.map((group) => group.map(name).join(" ")).join(" | ");
        network.partition(fault.groups, cluster.memberIds());
        this.emitLinks(this.emitFault("partition", `partition: ${text}`, fault.groups.flat()));
        return;
      }
      case "ring":
        this.ring(this.members(fault.members));
        return;
      case "bridge":
        this.bridge(fault.member, fault.halves);
        return;
      case "cut":
        network.cutPairs(this.members(fault.from), this.members(fault.to));
        this.emitLinks(this.emitFault("cut", `nothing gets through ${arrow(fault)}`, fault.from));
        return;
      case "heal":
        this.swizzle.end();
        network.heal();
        this.emitLinks(this.emitFault("heal", "all links work again", []));
        cluster.clients.heal();
        return;
      case "client-cut": {
        const { clients, members } = fault;
        const text = `${clients.map((id) => `c${id}`).join(" ")} and ${names(this.members(members))}`;
        this.emitFault("client-cut", `${text} don't hear each other`, members);
        cluster.clients.cut(clients, members);
        return;
      }
      case "client-pause": {
        const process = cluster.clients.process(fault.client);
        if (process.paused) throw new FaultError(`c${fault.client} is paused already`);
        this.emitFault("client-pause", `c${fault.client}'s process is paused`, []);
        process.pause();
        return;
      }
      case "client-resume": {
        const process = cluster.clients.process(fault.client);
        if (!process.paused) throw new FaultError(`c${fault.client} is not paused`);
        this.emitFault("client-resume", `c${fault.client}'s process goes on`, []);
        process.resume();
        return;
      }
      case "client-drift":
        this.emitFault("client-drift", `c${fault.client}'s clock now runs ${pace(fault.ppm)}`, []);
        cluster.clients.process(fault.client).setDrift(fault.ppm);
        return;
      case "clog":
        network.clog(this.members(fault.from), this.members(fault.to));
        this.emitLinks(
          this.emitFault("clog", `messages ${arrow(fault)} are held back`, fault.from),
        );
        return;
      case "unclog":
        this.swizzle.end();
        network.unclog();
        this.emitLinks(this.emitFault("unclog", "held messages are let go", []));
        return;
      case "swizzle": {
        const text = `${names(this.members(fault.members))} will be clogged one by one, and freed in another order`;
        this.emitFault("swizzle", text, fault.members);
        this.swizzle.begin(fault.members, fault.overUs, cluster.chance());
        return;
      }
      case "misdeliver":
        this.misdeliver(fault.from, fault.to, fault.at);
        return;
      case "link":
        if (!network.allows(fault.from, fault.to, fault.options)) {
          throw new FaultError("a link would not have min <= mean <= max: say all three");
        }
        network.setOptions(fault.from, fault.to, fault.options);
        this.emitFault("link", `links now have ${optionsText(fault.options)}`, fault.from ?? []);
        return;
      case "drift": {
        const text = `m${fault.member}'s clock now runs ${pace(fault.ppm)}`;
        this.emitFault("drift", text, [fault.member]);
        this.member(fault.member).setDrift(fault.ppm);
        return;
      }
      case "skew":
        this.member(fault.member).clock.jump(fault.us);
        this.emitFault("skew", `m${fault.member}'s wall clock jumps by ${fault.us / 1000} ms`, [
          fault.member,
        ]);
        return;
      case "slow-apply": {
        const text =
          fault.us === 0
            ? `m${fault.member} applies without delay again`
            : `m${fault.member} takes ${fault.us / 1000} ms to apply an entry`;
        this.emitFault("slow-apply", text, [fault.member]);
        this.member(fault.member).setApplyTakes(fault.us);
        return;
      }
      case "disk-slow":
        this.member(fault.member).disk.setOptions(fault.options);
        this.emitFault(
          "disk-slow",
          `a sync of m${fault.member}'s disk now takes about ${fault.options.syncMeanUs / 1000} ms`,
          [fault.member],
        );
        return;
      case "disk-full":
        this.member(fault.member).disk.full = fault.full;
        this.emitFault(
          "disk-full",
          fault.full ? `m${fault.member}'s disk is full` : `m${fault.member}'s disk has room again`,
          [fault.member],
        );
        return;
      case "bit-rot": {
        const node = this.member(fault.member);
        if (fault.atlas === true) this.checkAtlas(fault.member);
        if (!node.disk.canRot(fault.suffix)) throw new FaultError(nothingToRot(node, fault.suffix));
        this.rotten.set(node.id, node.lives);
        const where = node.disk.bitRot(fault.suffix, fault.bits, node.random.fork("bit rot"));
        this.emitFault("bit-rot", `m${fault.member}'s disk rots: ${where}`, [fault.member]);
        return;
      }
      case "wipe": {
        const node = this.member(fault.member);
        if (node.member !== null)
          throw new FaultError(`m${fault.member} is running: crash it first`);
        this.emitFault("wipe", `m${node.id}'s disk is emptied`, [node.id]);
        this.rotten.delete(node.id);
        node.wipe();
        return;
      }
      case "snapshot-restore":
        this.restore(fault.members, fault.backup, fault.bumpRevision);
        return;
      case "force-new-cluster": {
        const node = this.member(fault.member);
        if (node.retired) throw new FaultError(retiredText(node.id));
        this.giveUpAll([node.id]);
        const text = `m${node.id} is started alone, as a new cluster`;
        node.boot(this.emitFault("force-new-cluster", text, [node.id]), true);
        return;
      }
      case "corrupt":
        this.corrupt(fault.member, fault.key, fault.value);
        return;
      case "start": {
        const { member: id } = fault;
        this.checkNew(id);
        this.startJoiner(id, this.emitFault("start", `m${id} is started, with an empty disk`, []));
        return;
      }
      case "drop-next":
        this.member(fault.from);
        this.member(fault.to);
        network.dropNext(fault.from, fault.to, fault.message, fault.count);
        this.emitFault(
          "drop-next",
          `the next ${fault.count} ${fault.message} m${fault.from}→m${fault.to} will be lost`,
          [fault.from],
        );
        return;
      case "lose":
      case "deliver":
        this.touchFlight(fault);
        return;
      case "campaign":
        this.ask(fault.member, "campaign", `m${fault.member}'s election timer fires`, {
          type: "campaign",
        });
        return;
      case "transfer":
        this.member(fault.to);
        this.ask(this.leader(), "transfer", `leadership is to move to m${fault.to}`, {
          type: "transfer-leader",
          to: fault.to,
        });
        return;
      case "add-member":
        this.addMember(fault.member, fault.learner);
        return;
      case "promote":
        this.member(fault.member);
        this.change("promote", `m${fault.member} is to become a voter`, { add: [fault.member] });
        return;
      case "remove-member":
        this.change("remove-member", `m${fault.member} is to leave the cluster`, {
          remove: [fault.member],
        });
        return;
      case "change": {
        const { add, remove, learners } = fault;
        this.leader();
        for (const id of [...add, ...learners]) if (!cluster.has(id)) this.startJoiner(id);
        const text = `voters in: ${names(add)}; out: ${names(remove)}; learners: ${names(learners)}`;
        this.change("change", text, { add, remove, learners });
        return;
      }
      case "snapshot":
        this.ask(fault.member, "snapshot", `m${fault.member} is to write a snapshot`, {
          type: "snapshot",
        });
        return;
    }
  }

  private touchFlight(fault: Extract<Fault, { readonly type: "lose" | "deliver" }>): void {
    const { from, to, message, nth } = fault;
    const { clock, network } = this.cluster;
    this.member(from);
    this.member(to);
    const envelope = takeFlight(clock, network, fault, nth);
    const which = `${message === "any" ? "message" : message} m${from}→m${to}`;
    if (envelope === null) {
      throw new FaultError(
        nth > 1 ? `fewer than ${nth} of ${which} are under way` : `there is no ${which} under way`,
      );
    }
    const done = fault.type === "lose" ? "is lost on its way" : "arrives at once";
    this.emitFault(fault.type, `the ${which} ${done}`, [from]);
    if (fault.type === "deliver") network.hasten(envelope);
    else this.cluster.node(from).peers.lost(envelope);
  }

  private restore(members: readonly number[], backup: Uint8Array, bumpRevision: number): void {
    for (const id of this.members(members)) {
      if (this.member(id).retired) throw new FaultError(retiredText(id));
    }
    const revision = backupRevision(backup);
    if (typeof revision === "string") throw new FaultError(`the backup is damaged: ${revision}`);
    this.giveUpAll(members);
    const bumped = `, which counts as revision ${revision + bumpRevision}, compacted`;
    const text =
      `${names(members)} are restored from a backup of revision ${revision}` +
      `${bumpRevision > 0 ? bumped : ""}: another cluster`;
    this.emitFault("snapshot-restore", text, members);
    for (const id of members) {
      this.rotten.delete(id);
      this.member(id).restore(members, backup, bumpRevision);
    }
  }

  /** Of the old cluster nobody runs, and nobody but `members` ever will. */
  private giveUpAll(members: readonly number[]): void {
    const { cluster } = this;
    for (const id of cluster.memberIds()) {
      const { member } = cluster.node(id);
      if (member !== null) throw new FaultError(`m${id} of the old cluster runs: crash it first`);
    }
    for (const id of cluster.memberIds()) {
      if (!members.includes(id)) cluster.node(id).retired = true;
    }
    cluster.network.connectAnew();
  }

  private misdeliver(from: readonly number[], to: number, at: number): void {
    for (const id of [...from, to, at]) this.member(id);
    if (to === at) throw new FaultError(`what is sent to m${to} arrives at m${to}`);
    if (from.includes(at)) throw new FaultError(`m${at} can't get its own messages`);
    const text = `messages ${arrow({ from, to: [to] })} arrive at m${at}`;
    this.emitFault("misdeliver", text, from);
    this.cluster.network.misdeliver(from, to, at);
  }

  private ring(members: readonly number[]): void {
    if (members.length < 4) throw new FaultError("in a ring of less than four all are neighbours");
    this.arrange("ring", `a ring: ${members.map(name).join(" ")}`, members, ring(members));
  }

  private bridge(member: number, halves: readonly [readonly number[], readonly number[]]): void {
    this.member(member);
    const [left, right] = [this.members(halves[0]), this.members(halves[1])];
    if (left.length === 0 || right.length === 0) {
      throw new FaultError(`m${member} has nobody to stand between`);
    }
    const text = `${names(left)} | ${names(right)}, and only m${member} hears both`;
    this.arrange("bridge", text, [member, ...left, ...right], bridge(member, left));
  }

  private arrange(fault: string, text: string, members: readonly number[], hears: Hears): void {
    this.cluster.network.arrange(members, hears);
    this.emitLinks(this.emitFault(fault, text, members));
  }

  /** All is well again. Who was started since its disk rotted, and runs, has read and mended it. */
  settled(): void {
    for (const [id, life] of this.rotten) {
      const { status, lives } = this.member(id);
      if (status === "up" && lives > life) this.rotten.delete(id);
    }
  }

  hasRotted(id: number): boolean {
    return this.rotten.has(id);
  }

  /** Enough members have disks that never rotted, if this one's does. */
  private checkAtlas(id: number): void {
    const { cluster } = this;
    const good = (each: number) => each !== id && !this.rotten.has(each);
    for (const voters of cluster.voterSets()) {
      if (!voters.includes(id) || 2 * voters.filter(good).length > voters.length) continue;
      const others = [...this.rotten.keys()].filter((each) => each !== id);
      const already = others.length === 0 ? "" : ` (rotten already: ${names(others)})`;
      throw new FaultError(`with m${id}'s disk no quorum of good copies would be left${already}`);
    }
  }

  private corrupt(id: number, key: string, value: string): void {
    const node = this.member(id);
    if (node.status !== "up") throw new FaultError(`m${id} is not running`);
    const before = node.member?.peek(key) ?? null;
    if (before === null) throw new FaultError(`m${id} has no key ${key}`);
    if (before.length !== value.length) {
      throw new FaultError(
        `the value of ${key} is ${before.length} bytes long, and so must the new one be`,
      );
    }
    const text = `in m${id}'s database the value of ${key} becomes ${value}`;
    node.corrupt(key, value, this.emitFault("corrupt", text, [id]));
  }

  private checkNew(id: number): void {
    if (this.cluster.has(id))
      throw new FaultError(`m${id} exists already; ids are never used again`);
  }

  private addMember(id: number, learner: boolean): void {
    this.leader();
    this.checkNew(id);
    this.startJoiner(id);
    const kind = learner ? "learner" : "voter";
    this.change("add-member", `m${id} is to join as a ${kind}`, {
      [learner ? "learners" : "add"]: [id],
    });
  }

  /** A new machine with an empty disk, started to join a cluster that exists. */
  private startJoiner(id: number, cause = 0): void {
    if (!Number.isInteger(id) || id < 1 || id > 63) {
      throw new FaultError(`m${id} can't be added: member ids go from 1 to 63`);
    }
    this.cluster.addNode(id, []).boot(cause);
  }

  private change(fault: string, text: string, change: MembershipChange): void {
    const request: AdminRequest = { type: "conf-change", change: membershipChange(change) };
    this.ask(this.leader(), fault, text, request);
  }

  private ask(member: number, fault: string, text: string, request: AdminRequest): void {
    const node = this.member(member);
    if (node.status !== "up") throw new FaultError(`m${member} is not running`);
    const callId = this.cluster.nextCallId();
    const cause = this.emitFault(fault, text, [member]);
    node.request({ kind: "admin", callId, request }, cause, {
      // A refusal is worth telling; of a crash the trace tells already.
      responded: ({ error }) => {
        if (error === null) return;
        this.emitFault("refused", `${text}: refused, ${error.message}`, [member]);
      },
      connectionLost: () => undefined,
    });
  }

  private leader(): number {
    const leader = this.cluster.leader();
    if (leader === 0) throw new FaultError("there is no leader to ask");
    return leader;
  }

  private member(id: number): Node {
    if (!this.cluster.has(id)) throw new FaultError(`there is no member m${id}`);
    return this.cluster.node(id);
  }

  private members(ids: readonly number[]): readonly number[] {
    for (const id of ids) this.member(id);
    return ids;
  }

  private emitFault(fault: string, text: string, members: readonly number[]): number {
    const { trace, now } = this.cluster;
    const member = members.length === 1 ? (members[0] as number) : 0;
    return trace.emit({ seq: 0, kind: "fault", at: now, member, cause: 0, fault, text, members });
  }

  private emitLinks(cause: number): void {
    this.cluster.emitLinks(cause);
  }
}

function retiredText(id: number): string {
  return `m${id} is a machine of the cluster that was given up: add a new member`;
}

function nothingToRot({ id, disk }: Node, suffix: string): string {
  const files = disk.durableFiles();
  const there = files.length === 0 ? "there are none" : `there are ${files.join(", ")}`;
  return `no file of m${id}'s disk that has durable bytes ends with "${suffix}": ${there}`;
}

function pace(ppm: Ppm): string {
  return ppm === 0 ? "true" : `${Math.abs(ppm) / 10_000} % ${ppm > 0 ? "fast" : "slow"}`;
}

function passText(count: number): string {
  return count === 1
    ? "when it comes there next"
    : `when it comes there for time ${count} from now`;
}

function name(id: number): string {
  return `m${id}`;
}

function names(ids: readonly number[]): string {
  return ids.length === 0 ? "none" : ids.map(name).join(" ");
}

function arrow(fault: {
  readonly from: readonly number[];
  readonly to: readonly number[];
}): string {
  return `from ${names(fault.from)} to ${names(fault.to)}`;
}

function optionsText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}
