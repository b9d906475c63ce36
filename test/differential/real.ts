import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GrpcClient } from "../support/grpc-client.ts";
import { RealEtcd } from "../support/real-etcd.ts";
import { answerJson, errorJson } from "./answers.ts";
import { type Call, gatewayCall, isGrpcCall } from "./calls.ts";
import type { Json, JsonObject } from "./json.ts";

/** A real etcd, driven through its JSON gateway, and through gRPC where gateways differ. */
export class RealServer {
  /** Members of the same cluster. */
  readonly others: readonly RealServer[];
  readonly #etcd: RealEtcd;
  readonly #directory: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #grpc: GrpcClient;

  private constructor(etcd: RealEtcd, directory: string, others: readonly RealServer[]) {
    this.others = others;
    this.#etcd = etcd;
    this.#directory = directory;
    this.#grpc = new GrpcClient(etcd.endpoint);
  }

  /** Starts the etcd in `folder` ("": in PATH). */
  static async start(folder: string, ...flags: string[]): Promise<RealServer> {
    const directory = newDirectory();
    const etcd = await RealEtcd.startOf(folder, join(directory, "data"), ...flags);
    await etcd.clusterVersion();
    return new RealServer(etcd, directory, []);
  }

  /** Starts a cluster of so many; the first of its members knows the others. */
  static async cluster(folder: string, size: number, ...flags: string[]): Promise<RealServer> {
    const directory = newDirectory();
    const members = await RealEtcd.cluster(folder, directory, size, ...flags);
    for (const etcd of members) await etcd.clusterVersion();
    const [first, ...rest] = members as [RealEtcd, ...RealEtcd[]];
    const others = rest.map((etcd) => new RealServer(etcd, directory, []));
    return new RealServer(first, directory, others);
  }

  /** False after a panic. */
  get alive(): boolean {
    return this.#etcd.alive;
  }

  /** Waits until its cluster's version is this one ("3.5.0"). */
  clusterVersion(version: string): Promise<void> {
    return this.#etcd.clusterVersion(version);
  }

  /** Whether it leads its cluster now. */
  async leads(): Promise<boolean> {
    const reply = await this.#grpc.unary({ type: "status", request: {} }, "");
    if (!("type" in reply) || reply.type !== "status") throw new Error("its status is not told");
    const { header, leader } = reply.response;
    return leader === header.memberId;
  }

  /** Streams of its own go over it, too. */
  get grpc(): GrpcClient {
    return this.#grpc;
  }

  /** What a client with this token ("": none) is answered. */
  async ask(call: Call, token: string): Promise<JsonObject> {
    if (!isGrpcCall(call)) {
      const { path, body } = gatewayCall(call);
      return this.call(path, body, token);
    }
    const reply = await this.#grpc.unary(call, token);
    return "code" in reply ? errorJson(reply) : answerJson(reply);
  }

  /** POSTs to `/v3/<path>`; an error is an answer too: `{ error, code }`. */
  async call(path: string, body: JsonObject, token = ""): Promise<JsonObject> {
    const text = await this.#post(`/v3/${path}`, JSON.stringify(body), token);
    return normal(withError(JSON.parse(text) as JsonObject));
  }

  #post(path: string, body: string, token: string): Promise<string> {
    return new Promise((done, fail) => {
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...(token === "" ? {} : { authorization: token }),
      };
      const url = `${this.#etcd.endpoint}${path}`;
      const call = request(url, { method: "POST", agent: this.#agent, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => done(text));
        response.on("error", fail);
      });
      call.on("error", (error) => {
        // It says why it goes before it goes.
        void this.#etcd.gone(2_000).then(() => {
          fail(new Error(`${path} ${body}: ${error.message}\n${this.#etcd.log.slice(-8000)}`));
        });
      });
      call.end(body);
    });
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#grpc.close();
    await Promise.all([this.#etcd.stop(), ...this.others.map((other) => other.stop())]);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function newDirectory(): string {
  // Nothing crashes here: in memory, where there is such a place, no write waits for a disk.
  const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  return mkdtempSync(join(root, "detcd-differential-"));
}

/**
 * An error is `{error, message, code}` up to 3.5, where both texts are the same, and later
 * `{code, message}`; one of a stream is wrapped once more.
 */
function withError(answer: JsonObject): JsonObject {
  const inner = answer["error"];
  if (inner !== null && typeof inner === "object") return withError(inner as JsonObject);
  const { error, message, code, grpc_code: grpcCode, ...rest } = answer;
  const number = code ?? grpcCode;
  return number === undefined
    ? answer
    : { error: error ?? message ?? "", code: number, ...(code === undefined ? {} : rest) };
}

/** Members, clusters and terms differ from one etcd to the next. */
const OWN = new Set(["cluster_id", "member_id", "raft_term"]);

function normal<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map(normal) as unknown as T;
  if (value === null || typeof value !== "object") return value;
  const out: Record<string, Json> = {};
  for (const [name, part] of Object.entries(value as JsonObject)) {
    if (!OWN.has(name)) out[name] = normal(part);
  }
  return out as T;
}
