import { mkdtempSync, rmSync } from "node:fs";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from "../../../src/api/watch-requests.ts";
import { decode, encode } from "../../../src/api/wire/message.ts";
import {
  WatchRequest as RequestMessage,
  WatchResponse as ResponseMessage,
} from "../../../src/api/wire/watch.ts";
import { MILLISECOND } from "../../../src/base/time.ts";
import { etcdVersion, RealEtcd } from "../../support/real-etcd.ts";
import { createRequest, describe as inWords, WatchWorld } from "./support.ts";

/** The same programs on a real etcd 3.4, over gRPC, and here: every response is compared. */
const version = etcdVersion();
const usable = version?.includes(" 3.4.") ?? false;

function frameOf(request: WatchRequest): Buffer {
  const message = encode(RequestMessage, request);
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}

function read(bytes: Uint8Array): WatchResponse {
  const response = decode(ResponseMessage, bytes);
  // What we hold to be its bytes are its bytes.
  expect(Buffer.from(encode(ResponseMessage, response))).toEqual(Buffer.from(bytes));
  expect(ResponseMessage.size(response)).toBe(bytes.length);
  return response;
}

/** One watch stream of a real etcd. */
class RealStream {
  readonly lines: string[] = [];
  readonly #stream: ClientHttp2Stream;
  #rest = Buffer.alloc(0);

