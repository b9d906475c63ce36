import type { ServiceRequest } from "../../src/api/requests.ts";
import type { Call } from "../../src/client/call.ts";
import type { CallOptions, Client, ClientOptions } from "../../src/client/client.ts";
import type { Running, Task } from "../../src/client/task.ts";
import type { StreamInput } from "../../src/member/protocol.ts";
import type { ClusterOptions } from "../../src/sim/options.ts";
import { Layer } from "../../src/trace/events.ts";
import type { TraceSink } from "../../src/trace/trace.ts";
import { World } from "../support/world.ts";
import { FakeWatchServer } from "./watch/fake-watch-server.ts";

/** A cluster that has a leader, with clients. */
export class ClientWorld extends World {
  readonly watches: FakeWatchServer;

  /**
   * @param fake a simple server, which can be told to misbehave, serves the watches
   * @param layers what the list keeps of the trace
   */
  constructor(
    options: Partial<ClusterOptions> = {},
    fake = false,
    sinks: readonly TraceSink[] = [],
    layers: number = Layer.All,
  ) {
    const watches = new FakeWatchServer();
    super(options, fake ? [watches] : [], sinks, layers);
    this.watches = watches;
    this.watches.serve(this.cluster, fake);
    this.leader();
  }

  /** A client whose first endpoint is the given member. */
  client(id: number, options?: ClientOptions): Client {
    return this.cluster.client(id, options);
  }

  /** Makes a call and waits for its end. */
  call(client: Client, request: ServiceRequest, options: CallOptions = {}): Call {
    const call = client.call(request, () => undefined, options);
    this.until(`the end of ${request.type}`, () => call.outcome !== "pending");
    return call;
  }

  /** Runs a program to its end; it must succeed. */
  do<T>(client: Client, task: Task<T>): T {
    const running = this.end(client.run(task));
    if (running.state !== "done") throw running.error ?? new Error(running.state);
    return running.value as T;
  }

  end<T>(running: Running<T>): Running<T> {
    this.until("the end of a program", () => running.state !== "running");
    return running;
  }

  /** How many inputs of a kind have come on watch streams. */
  count(kind: StreamInput["kind"]): number {
    return this.watches.inputs.filter(({ input }) => input.kind === kind).length;
  }
}

/** Steps through a program's values until it has none: for programs that collect. */
export function* collect<T>(into: T[], next: () => Task<T | null>): Task<void> {
  for (let item = yield* next(); item !== null; item = yield* next()) into.push(item);
}
