import { connect, type Socket } from "node:net";
import { LiveRun } from "../../src/live/live-run.ts";
import { servedScenario } from "../../src/serve/cluster-of.ts";
import { Server, type ServerOptions } from "../../src/serve/server.ts";
import type { TraceSink } from "../../src/trace/trace.ts";
import { GrpcClient } from "../support/grpc-client.ts";

/** A cluster behind free ports, and who asks it. */
export class Serving {
  readonly run: LiveRun;
  readonly server: Server;
  private readonly clients: GrpcClient[] = [];

  private constructor(run: LiveRun, options: Partial<ServerOptions>) {
    this.run = run;
    const pace = { speed: 1, byHand: false };
    this.server = new Server(
      run,
      { host: "127.0.0.1", port: 0, pace, tls: null, ...options },
      (error) => {
        throw error;
      },
    );
  }

  static async start(
    cluster: Readonly<Record<string, unknown>> = {},
    options: Partial<ServerOptions> = {},
    {
      sinks = [],
      backup = null,
    }: { sinks?: readonly TraceSink[]; backup?: Uint8Array | null } = {},
  ): Promise<Serving> {
    const data = servedScenario({ seed: 5, scenario: null, cluster });
    const serving = new Serving(new LiveRun(data, sinks, backup), options);
    await serving.server.start();
    return serving;
  }

  client(
    member = this.run.cluster.leader(),
    tls: ConstructorParameters<typeof GrpcClient>[1] = {},
  ): GrpcClient {
    const client = new GrpcClient(this.server.endpoint(member), tls);
    this.clients.push(client);
    return client;
  }

  /** A connection to a member, to say anything on. */
  socket(member = 1): Socket {
    return connect(Number(new URL(this.server.endpoint(member)).port), "127.0.0.1");
  }

  stop(): void {
    for (const client of this.clients) client.close();
    this.server.stop();
  }
}
