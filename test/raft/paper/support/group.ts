import type { ConfState, Message, NodeId } from "../../../../src/raft/types.ts";
import { confState, type Which } from "./rpc.ts";
import { type Options, type Past, Server } from "./server.ts";

export interface GroupOptions {
  /** Servers 1 to this; all of them vote, unless `members` says otherwise. */
  readonly size: number;
  readonly members?: ConfState;
  readonly pasts?: Readonly<Record<NodeId, Past>>;
  readonly options?: Options;
}

const EVERYTHING: Which = () => true;

/** More than any test needs; servers that never fall silent are a failure. */
const MESSAGES_MAX = 20_000;

/**
 * Servers in memory and the wire between them. Nothing moves by itself: messages wait on the wire
 * until {@link deliver}, {@link lose} or {@link settle}.
 */
export class Group {
  readonly servers: readonly Server[];
  /** Sent and not delivered yet, oldest first. */
  wire: Message[] = [];
  /** Every message that was ever sent. */
  readonly sent: Message[] = [];
  private broken: Which = () => false;

  constructor({ size, members, pasts = {}, options = {} }: GroupOptions) {
    const ids = Array.from({ length: size }, (_, i) => i + 1);
    const state = members ?? confState(ids);
    this.servers = ids.map((id) => new Server(id, state, pasts[id], options));
  }

  server(id: NodeId): Server {
    const found = this.servers[id - 1];
    if (found === undefined) throw new Error(`no server ${id}`);
    return found;
  }

  /** The servers that believe to lead now. */
  get leaders(): readonly Server[] {
    return this.servers.filter((server) => server.up && server.role === "leader");
  }

  /** The only leader. */
  get leader(): Server {
    const [first, ...others] = this.leaders;
    if (first === undefined || others.length > 0) throw new Error("there is not one leader");
    return first;
  }

  send(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.sent.length >= MESSAGES_MAX) throw new Error("the servers do not come to rest");
      this.sent.push(message);
      if (!this.broken(message)) this.wire.push(message);
    }
  }

  /** From now on these messages are lost as soon as they are sent, instead of those before. */
  cut(which: Which): void {
    this.broken = which;
    this.lose(which);
  }

  /** Every message arrives again. */
  heal(): void {
    this.broken = () => false;
  }

  lose(which: Which = EVERYTHING): void {
    this.wire = this.wire.filter((message) => !which(message));
  }

  /** Delivers what is on the wire now, not what comes of it. Servers that are down hear nothing. */
  deliver(which: Which = EVERYTHING): readonly Message[] {
    const now = this.wire.filter(which);
    this.wire = this.wire.filter((message) => !which(message));
    for (const message of now) {
      const addressee = this.servers[message.to - 1];
      if (addressee?.up) this.send(addressee.hears(message));
    }
    return now;
  }

  /** Delivers hop by hop until it is `done`; fails if nothing moves any more. */
  deliverUntil(done: () => boolean, look: () => void = () => {}): void {
    while (!done()) {
      if (this.wire.length === 0) throw new Error("it never came to that");
      look();
      this.deliver();
    }
  }

  /** Lets the servers work and delivers until nothing moves. */
  settle(): void {
    for (const server of this.servers) this.send(server.work());
    while (this.wire.length > 0) this.deliver();
  }

  /** Ticks of every clock, each followed by {@link settle}. */
  tick(n = 1): void {
    for (let i = 0; i < n; i++) {
      for (const server of this.servers) if (server.up) this.send(server.tick());
      this.settle();
    }
  }

  /** Lets `id` campaign, and everything that follows. */
  campaign(id: NodeId): Server {
    this.send(this.server(id).campaign());
    this.settle();
    return this.server(id);
  }

  /** Makes `id` the leader; fails if the others do not want it. */
  elect(id: NodeId): Server {
    const server = this.campaign(id);
    if (server.role !== "leader") throw new Error(`server ${id} was not elected`);
    return server;
  }

  /** Gives a command to `id`, and everything that follows. */
  propose(id: NodeId, command: string): void {
    this.send(this.server(id).propose(command));
    this.settle();
  }

  crash(...ids: NodeId[]): void {
    for (const id of ids) this.server(id).crash();
  }

  restart(...ids: NodeId[]): void {
    for (const id of ids) this.send(this.server(id).restart());
  }
}
