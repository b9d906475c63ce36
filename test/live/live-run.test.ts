import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../src/api/build.ts";
import type { Reply } from "../../src/api/reply.ts";
import type { ServiceRequest, ServiceResponse, StreamResponse } from "../../src/api/requests.ts";
import { MILLISECOND, NEVER, SECOND } from "../../src/base/time.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import type { LiveInput } from "../../src/live/input.ts";
import { LiveRun } from "../../src/live/live-run.ts";
import { isSession, replaySession } from "../../src/live/replay-session.ts";
import {
  sessionEndLine,
  sessionHeaderLine,
  sessionInputLine,
} from "../../src/live/session-file.ts";
import { servedScenario } from "../../src/serve/cluster-of.ts";
import { TraceDigest } from "../../src/trace/digest.ts";
import { TraceError } from "../../src/trace/trace-error.ts";

const DATA = servedScenario({ seed: 7, scenario: null, cluster: {} });

/** A session that writes itself down, as `serve --trace` does. */
class Recorded {
  readonly digest = new TraceDigest();
  readonly run = new LiveRun(DATA, [this.digest]);
  readonly lines: string[] = [sessionHeaderLine(DATA)];
  private lastId = 0;

  constructor() {
    this.run.onInput = (at, input) => this.lines.push(sessionInputLine(at, input));
    this.run.advanceTo(2 * SECOND);
  }

  get leader(): number {
    return this.run.cluster.leader();
  }

  start(request: ServiceRequest, member = this.leader, timeoutUs = NEVER) {
    const replies: Reply<ServiceResponse>[] = [];
    const id = ++this.lastId;
    const input: LiveInput = {
      ...{ kind: "call", id, client: 101, member, token: "", timeoutUs, request },
    };
    this.run.take(input, { onReply: (reply) => replies.push(reply) });
    return { id, replies };
  }

  call(request: ServiceRequest, member = this.leader): Reply<ServiceResponse> | undefined {
    const { replies } = this.start(request, member);
    this.run.advanceTo(this.run.now + 100 * MILLISECOND);
    return replies[0];
  }

  stream(method: "watch" | "leaseKeepAlive") {
    const got: StreamResponse[] = [];
    const id = ++this.lastId;
    const where = { client: 102, member: this.leader, token: "", requireLeader: false };
    this.run.take(
      { kind: "open", id, method, ...where },
      { onResponse: (response) => got.push(response) },
    );
    return { id, got };
  }

  text(): string {
    const { digest, run } = this;
    const end = sessionEndLine({ at: run.now, events: digest.count, digest: digest.hex() });
    return this.lines.join("") + end;
  }
}

function put(key: string, value: string): ServiceRequest {
  return { type: "put", request: putRequest(key, utf8Encode(value)) };
}

const CREATE = {
  ...{ key: "\0", rangeEnd: "\0", startRevision: 0, progressNotify: false, filters: [] },
  ...{ prevKv: false, watchId: 0, fragment: false },
};

/** A session in which something of each kind comes in. */
function eventful(): Recorded {
  const session = new Recorded();
  const { run } = session;
  const watch = session.stream("watch");
  run.take({ kind: "send", id: watch.id, request: { type: "create", request: CREATE } });
  session.call(put("a", "1"));
  const alive = session.stream("leaseKeepAlive");
  run.take({
    kind: "send",
    id: alive.id,
    request: { type: "leaseKeepAlive", request: { id: 77n } },
  });
  run.advanceTo(run.now + 20 * MILLISECOND);
  run.take({ kind: "consumed", id: watch.id, bytes: 40 });
  run.take({ kind: "step", step: { crash: "leader" } });
  const lost = session.start(put("b", "2"), 1, 3 * SECOND);
  run.advanceTo(run.now + MILLISECOND);
  run.take({ kind: "reset", id: lost.id });
  run.advanceTo(run.now + 5 * SECOND);
  run.take({ kind: "step", step: { restart: "down" } });
  session.call({
    type: "health",
    request: {
      ...{ endpoint: "health", check: null, exclude: [], serializable: false, verbose: false },
    },
  });
  session.call(put("c", "3"));
  run.take({ kind: "gone", client: 102 });
  run.advanceTo(run.now + SECOND);
  return session;
}

