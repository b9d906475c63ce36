import type { IncomingMessage, ServerResponse } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { serverReceiveLimit } from "../api/grpc-limits.ts";
import type { Duration } from "../base/time.ts";
import type { HttpRequest } from "../gateway/http.ts";
import type { LiveRun } from "../live/live-run.ts";
import { profileOf } from "../profile/profile.ts";
import { ConnectionFaults } from "./connection-faults.ts";
import { Door } from "./door.ts";
import { isGrpc, serveCall } from "./grpc/serve-call.ts";
import { readRequest } from "./http/read-request.ts";
import { Http1Responder, Http2Responder, type Responder } from "./http/responder.ts";
import { serveHttp } from "./http/serve-http.ts";
import { MemberPort, type TlsOptions } from "./member-port.ts";
import { type Pace, Pacer } from "./pacer.ts";
import type { OnLogged } from "./request-log.ts";

export interface ServerOptions {
  readonly host: string;
  /** Member i listens on `port + i - 1`; 0: on free ones. */
  readonly port: number;
  readonly pace: Pace;
  readonly tls: TlsOptions | null;
  /** Is told of each request once it is answered. Absent: nobody is. */
  readonly onLogged?: OnLogged;
}

/** How long may be waited for the first leader, in virtual time. */
const ELECTION_MAX: Duration = 60_000_000;

/** A run behind ports of the host: a member, a port. */
export class Server {
  readonly pacer: Pacer;
  readonly run: LiveRun;
  /** What is to go wrong between clients and members. */
  readonly faults = new ConnectionFaults();
  private readonly options: ServerOptions;
  private readonly ports = new Map<number, MemberPort<Door>>();

  constructor(run: LiveRun, options: ServerOptions, onFailure: (error: unknown) => void) {
    this.run = run;
    this.options = options;
    this.pacer = new Pacer(run, options.pace, onFailure);
    this.pacer.onProgress = () => this.followMembers();
  }

  /** Listens, and lets time pass until there is a leader. Rejects where a port is taken. */
  async start(): Promise<void> {
    for (const id of this.run.cluster.memberIds()) await this.portOf(id).open();
    const { cluster } = this.run;
    this.pacer.advanceUntil(() => cluster.leader() !== 0, ELECTION_MAX);
    this.pacer.start();
  }

  stop(): void {
    this.pacer.stop();
    this.pacer.onProgress = () => undefined;
    for (const port of this.ports.values()) port.shut();
  }

  /** Where clients reach a member. */
  endpoint(member: number): string {
    const scheme = this.options.tls === null ? "http" : "https";
    return `${scheme}://${this.options.host}:${this.portOf(member).port}`;
  }

  private portOf(member: number): MemberPort<Door> {
    let port = this.ports.get(member);
    if (port === undefined) {
      port = this.newPort(member);
      this.ports.set(member, port);
    }
    return port;
  }

  private newPort(member: number): MemberPort<Door> {
    const { host, port, tls, pace, onLogged = null } = this.options;
    const limit = serverReceiveLimit(this.run.cluster.options.maxRequestBytes);
    return new MemberPort<Door>(host, port === 0 ? 0 : port + member - 1, tls, {
      onConnection: (certificate, reset) =>
        // As etcd, which looks at them where clients have to show one.
        new Door(
          this.pacer,
          member,
          pace.speed,
          tls?.rejectUnauthorized ? certificate : null,
          onLogged,
          this.faults,
          reset,
        ),
      onDisconnection: (door) => door.gone(),
      onHttp2: (stream, headers, door) => {
        if (isGrpc(headers)) serveCall(stream, headers, door, limit);
        else void this.http2(stream, headers, door, limit);
      },
      onHttp1: (request, response, door) => void this.http1(request, response, door, limit),
    });
  }

  private async http1(
    request: IncomingMessage,
    response: ServerResponse,
    door: Door,
    limit: number,
  ): Promise<void> {
    const { method = "", url = "", headers } = request;
    const read = await readRequest(method, url, headers, request);
    if (read === null) request.destroy();
    else {
      const gone = this.http(read, new Http1Responder(response), door, limit);
      response.on("close", gone);
    }
  }

  private async http2(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    door: Door,
    limit: number,
  ): Promise<void> {
    const responder = new Http2Responder(stream);
    const { ":method": method = "", ":path": path = "" } = headers;
    const read = await readRequest(String(method), String(path), headers, stream);
    if (read === null) stream.close();
    else stream.on("close", this.http(read, responder, door, limit));
  }

  private http(read: HttpRequest, responder: Responder, door: Door, limit: number): () => void {
    const profile = profileOf(this.run.cluster.versionOf(door.member));
    return serveHttp(read, responder, door, { profile, receiveLimit: limit });
  }

  /** A process that ends closes its port; one that begins opens it. */
  private followMembers(): void {
    const { cluster } = this.run;
    for (const id of cluster.memberIds()) {
      const { status } = cluster.node(id);
      const port = this.portOf(id);
      port.follow(status === "up" || status === "paused");
    }
  }
}