  constructor(session: ClientHttp2Session) {
    this.#stream = session.request({
      ":method": "POST",
      ":path": "/etcdserverpb.Watch/Watch",
      "content-type": "application/grpc",
      te: "trailers",
    });
    this.#stream.on("data", (part: Buffer) => this.#take(part));
    this.#stream.on("error", () => undefined);
  }

  #take(part: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, part]);
    while (this.#rest.length >= 5) {
      const end = 5 + this.#rest.readUInt32BE(1);
      if (this.#rest.length < end) return;
      this.lines.push(inWords(read(this.#rest.subarray(5, end))));
      this.#rest = this.#rest.subarray(end);
    }
  }

  send(request: WatchRequest): void {
    this.#stream.write(frameOf(request));
  }

  /** Waits until it has said so many things, and a bit, in case that it says more. */
  async settled(count: number): Promise<void> {
    for (let i = 0; i < 1_000 && this.lines.length < count; i++) await pause(10);
    await pause(40);
  }

  close(): void {
    this.#stream.close();
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

type Step =
  | { readonly type: "write"; readonly changes: readonly string[] }
  | { readonly type: "compact"; readonly revision: number }
  | { readonly type: "ask"; readonly request: WatchRequest };

const write = (...changes: string[]): Step => ({ type: "write", changes });
const compact = (revision: number): Step => ({ type: "compact", revision });
const create = (key: string, options: Partial<WatchCreateRequest> = {}): Step => ({
  type: "ask",
  request: { type: "create", request: createRequest(key, options) },
});
const cancel = (watchId: number): Step => ({
  type: "ask",
  request: { type: "cancel", request: { watchId } },
});
const progress: Step = { type: "ask", request: { type: "progress", request: {} } };

const PROGRAMS: readonly { readonly name: string; readonly steps: readonly Step[] }[] = [
  {
    name: "keys, ranges and what is refused",
    steps: [
      ...[create("a"), create("a", { rangeEnd: "c" }), create("b", { rangeEnd: "\0" })],
      ...[create(""), create("", { rangeEnd: "\0" }), create("z", { rangeEnd: "a" })],
      ...[create("a", { watchId: 1 }), create("a", { watchId: 9 }), create("b", { rangeEnd: "b" })],
      write("a=1"),
      write("b=1", "a=2", "-c"),
      ...[
        write("-a..c"),
        cancel(0),
        cancel(0),
        cancel(77),
        write("a=3"),
        create("a", { watchId: 9 }),
      ],
      ...[cancel(9), create("zz", { watchId: 9 }), write("zz=1"), progress],
    ],
  },
  {
    name: "the past, the future, filters and what was before",
    steps: [
      ...[write("a=1"), write("a=2"), write("-a"), write("b=1", "a=3"), write("a=4")],
      create("a", { startRevision: 2, prevKv: true }),
      create("a", { startRevision: 3, filters: ["NOPUT"], prevKv: true }),
      create("a", { startRevision: 3, filters: ["NODELETE"] }),
      create("a", { startRevision: 1, filters: ["NODELETE", "NOPUT"] }),
      create("a", { startRevision: 9 }),
      create("a", { rangeEnd: "z", startRevision: 5 }),
      ...[write("a=7"), write("-a"), write("a=9"), write("a=10"), progress],
    ],
  },
  {
    name: "compacted",
    steps: [
      ...[write("a=1"), write("a=2"), write("b=3"), write("a=4"), write("a=5"), compact(4)],
      create("a", { startRevision: 3 }),
      create("b", { startRevision: 4, prevKv: true }),
      create("a", { startRevision: 4, prevKv: true }),
      ...[create("a", { watchId: 0 }), cancel(0), write("a=6"), progress],
    ],
  },
];

const LARGE = "x".repeat(700_000);

/** History that does not fit into one response, for who allows parts and who does not. */
const LARGE_STEPS: readonly Step[] = [
  ...["a", "b", "c", "d"].map((key) => write(`${key}=${LARGE}`)),
  create("a", { rangeEnd: "z", startRevision: 1, fragment: true }),
  create("a", { rangeEnd: "z", startRevision: 1, filters: ["NODELETE"] }),
  create("a", { rangeEnd: "z", startRevision: 3, fragment: true }),
  ...[write("a=1"), cancel(0), cancel(1), cancel(2), create("a"), progress],
];

describe.skipIf(!usable)(`against real etcd (${version ?? "none in PATH"}; wants 3.4)`, () => {
  let etcd: RealEtcd;
  let directory = "";

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "detcd-watch-"));
    etcd = await RealEtcd.start(join(directory, "data"));
  });
  afterAll(async () => {
    await etcd.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("the programs", async () => {
    // The revisions go on from one program to the next.
    const world = new WatchWorld();
    const session = connect(etcd.endpoint);
    const id = { stream: 0 };
    for (const { name, steps } of [...PROGRAMS, { name: "large", steps: LARGE_STEPS }]) {
      const base = world.store.revision - 1;
      const stream = new RealStream(session);
      let seen = 0;
      id.stream++;
      for (const step of steps) {
        if (step.type === "write") writeBoth(etcd, world, step.changes);
        else if (step.type === "compact") {
          etcd.ctl(["compaction", String(step.revision + base)]);
          world.compact(step.revision + base);
        } else {
          const request = shifted(step.request, base);
          stream.send(request);
          world.request(id.stream, request);
        }
        world.wait(200 * MILLISECOND);
        const ours = world.lines(id.stream);
        await stream.settled(ours.length);
        // Which watcher of a stream is told first is chance in etcd.
        const told = [stream.lines, ours].map((lines) => lines.slice(seen).sort());
        expect(told[0], `${name}: ${JSON.stringify(step)}`).toEqual(told[1]);
        seen = ours.length;
      }
      stream.close();
      world.server.close(id.stream);
      expect(stream.lines.length).toBeGreaterThan(8);
      etcd.ctl(["del", "", "--from-key"]);
      world.write("-\0..\0");
    }
    session.destroy();
  });
});

function shifted(request: WatchRequest, base: number): WatchRequest {
  if (request.type !== "create" || request.request.startRevision === 0) return request;
  const { startRevision } = request.request;
  return { type: "create", request: { ...request.request, startRevision: startRevision + base } };
}

function writeBoth(etcd: RealEtcd, world: WatchWorld, changes: readonly string[]): void {
  const [key, value] = (changes[0] as string).split("=");
  if (changes.length === 1 && value === LARGE) {
    // Too long for an argument.
    etcd.ctl(["put", key as string], value);
    world.write(...changes);
    return;
  }
  const commands = changes.map((text) => {
    if (!text.startsWith("-")) return `put ${text.replace("=", " ")}`;
    return `del ${text.slice(1).replace("..", " ")}`;
  });
  if (commands.length === 1) etcd.ctl((commands[0] as string).split(" "));
  else etcd.ctl(["txn"], `\n${commands.join("\n")}\n\n\n`);
  world.write(...changes);
}
