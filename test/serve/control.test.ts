import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { putRequest } from "../../src/api/build.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import { ControlServer } from "../../src/serve/control/control-server.ts";
import type { ClusterState } from "../../src/serve/control/state.ts";
import { stepOf } from "../../src/serve/control/words.ts";
import { Serving } from "./serving.ts";

let serving: Serving;
let control: ControlServer;
let url: string;

beforeEach(async () => {
  serving = await Serving.start({}, { pace: { speed: 1, byHand: true } });
  control = new ControlServer({
    pacer: serving.server.pacer,
    faults: serving.server.faults,
    endpoint: (member) => serving.server.endpoint(member),
    scenario: () => "name: session\n",
    trace: () => null,
  });
  url = `http://127.0.0.1:${await control.start("127.0.0.1", 0)}`;
});

afterEach(() => {
  control.stop();
  serving.stop();
});

async function post(path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === "{" ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers,
    ...(body === undefined ? {} : { body: text }),
  });
  return {
    status: response.status,
    body: (await response.json()) as ClusterState & { error?: string },
  };
}

describe("the control port", () => {
  test("tells how the cluster stands", async () => {
    const state = (await (await fetch(`${url}/state`)).json()) as ClusterState;
    expect(state).toMatchObject({ etcd: "3.7.3", seed: 5, leader: expect.stringMatching(/^m\d$/) });
    expect(state.members.map(({ member }) => member)).toEqual(["m1", "m2", "m3"]);
    expect(state.members[0]?.endpoint).toBe(serving.server.endpoint(1));
  });

  test("breaks and mends, and shows what came of it", async () => {
    const crashed = await post("/crash", { member: "leader" });
    expect(crashed.body.members.map(({ status }) => status).toSorted()).toEqual([
      "down",
      "up",
      "up",
    ]);
    const cut = await post("/faults", { partition: [["m1"], ["m2", "m3"]] });
    expect(cut.body.cut).toContain("m1→m2");
    expect((await post("/heal")).body.cut).toEqual([]);
    const back = await post("/restart");
    expect(back.body.members.every(({ status }) => status === "up")).toBe(true);
  });

  test("lets time pass at once", async () => {
    const before = (await post("/advance", { ms: 0 })).body.virtualMs;
    const after = (await post("/advance", { ms: 60_000 })).body.virtualMs;
    expect(after - before).toBeGreaterThanOrEqual(60_000);
    expect(after - before).toBeLessThan(61_000);
  });

  test.each([
    ["/crsh", "m1", 'did you mean "crash"?'],
    ["/resume", "m1", "m1 is not paused"],
    ["/crash", "m9", "m9"],
    ["/faults", [1], "a JSON object is wanted"],
    ["/faults", { at: "1s", crash: "m1" }, "happens at once"],
    ["/advance", { ms: -1 }, "advances by a minute"],
    ["/clock", { member: "m1", skw: "1s" }, 'unknown key "skw"'],
    ["/disk", { member: "m1" }, "what of the disk?"],
    ["/heal", "{", "this is no JSON"],
    ["/lose-answer", "putt", 'did you mean "put"?'],
    ["/faults", { "cut-stream": "watch", at: "1s" }, "happens at once"],
  ])("refuses %s of %j, and nothing has happened", async (path, body, problem) => {
    const refused = await post(path, body);
    expect(refused.status).toBe(400);
    expect(refused.body.error).toContain(problem);
    const state = (await (await fetch(`${url}/state`)).json()) as ClusterState;
    expect(state.members.every(({ status }) => status === "up")).toBe(true);
  });

  test("arms faults of connections", async () => {
    const refuse = { method: "put", code: "Aborted", message: "no", count: 1 };
    expect((await post("/refuse", refuse)).status).toBe(200);
    const put = { type: "put", request: putRequest("a", utf8Encode("1")) } as const;
    expect(await serving.client().unary(put, "")).toEqual({ code: "Aborted", message: "no" });
    expect((await post("/faults", { "lose-answer": "put" })).status).toBe(200);
    const lost = await serving
      .client()
      .unary(put, "")
      .catch(() => null);
    expect(lost).not.toMatchObject({ response: { header: {} } });
  });

  test("is not for pages of the web, and says what it has", async () => {
    expect((await post("/crash", "m1", { origin: "http://a.example" })).status).toBe(400);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/state`, { method: "PUT" })).status).toBe(405);
    expect((await fetch(`${url}/trace`)).status).toBe(409);
  });
});

test.each([
  ["/crash", { member: "leader" }, { crash: "leader" }],
  ["/crash", { member: "m1", disk: "tear" }, { crash: { member: "m1", disk: "tear" } }],
  ["/restart", undefined, { restart: "down" }],
  ["/heal", undefined, { heal: true }],
  ["/clock", { member: "m1", drift: 200 }, { drift: { member: "m1", ppm: 200 } }],
  ["/disk", { member: "m1", full: true }, { "disk-full": { member: "m1", full: true } }],
  [
    "/disk",
    { member: "m1", sync: "5ms" },
    { "disk-slow": { member: "m1", min: "5ms", mean: "5ms", max: "5ms" } },
  ],
])("%s of %j is a step", (path, body, step) => {
  expect(stepOf(path, body)).toEqual(step);
});
