import { deleteRangeRequest, putRequest, rangeRequest } from "../../api/build.ts";
import type { KvRequest } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import { binaryToBytes } from "../../base/bytes.ts";
import type { Random } from "../../base/random.ts";
import type { Duration } from "../../base/time.ts";
import { Call } from "../../client/call.ts";
import { Calls } from "../../client/calls.ts";
import { Client, type ClientHub, type ClientOptions } from "../../client/client.ts";
import { PATIENT } from "../../client/retry-policy.ts";
import type { ClientTimer } from "../event-kinds.ts";
import type { ClientOperation, ClientRequestSpec } from "../operation.ts";
import type { LinkOptions } from "../options.ts";
import { ClientNetwork } from "./client-network.ts";
import type { ClientWorld } from "./client-world.ts";
import { Connections, type KeepAliveTimes } from "./connections.ts";
import { resultOf } from "./operation-summary.ts";

/** All clients of a world: who they are, and the simple operations that scenarios make. */
export class Clients implements ClientHub {
  readonly operations: ClientOperation[] = [];
  readonly world: ClientWorld;
  readonly wire: ClientNetwork;
  readonly calls: Calls;
  readonly streams: Connections;
  readonly timeoutUs: Duration;
  readonly bugs: readonly string[];
  private readonly clients = new Map<number, Client>();
  private watches = 0;
  private readonly completed: ((operation: ClientOperation) => void) | null;

  constructor(
    world: ClientWorld,
    random: Random,
    latency: LinkOptions,
    timeoutUs: Duration,
    keepAlive: KeepAliveTimes,
    bugs: readonly string[],
    completed: ((operation: ClientOperation) => void) | null,
  ) {
    this.world = world;
    this.wire = new ClientNetwork(random, latency);
    this.calls = new Calls(world, this.wire, timeoutUs);
    this.streams = new Connections(world, this.wire, keepAlive);
    this.timeoutUs = timeoutUs;
    this.bugs = bugs;
    this.completed = completed;
  }

  nextWatch(): number {
    return ++this.watches;
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
    const client = new Client(id, this, options ?? {});
    this.clients.set(id, client);
    return client;
  }

  fired({ caller, fire }: ClientTimer): void {
    if (caller.paused) caller.defer(fire);
    else fire();
  }

  /** A member's process is gone: open connections to it break. */
  connectionsLost(member: number): void {
    this.calls.connectionsLost(member);
    this.streams.connectionsLost(member);
  }

  cut(clients: readonly number[], members: readonly number[]): void {
    this.wire.cut(clients, members);
    this.streams.cut();
  }

  heal(): void {
    this.wire.heal();
    this.streams.healed();
  }

  // ---- simple operations -------------------------------------------------------------------------

  start(
    id: number,
    spec: ClientRequestSpec,
    options: { readonly to?: number; readonly pin?: boolean },
  ): ClientOperation {
    const op = this.calls.nextOp();
    const operation: ClientOperation = {
      op,
      client: id,
      request: spec,
      outcome: "pending",
      result: null,
      error: "",
      invokedAt: this.world.clock.now,
      completedAt: 0,
    };
    this.operations.push(operation);
    const { caller } = this.client(id, null);
    const request = kvRequest(spec);
    const { to = 0, pin = false } = options;
    const call = new Call(
      caller,
      op,
      request,
      PATIENT,
      this.timeoutUs,
      to,
      pin,
      operation,
      this.ended,
    );
    this.calls.start(call, 0);
    return operation;
  }

  private readonly ended = (call: Call): void => {
    const { operation } = call;
    assert(operation !== null, "a simple call carries out an operation");
    operation.outcome = call.outcome;
    operation.result = call.response === null ? null : resultOf(call.response);
    operation.error = call.error === null ? "" : call.error.message;
    operation.completedAt = this.world.clock.now;
    this.completed?.(operation);
  };
}

function kvRequest(spec: ClientRequestSpec): KvRequest {
  switch (spec.type) {
    case "put":
      return { type: "put", request: putRequest(spec.key, binaryToBytes(spec.value)) };
    case "get": {
      const { serializable } = spec;
      return { type: "range", request: rangeRequest(spec.key, { serializable }) };
    }
    case "delete":
      return { type: "deleteRange", request: deleteRangeRequest(spec.key) };
  }
}
