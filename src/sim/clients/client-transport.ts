import type { Reply } from "../../api/reply.ts";
import type { ServiceRequest, ServiceResponse, StreamMethod } from "../../api/requests.ts";
import type {
  CallMetadata,
  Observed,
  StreamListener,
  StreamMetadata,
  Transport,
  TransportCall,
  TransportStream,
} from "../../client/ports.ts";
import type { ClientProcess } from "./client-process.ts";
import type { Connections } from "./connections.ts";
import type { UnaryCalls } from "./unary-calls.ts";

/** How one client's requests get to members. Its endpoints are the members' numbers. */
export class ClientTransport implements Transport {
  private readonly process: ClientProcess;
  private readonly calls: UnaryCalls;
  private readonly connections: Connections;

  constructor(process: ClientProcess, calls: UnaryCalls, connections: Connections) {
    this.process = process;
    this.calls = calls;
    this.connections = connections;
  }

  endpoints(): readonly number[] {
    return this.calls.world.memberIds();
  }

  start(
    endpoint: number,
    request: ServiceRequest,
    metadata: CallMetadata,
    observed: Observed,
    onReply: (reply: Reply<ServiceResponse>) => void,
  ): TransportCall {
    return this.calls.start(this.process, endpoint, request, metadata, observed, onReply);
  }

  openStream(
    endpoint: number,
    method: StreamMethod,
    metadata: StreamMetadata,
    observed: Observed,
    listener: StreamListener,
  ): TransportStream {
    return this.connections.open(this.process, endpoint, method, metadata, observed, listener);
  }
}
