import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type SecureContextOptions, TLSSocket } from "node:tls";

/** What stands behind a port. */
export interface PortHandlers<Connection> {
  /**
   * Somebody has connected; `certificate`: the common name of the one that was shown, if it is to be trusted;
   * `reset` resets the connection.
   */
  onConnection(certificate: string | null, reset: () => void): Connection;
  onDisconnection(connection: Connection): void;
  onHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection): void;
  onHttp1(request: IncomingMessage, response: ServerResponse, connection: Connection): void;
}

/** With TLS: what `tls.createServer` takes. */
export type TlsOptions = SecureContextOptions & {
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
};

/** How HTTP/2 begins without TLS (RFC 9113 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** Who connects says something within so long. */
const SILENCE_MS = 60_000;

const HTTP2 = {
  // As many as etcd's --max-concurrent-streams.
  settings: { maxConcurrentStreams: 0xffff_ffff },
  // In MiB: what one connection may hold here, in streams and in what was not taken off our hands.
  maxSessionMemory: 256,
  // Clients that open and abandon thousands of streams are served as those that don't.
  streamResetBurst: 100_000,
  streamResetRate: 10_000,
};

/**
 * One port of the host, where gRPC and JSON are served beside each other, as etcd does. It can be shut, as that
 * of a process that has ended: connections are reset and new ones refused.
 */
export class MemberPort<Connection> {
  /** 0 until the host has chosen one. */
  port: number;
  private readonly host: string;
  private readonly handlers: PortHandlers<Connection>;
  private readonly http: HttpServer;
  private readonly http2: Http2Server;
  private readonly listener: Server;
  private readonly sockets = new Set<Socket>();
  private readonly connections = new WeakMap<object, Connection>();
  /** What was last asked of it. */
  private wanted: "open" | "shut" = "shut";
  private state: "open" | "shut" | "moving" = "shut";

  constructor(
    host: string,
    port: number,
    tls: TlsOptions | null,
    handlers: PortHandlers<Connection>,
  ) {
    this.host = host;
    this.port = port;
    this.handlers = handlers;
    this.http = createHttpServer((request, response) => this.onHttp(request, response));
    // A watch over HTTP may be silent for as long as it likes.
    this.http.requestTimeout = 0;
    this.http2 = createHttp2Server(HTTP2);
    if (tls === null) this.listener = createServer((socket) => this.sniff(socket));
    else {
      const options = { ...tls, ALPNProtocols: ["h2", "http/1.1"] };
      this.listener = createTlsServer(options, (socket) => {
        this.hand(socket, socket.alpnProtocol === "h2");
      });
      // What a handshake fails of is the client's business.
      this.listener.on("tlsClientError", () => undefined);
    }
    this.listener.on("connection", (socket: Socket) => this.track(socket));
    this.http2.on("session", (session) => this.onSession(session));
    this.http2.on("stream", (stream, headers) => this.onStream(stream, headers));
    this.http2.on("sessionError", () => undefined);
    this.listener.on("error", () => undefined);
  }

  /** Begins to listen. Rejects where the port is taken. */
  open(): Promise<void> {
    this.wanted = "open";
    this.state = "moving";
    return new Promise((done, failed) => {
      const onError = (error: Error) => {
        this.state = "shut";
        failed(error);
      };
      this.listener.once("error", onError);
      this.listener.listen(this.port, this.host, () => {
        this.listener.removeListener("error", onError);
        const address = this.listener.address();
        // It comes back where it was.
        if (typeof address === "object" && address !== null) this.port = address.port;
        this.arrived("open");
        done();
      });
    });
  }

  /** Refuses connections from now on, and resets those that there are. */
  shut(): void {
    this.wanted = "shut";
    for (const socket of this.sockets) socket.resetAndDestroy();
    if (this.state !== "open") return;
    this.state = "moving";
    this.listener.close(() => this.arrived("shut"));
  }

  /** Is open as long as its process runs; where somebody else has taken the port meanwhile, it is tried again. */
  follow(runs: boolean): void {
    if (!runs) {
      if (this.wanted === "open") this.shut();
    } else if (this.state === "shut") this.open().catch(() => undefined);
    else this.wanted = "open";
  }

  /** What was asked last may be something else by now. */
  private arrived(state: "open" | "shut"): void {
    this.state = state;
    if (this.wanted === state) return;
    if (this.wanted === "shut") this.shut();
    else this.open().catch(() => undefined);
  }

  // ---- connections -------------------------------------------------------------------------------

  private track(socket: Socket): void {
    socket.setNoDelay(true);
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.sockets.delete(socket));
  }

  /** HTTP/2 says so first. */
  private sniff(socket: Socket): void {
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    let head: Buffer = Buffer.alloc(0);
    const look = (piece: Buffer) => {
      head = head.length === 0 ? piece : Buffer.concat([head, piece]);
      const compared = Math.min(head.length, PREFACE.length);
      const isHttp2 = head.subarray(0, compared).equals(PREFACE.subarray(0, compared));
      if (isHttp2 && compared < PREFACE.length) return;
      socket.removeListener("data", look);
      socket.pause();
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.unshift(head);
      this.hand(socket, isHttp2);
    };
    socket.on("data", look);
  }

  private hand(socket: Socket, isHttp2: boolean): void {
    (isHttp2 ? this.http2 : this.http).emit("connection", socket);
    if (!isHttp2) socket.resume();
  }

  private onSession(session: ServerHttp2Session): void {
    const { socket } = session;
    const connection = this.handlers.onConnection(commonName(socket), () => reset(socket));
    this.connections.set(session, connection);
    session.on("error", () => undefined);
    session.on("close", () => this.handlers.onDisconnection(connection));
  }

  private onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { session } = stream;
    const connection = session === undefined ? undefined : this.connections.get(session);
    if (connection === undefined) stream.close();
    else this.handlers.onHttp2(stream, headers, connection);
  }

  private onHttp(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    let connection = this.connections.get(socket);
    if (connection === undefined) {
      connection = this.handlers.onConnection(commonName(socket), () => reset(socket));
      this.connections.set(socket, connection);
      const made = connection;
      socket.on("close", () => this.handlers.onDisconnection(made));
    }
    this.handlers.onHttp1(request, response, connection);
  }
}

/** As a network does it: nothing is said before. */
function reset(socket: Socket | TLSSocket): void {
  if (socket instanceof TLSSocket) socket.destroySoon();
  else socket.resetAndDestroy();
}

function commonName(socket: Socket | TLSSocket): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const { subject } = socket.getPeerCertificate();
  const name: unknown = (subject as { readonly CN?: unknown } | undefined)?.CN;
  return typeof name === "string" ? name : null;
}
