import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { afterEach, describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../src/api/build.ts";
import type { ServiceRequest, WatchResponse } from "../../src/api/requests.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import { percentDecoded } from "../support/grpc-client.ts";
import { Serving } from "./serving.ts";

let serving: Serving | null = null;
afterEach(() => {
  serving?.stop();
  serving = null;
});

async function started(cluster: Readonly<Record<string, unknown>> = {}): Promise<Serving> {
  serving = await Serving.start(cluster);
  return serving;
}

const put = (key: string, value: string | Uint8Array) =>
  ({
    type: "put",
    request: putRequest(key, typeof value === "string" ? utf8Encode(value) : value),
  }) as const;
const get = (key: string) => ({ type: "range", request: rangeRequest(key) }) as const;
const CREATE = {
  ...{ key: "a", rangeEnd: "", startRevision: 0, progressNotify: false, filters: [] },
  ...{ prevKv: false, watchId: 0, fragment: false },
};

/** Asks over HTTP/2, frame by frame: what comes back, and how it ended. */
function raw(
  endpoint: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | null,
): Promise<{ readonly status: string; readonly message: string; readonly data: Buffer }> {
  const session = connectHttp2(endpoint);
  return new Promise((done, failed) => {
    session.on("error", failed);
    const stream = session.request({
      ":method": "POST",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    let found: Record<string, unknown> = {};
    const pieces: Buffer[] = [];
    stream.on("response", (got) => Object.assign(found, got));
    stream.on("trailers", (got) => {
      found = { ...found, ...got };
    });
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("error", () => undefined);
    stream.on("close", () => {
      session.close();
      done({
        status: String(found["grpc-status"]),
        message: percentDecoded(String(found["grpc-message"])),
        data: Buffer.concat(pieces),
      });
    });
    if (body !== null) stream.write(body);
    stream.end();
  });
}

function framed(message: Buffer, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** Opens watches on a connection, and cancels them at once. */
async function abandonStreams(session: ClientHttp2Session, count: number): Promise<void> {
  const closed = Array.from({ length: count }, () => {
    const stream = session.request({
      ":method": "POST",
      ":path": "/etcdserverpb.Watch/Watch",
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => undefined);
    stream.write(framed(Buffer.from("\x0a\x03\x0a\x01a", "latin1")));
    return new Promise((done) => {
      stream.on("close", done);
      setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), 5);
    });
  });
  await Promise.all(closed);
}

describe("gRPC in front of a simulated cluster", () => {
  test("calls are answered by each member, with its own header", async () => {
    const { server, run } = await started();
    const ids = new Set<bigint>();
    for (const member of run.cluster.memberIds()) {
      const client = (serving as Serving).client(member);
      const answer = await client.unary(put("a", `by m${member}`), "");
      expect(answer).toMatchObject({ type: "put", response: { header: { raftTerm: 2 } } });
      if ("response" in answer && answer.type === "put") ids.add(answer.response.header.memberId);
    }
    expect(ids.size).toBe(3);
    expect(new URL(server.endpoint(1)).hostname).toBe("127.0.0.1");
    expect(await (serving as Serving).client().unary(get("a"), "")).toMatchObject({
      response: { count: 1, kvs: [{ version: 3, value: utf8Encode("by m3") }] },
    });
  });

  test("a watch hears, is told of progress, and is cancelled", async () => {
    const { client } = await started().then((s) => ({ client: s.client() }));
    const got: WatchResponse[] = [];
    let heard: (() => void) | null = null;
    const next = () =>
      new Promise<void>((done) => {
        heard = done;
      });
    const stream = client.stream("watch", "", {
      message: (response) => {
        got.push(response as WatchResponse);
        heard?.();
      },
      end: () => undefined,
      broken: () => undefined,
    });
    let came = next();
    stream.send({ type: "create", request: CREATE });
    await came;
    came = next();
    await client.unary(put("a", "1"), "");
    await came;
    came = next();
    stream.send({ type: "progress", request: {} });
    await came;
    came = next();
    stream.send({ type: "cancel", request: { watchId: 0 } });
    await came;
    expect(got).toMatchObject([
      { created: true, watchId: 0 },
      { events: [{ type: "PUT", kv: { key: "a" } }] },
      { watchId: -1, events: [] },
      { canceled: true },
    ]);
  });

  test("a stream of keep-alives ends when its client has said all", async () => {
    const client = (await started()).client();
    const granted = await client.unary({ type: "leaseGrant", request: { ttl: 30, id: 77n } }, "");
    expect(granted).toMatchObject({ response: { id: 77n } });
    const ttls: number[] = [];
    const ended = new Promise((done) => {
      const stream = client.stream("leaseKeepAlive", "", {
        message: (response) => ttls.push((response as { ttl: number }).ttl),
        end: done,
        broken: done,
      });
      stream.send({ id: 77n });
      stream.send({ id: 78n });
      stream.end();
    });
    expect(await ended).toBeNull();
    expect(ttls).toEqual([30, 0]);
  });

  test("a RangeStream and a snapshot come in pieces", async () => {
    const client = (await started()).client();
    const big = new Uint8Array(300_000).fill(120);
    for (const key of ["a", "b"]) await client.unary(put(key, big), "");
    const pieces = await new Promise<number>((done, failed) => {
      let count = 0;
      const request = { ...rangeRequest("\0"), rangeEnd: "\0" };
      const stream = client.stream("rangeStream", "", {
        message: () => {
          count++;
        },
        end: (error) => (error === null ? done(count) : failed(error)),
        broken: failed,
      });
      stream.send(request);
      stream.end();
    });
    expect(pieces).toBeGreaterThan(0);
    const left = await new Promise<number[]>((done, failed) => {
      const remaining: number[] = [];
      const stream = client.stream("snapshot", "", {
        message: (response) =>
          remaining.push((response as { remainingBytes: number }).remainingBytes),
        end: (error) => (error === null ? done(remaining) : failed(error)),
        broken: failed,
      });
      stream.send({});
      stream.end();
    });
    expect(left.length).toBeGreaterThan(600_000 / 32_768);
    expect(left.at(-1)).toBe(0);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
  });

  test("errors have etcd's codes and texts, percent-encoded where they must be", async () => {
    const client = (await started()).client();
    expect(await client.unary(put("", "1"), "")).toEqual({
      code: "InvalidArgument",
      message: "etcdserver: key is not provided",
    });
    const revision = { ...rangeRequest("a"), revision: 99 };
    expect(await client.unary({ type: "range", request: revision }, "")).toMatchObject({
      code: "OutOfRange",
    });
    const name = "josé 100%";
    const added: ServiceRequest = {
      type: "authUserGet",
      request: { name },
    };
    expect(await client.unary(added, "")).toMatchObject({ code: "FailedPrecondition" });
  });

  test.each([
    ["/etcdserverpb.KV/Pat", "12", "unknown method Pat for service etcdserverpb.KV"],
    ["/etcdserverpb.Cache/Get", "12", "unknown service etcdserverpb.Cache"],
    ["/nonsense", "12", 'malformed method name: "/nonsense"'],
  ])("of %s nothing is known", async (path, status, message) => {
    const { server } = await started();
    const found = await raw(server.endpoint(1), { ":path": path }, framed(Buffer.alloc(0)));
    expect(found.status).toBe(status);
    expect(found.message).toContain(message);
  });

  test.each([
    ["a message that is cut short", framed(Buffer.from([10, 5, 97])), "13", /error unmarshalling/],
    ["a frame that is cut short", framed(Buffer.from([10]), 9), "13", /unexpected EOF/],
    ["no message at all", null, "13", /EOF/],
    ["a compressed flag", Buffer.from([1, 0, 0, 0, 0]), "13", /compressed flag set/],
    ["a length beyond the limit", framed(Buffer.alloc(8), 0x7fffffff), "8", /larger than max/],
  ])("%s is refused", async (_what, body, status, message) => {
    const { server } = await started();
    const path = { ":path": "/etcdserverpb.KV/Put" };
    const found = await raw(server.endpoint(1), path, body);
    expect(found.status).toBe(status);
    expect(found.message).toMatch(message);
    // Whoever comes next is served.
    expect(await (serving as Serving).client().unary(put("a", "1"), "")).toMatchObject({
      type: "put",
    });
  });

  test("a deadline goes along, and one that makes no sense is refused", async () => {
    const { server, run } = await started();
    const path = { ":path": "/etcdserverpb.KV/Put" };
    const wrong = await raw(
      server.endpoint(1),
      { ...path, "grpc-timeout": "1x" },
      framed(Buffer.alloc(0)),
    );
    expect(wrong).toMatchObject({ status: "13", message: "malformed grpc-timeout: 1x" });
    const leader = run.cluster.leader();
    const others = run.cluster.memberIds().filter((id) => id !== leader);
    server.pacer.take({
      kind: "step",
      step: { partition: [[`m${leader}`], others.map((id) => `m${id}`)] },
    });
    const body = framed(Buffer.from("\x0a\x01a", "latin1"));
    const late = await raw(server.endpoint(leader), { ...path, "grpc-timeout": "200m" }, body);
    expect(late).toMatchObject({ status: "4", message: "context deadline exceeded" });
  });

  test("a member that crashes resets its connections and refuses new ones, until it is back", async () => {
    const { server, run } = await started();
    const leader = run.cluster.leader();
    const lost = new Promise((done) => {
      const stream = (serving as Serving).client(leader).stream("watch", "", {
        message: () => undefined,
        end: () => undefined,
        broken: done,
      });
      stream.send({ type: "create", request: CREATE });
    });
    await (serving as Serving).client(leader).unary(put("a", "1"), "");
    server.pacer.take({ kind: "step", step: { crash: `m${leader}` } });
    server.pacer.advance(1);
    expect(await lost).toBeInstanceOf(Error);
    const refused = await new Promise((done) => {
      const socket = (serving as Serving).socket(leader);
      socket.on("connect", () => done("connected"));
      socket.on("error", (error: NodeJS.ErrnoException) => done(error.code));
    });
    expect(refused).toBe("ECONNREFUSED");
    server.pacer.take({ kind: "step", step: { restart: `m${leader}` } });
    server.pacer.advanceUntil(() => run.cluster.view(leader).lead !== 0, 30_000_000);
    await new Promise((done) => setTimeout(done, 50));
    expect(await (serving as Serving).client(leader).unary(get("a"), "")).toMatchObject({
      response: { count: 1 },
    });
  });

  test("thousands of streams that are opened and abandoned leave nothing behind", async () => {
    const { server, run } = await started();
    // An older Node's HTTP/2 takes 1,000 on a connection for an attack.
    for (let connection = 0; connection < 3; connection++) {
      const session = connectHttp2(server.endpoint(1));
      for (let round = 0; round < 9; round++) await abandonStreams(session, 100);
      expect(session.destroyed).toBe(false);
      session.destroy();
    }
    server.pacer.advance(1_000_000);
    await new Promise((done) => setTimeout(done, 50));
    expect(run.open).toBe(0);
  });
});