describe("a run that people outside take part in", () => {
  test("answers their calls, and tells the trace of them", () => {
    const session = new Recorded();
    expect(session.call(put("a", "1"))?.error).toBeNull();
    const { response } = session.call({ type: "range", request: rangeRequest("a") }) ?? {};
    expect(response).toMatchObject({ type: "range", response: { count: 1 } });
    expect(session.digest.count).toBeGreaterThan(0);
  });

  test("watches hear what others write, and a member that dies takes its calls along", () => {
    const session = new Recorded();
    const { run } = session;
    const { id, got } = session.stream("watch");
    run.take({ kind: "send", id, request: { type: "create", request: CREATE } });
    session.call(put("a", "1"));
    expect(got.map(({ response }) => response)).toMatchObject([
      { created: true },
      { events: [{ type: "PUT" }] },
    ]);
    const { replies } = session.start(put("b", "2"));
    run.take({ kind: "step", step: { crash: "leader" } });
    run.advanceTo(run.now + 10 * MILLISECOND);
    expect(replies).toMatchObject([{ error: { message: "connection lost" } }]);
  });

  test("a step that makes no sense is refused, and nothing has happened", () => {
    const session = new Recorded();
    const before = session.lines.length;
    expect(() => session.run.take({ kind: "step", step: { crsh: "leader" } })).toThrow(/crsh/);
    expect(() => session.run.take({ kind: "step", step: { resume: "m1" } })).toThrow(/paused/);
    expect(session.lines).toHaveLength(before);
  });
});

describe("a session's file", () => {
  test("makes the same run again, event by event", () => {
    const session = eventful();
    const text = session.text();
    expect(isSession(text)).toBe(true);
    const again = replaySession([text], "session.ndjson");
    expect(again.digest).toBe(session.digest.hex());
    expect(again.events).toHaveLength(session.digest.count);
  });

  test("that was changed is told from what it was", () => {
    const text = eventful().text();
    const body = Buffer.from("\x0a\x01a\x12\x011", "latin1").toString("base64");
    const other = Buffer.from("\x0a\x01a\x12\x019", "latin1").toString("base64");
    expect(text).toContain(body);
    expect(() => replaySession([text.replace(body, other)], "s.ndjson")).toThrow(
      /^s\.ndjson:\d+:1 the run is another one than was recorded/,
    );
  });

  test("that ends in the midst shows what there is; up to a moment nothing is compared", () => {
    const lines = eventful().text().trimEnd().split("\n");
    const half = lines.slice(0, 6).join("\n");
    expect(replaySession([`${half}\n`], "s.ndjson").events.length).toBeGreaterThan(0);
    const whole = replaySession([lines.join("\n")], "s.ndjson", 2 * SECOND);
    expect(whole.events.every(({ at }) => at <= 2 * SECOND)).toBe(true);
  });

  test.each([
    ["no JSON", "{", "this is no JSON object"],
    ["no time", '{"reset":1}', '"at" is not a number'],
    ["another kind", '{"at":3000000,"kick":1}', "nothing known comes in with it"],
    [
      "no method",
      '{"at":3000000,"call":1,"client":1,"member":1,"method":"pat"}',
      'no method "pat"',
    ],
    [
      "no protobuf",
      '{"at":3000000,"call":1,"client":1,"member":1,"method":"put","body":"/////w=="}',
      /./,
    ],
    ["back in time", '{"at":4000000,"reset":1}\n{"at":1,"reset":1}', "it goes back in time"],
  ])("with a line of %s is refused with its place", (_what, line, problem) => {
    const text = `${sessionHeaderLine(DATA)}${line}\n`;
    expect(() => replaySession([text], "s.ndjson")).toThrow(TraceError);
    expect(() => replaySession([text], "s.ndjson")).toThrow(problem);
    expect(() => replaySession([text], "s.ndjson")).toThrow(/^s\.ndjson:[23]:1 /);
  });
});

describe("a run that begins with a snapshot", () => {
  const backup = readFileSync(
    join(import.meta.dirname, "../member/backup/testdata/etcd-3.7.3.snapshot.gz"),
  );

  test("of a real etcd has all that it holds, and so has a file of it", () => {
    const snapshot = new Uint8Array(gunzipSync(backup));
    const digest = new TraceDigest();
    const run = new LiveRun(DATA, [digest], snapshot);
    run.advanceTo(2 * SECOND);
    expect(run.cluster.view(1).revision).toBeGreaterThan(1);
    expect(run.cluster.entries(1, "", 0)?.size).toBeGreaterThan(0);
    const end = sessionEndLine({ at: run.now, events: digest.count, digest: digest.hex() });
    const again = replaySession([sessionHeaderLine(DATA, snapshot) + end], "s.ndjson");
    expect(again.digest).toBe(digest.hex());
  });

  test("that is damaged does not begin", () => {
    expect(
      () => new LiveRun(DATA, [], new Uint8Array(gunzipSync(backup)).subarray(0, 3000)),
    ).toThrow(/the backup is damaged/);
  });
});
