import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { MILLISECOND } from "../../base/time.ts";
import { type ConnectionFaults, connectionFaultOf } from "../connection-faults.ts";
import type { Pacer } from "../pacer.ts";
import { isRefusal, refusalText } from "./refusal.ts";
import { type ClusterState, stateOf } from "./state.ts";
import { ControlError, stepOf } from "./words.ts";

/** What the control port needs of the session. */
export interface Controlled {
  readonly pacer: Pacer;
  readonly faults: ConnectionFaults;
  endpoint(member: number): string;
  /** The session so far as a scenario (YAML): the faults alone. */
  scenario(): string;
  /** The session so far, as `serve --trace` writes it; null: it is not written down. */
  trace(): Uint8Array | null;
}

/** A request is as long as that at most. */
const BODY_MAX = 1 << 20;
/** So much virtual time may pass at once. */
const ADVANCE_MAX_MS = 30 * 24 * 3_600_000;

/** Faults over HTTP, on a port of the host: JSON in, JSON out. */
export class ControlServer {
  private readonly controlled: Controlled;
  private readonly server: Server;

  constructor(controlled: Controlled) {
    this.controlled = controlled;
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** The port it listens on. Rejects where it is taken. */
  start(host: string, port: number): Promise<number> {
    return new Promise((done, failed) => {
      this.server.once("error", failed);
      this.server.listen(port, host, () => {
        const address = this.server.address();
        done(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(`${JSON.stringify(body, null, 2)}\n`);
    };
    try {
      // A page of some website must not be able to break anything.
      if (request.headers.origin !== undefined) throw new ControlError("not from a browser's page");
      const path = new URL(request.url ?? "/", "http://detcd").pathname;
      if (request.method === "GET") this.show(path, response, reply);
      else if (request.method === "POST") reply(200, this.act(path, await bodyOf(request)));
      else reply(405, { error: "GET to look, POST to do something" });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      reply(400, { error: refusalText(error) });
    }
  }

  private show(
    path: string,
    response: ServerResponse,
    reply: (status: number, body: unknown) => void,
  ): void {
    const { controlled } = this;
    if (path === "/state") reply(200, this.state());
    else if (path === "/scenario") {
      response.writeHead(200, { "content-type": "application/yaml" });
      response.end(controlled.scenario());
    } else if (path === "/trace") {
      const trace = controlled.trace();
      if (trace === null) {
        reply(409, { error: "the session is not written down: start `detcd serve` with --trace" });
        return;
      }
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.end(trace);
    } else reply(404, { error: `there is ${PATHS}; nothing at ${path}` });
  }

  private act(path: string, body: unknown): ClusterState {
    const { pacer, faults } = this.controlled;
    if (path === "/advance") pacer.advance(millisecondsOf(body) * MILLISECOND);
    else {
      const step = stepOf(path, body);
      const fault = connectionFaultOf(step);
      if (fault !== null) faults.add(fault);
      else pacer.take({ kind: "step", step });
      // Whoever asked sees what came of it.
      pacer.onProgress();
    }
    return this.state();
  }

  private state(): ClusterState {
    const { pacer, endpoint } = this.controlled;
    return stateOf(pacer.run, endpoint);
  }
}

const PATHS =
  "GET /state, /scenario, /trace; POST /faults, /crash, /restart, /pause, /resume, /heal, /clock, /disk, /advance, /lose-answer, /cut-stream, /refuse, and any other word of a scenario's steps";

function millisecondsOf(body: unknown): number {
  const ms = typeof body === "object" && body !== null && "ms" in body ? body.ms : body;
  if (typeof ms === "number" && ms >= 0 && ms <= ADVANCE_MAX_MS) return Math.round(ms);
  throw new ControlError(`{"ms": 60000} advances by a minute; ${ADVANCE_MAX_MS} at most`);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > BODY_MAX) throw new ControlError(`a request has ${BODY_MAX} bytes at most`);
    pieces.push(piece as Buffer);
  }
  const text = Buffer.concat(pieces).toString("utf8");
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ControlError(`this is no JSON: ${(error as Error).message}`);
  }
}
