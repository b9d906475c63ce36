import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../src/api/build.ts";
import type { WatchResponse } from "../../src/api/requests.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import { connectionFaultOf } from "../../src/serve/connection-faults.ts";
import type { GrpcClient } from "../support/grpc-client.ts";
import { Serving } from "./serving.ts";

let serving: Serving;
/** The one that is under test. */
let client: GrpcClient;
/** To look. */
let other: GrpcClient;

beforeEach(async () => {
  serving = await Serving.start({ members: 1 }, { pace: { speed: 1, byHand: true } });
  client = serving.client();
  other = serving.client();
});
afterEach(() => serving.stop());

const arm = (step: Record<string, unknown>) => {
  const fault = connectionFaultOf(step);
  if (fault === null) throw new Error("this is one");
  serving.server.faults.add(fault);
};
const put = (from: GrpcClient, key: string) =>
  from.unary({ type: "put", request: putRequest(key, utf8Encode("1")) }, "");
const versionOf = async (key: string): Promise<number | undefined> => {
  const got = await other.unary({ type: "range", request: rangeRequest(key) }, "");
  if ("code" in got || got.type !== "range") throw new Error("the key is read");
  return got.response.kvs[0]?.version;
};

const EVERYTHING = {
  ...{ key: "\0", rangeEnd: "\0", startRevision: 0, watchId: 0, filters: [] },
  ...{ progressNotify: false, prevKv: false, fragment: false },
};

/** Whether nothing was heard: the connection was reset. */
const isLost = async (call: Promise<unknown>): Promise<boolean> => {
  const got = await call.catch(() => null);
  return got === null || (got as { readonly response: unknown }).response === null;
};

/** A watch of everything; what it hears, and why its connection is broken. */
function watching(from: GrpcClient) {
  const heard: WatchResponse[] = [];
  let wake: () => void = () => undefined;
  const broken = new Promise<string>((done) => {
    const stream = from.stream("watch", "", {
      message: (response) => {
        heard.push(response as WatchResponse);
        wake();
      },
      end: (error) => done(error === null ? "ended" : error.message),
      broken: (error) => done((error as NodeJS.ErrnoException).code ?? error.message),
    });
    stream.send({ type: "create", request: EVERYTHING });
  });
  const until = (count: number) =>
    new Promise<void>((done) => {
      wake = () => {
        if (heard.length >= count) done();
      };
      wake();
    });
  return { heard, broken, until };
}

describe("an answer that is lost", () => {
  test("is that of a put that was carried out; the connection is reset, and others are not", async () => {
    arm({ "lose-answer": "put" });
    expect(await versionOf("a")).toBeUndefined();
    expect(await isLost(put(client, "a"))).toBe(true);
    expect(await versionOf("a")).toBe(1);
    await put(other, "a");
    expect(await versionOf("a")).toBe(2);
  });

  test("is lost as often as was said, in silence", async () => {
    arm({ "lose-answer": { method: "put", by: "silence", count: 2 } });
    const lost = [put(client, "a"), put(client, "a")];
    await put(client, "a");
    expect(await versionOf("a")).toBe(3);
    const first = await Promise.race([...lost, new Promise((done) => setTimeout(done, 50, null))]);
    expect(first).toBeNull();
    for (const one of lost) one.catch(() => undefined);
  });

  test("is not an error: who was refused hears of it", async () => {
    arm({ "lose-answer": "put" });
    const refused = await put(client, "");
    expect(refused).toMatchObject({ code: "InvalidArgument" });
    expect(await isLost(put(client, "a"))).toBe(true);
  });

  test("is one over JSON, too, and of a lock", async () => {
    arm({ "lose-answer": { method: "lock", count: 1 } });
    const url = `${serving.server.endpoint(1)}/v3/lock/lock`;
    const body = JSON.stringify({ name: Buffer.from("x").toString("base64") });
    await expect(fetch(url, { method: "POST", body })).rejects.toThrow();
    const got = await other.unary(
      { type: "range", request: rangeRequest("x/", { rangeEnd: "x0" }) },
      "",
    );
    expect(got).toMatchObject({ response: { count: 1 } });
  });

  test("can be taken back", async () => {
    arm({ "lose-answer": { method: "put", count: 3 } });
    arm({ "lose-answer": { method: "put", count: 0 } });
    expect(await put(client, "a")).toMatchObject({ type: "put" });
  });
});

test("a stream is cut when so many messages have gone out, and all of them arrive", async () => {
  const watch = watching(client);
  await watch.until(1);
  arm({ "cut-stream": { method: "watch", after: 2 } });
  await put(other, "a");
  await put(other, "b");
  expect(await watch.broken).toMatch(/ECONNRESET|NGHTTP2|ended/);
  await put(other, "c");
  expect(watch.heard.flatMap(({ events }) => events.map(({ kv }) => kv.key))).toEqual(["a", "b"]);
  const again = watching(other);
  await again.until(1);
  await put(other, "d");
  await again.until(2);
});

describe("a call that is refused", () => {
  test("never comes to a member", async () => {
    arm({ refuse: { method: "put", code: "ResourceExhausted", message: "slow down", count: 1 } });
    expect(await put(client, "a")).toEqual({ code: "ResourceExhausted", message: "slow down" });
    expect(await versionOf("a")).toBeUndefined();
    expect(await put(client, "a")).toMatchObject({ type: "put" });
  });

  test("may be a stream", async () => {
    arm({ refuse: "watch" });
    const watch = watching(client);
    expect(await watch.broken).toBe("refused by detcd");
    expect(watch.heard).toEqual([]);
  });
});

test.each([
  [{ "lose-answer": 3 }, 'lose-answer is of a method: {"lose-answer": "put"}'],
  [{ "lose-answer": "putt" }, 'lose-answer is not of the method "putt", did you mean "put"?'],
  [{ "lose-answer": "watch" }, 'lose-answer is not of the method "watch"'],
  [
    { "lose-answer": { method: "put", by: "magic" } },
    'by "reset" of the connection or by "silence"',
  ],
  [
    { "lose-answer": { method: "put", count: 1.5 } },
    '"count" is a whole number from 0 on, not 1.5',
  ],
  [{ "lose-answer": "put", after: "1s" }, 'lose-answer is said alone, without "after"'],
  [{ "cut-stream": "put" }, "(known: watch, leaseKeepAlive, rangeStream)"],
  [{ "cut-stream": { method: "watch", after: 0 } }, '"after" is a whole number from 1 on, not 0'],
  [{ "cut-stream": { method: "watch", aftr: 1 } }, 'has no "aftr", did you mean "after"?'],
  [{ refuse: { method: "put", code: "Unavailible" } }, 'did you mean "Unavailable"?'],
  [{ refuse: { method: "put", code: "OK" } }, 'refuse knows no code "OK"'],
  [{ refuse: { method: "put", message: 1 } }, '"message" is a text'],
])("%j is refused", (step, problem) => {
  expect(() => connectionFaultOf(step)).toThrow(problem);
});

test("what is a step of a scenario is none", () => {
  expect(connectionFaultOf({ crash: "m1" })).toBeNull();
});
