import { assert } from "../../base/assert.ts";
import type { Random } from "../../base/random.ts";
import { Client, type ClientOptions } from "../../client/client.ts";
import type { ClientPorts } from "../../client/ports.ts";
import type { LinkOptions } from "../options.ts";
import { ClientNetwork } from "./client-network.ts";
import { ClientProcess } from "./client-process.ts";
import { ClientTransport } from "./client-transport.ts";
import type { ClientWorld } from "./client-world.ts";
import { Connections, type KeepAliveTimes } from "./connections.ts";
import { ClientNumbers, TraceObserver } from "./trace-observer.ts";

/** What clients are like unless they are told otherwise. */
type ClientDefaults = Required<Pick<ClientOptions, "timeoutUs" | "mistakes">>;

/** All clients of a world, the processes they run in, and what lies between them and the members. */
export class Clients {
  readonly connections: Connections;
  private readonly world: ClientWorld;
  private readonly network: ClientNetwork;
  private readonly defaults: ClientDefaults;
  private readonly numbers = new ClientNumbers();
  private readonly processes = new Map<number, ClientProcess>();
  private readonly clients = new Map<number, Client>();

  constructor(
    world: ClientWorld,
    random: Random,
    latency: LinkOptions,
    keepAlive: KeepAliveTimes,
    defaults: ClientDefaults,
  ) {
    this.world = world;
    this.network = new ClientNetwork(random, latency);
    this.connections = new Connections(world, this.network, keepAlive);
    this.defaults = defaults;
  }

  /** All that were asked for so far. */
  ids(): readonly number[] {
    return [...this.clients.keys()];
  }

  /** Whether anybody asked for this client yet: then it has its options. */
  knows(id: number): boolean {
    return this.clients.has(id);
  }

  /** Client `id`, made with `options` when it is first asked for. */
  client(id: number, options: ClientOptions | null): Client {
    const known = this.clients.get(id);
    assert(known === undefined || options === null, "a client gets its options once");
    if (known !== undefined) return known;
    const process = this.process(id);
    const ports = {
      clock: process,
      transport: new ClientTransport(process, this.world, this.network, this.connections),
      observer: new TraceObserver(id, this.world, this.numbers, options?.auth ?? null),
      chance: this.network,
    };
    const client = new Client(id, ports, { ...this.defaults, ...options });
    this.clients.set(id, client);
    return client;
  }

  /** What client `id` reaches the world by, of which no program is known here: it runs outside of the simulation. */
  outsider(id: number): ClientPorts {
    return {
      clock: this.process(id),
      chance: this.network,
      transport: new ClientTransport(this.process(id), this.world, this.network, this.connections),
      observer: new TraceObserver(id, this.world, this.numbers, null),
    };
  }

  /** It is gone for good: nothing of it is kept. */
  forget(id: number): void {
    this.processes.delete(id);
  }

  /** The process that client `id` runs in, or will. */
  process(id: number): ClientProcess {
    let process = this.processes.get(id);
    if (process === undefined) {
      process = new ClientProcess(id, this.world.clock);
      this.processes.set(id, process);
    }
    return process;
  }

  cut(clients: readonly number[], members: readonly number[]): void {
    this.network.cut(clients, members);
    this.connections.onCut();
  }

  heal(): void {
    this.network.heal();
    this.connections.onHeal();
  }
}
