import { connect as connectHttp2 } from "node:http2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Serving } from "./serving.ts";

let serving: Serving;
let url: string;
beforeEach(async () => {
  serving = await Serving.start({ "monitor-versions": true });
  url = serving.server.endpoint(serving.run.cluster.leader());
});
afterEach(() => serving.stop());

async function post(path: string, body: unknown) {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

describe("JSON on the same port", () => {
  test("puts and gets, and says what is wrong", async () => {
    expect(await post("/v3/kv/put", { key: "YQ==", value: "MQ==" })).toMatchObject({
      status: 200,
      body: { header: { revision: "2" } },
    });
    expect(await post("/v3/kv/range", { key: "YQ==" })).toMatchObject({
      body: { kvs: [{ key: "YQ==", value: "MQ==", mod_revision: "2" }], count: "1" },
    });
    expect(await post("/v3/kv/put", { value: "MQ==" })).toEqual({
      status: 400,
      body: { code: 3, message: "etcdserver: key is not provided" },
    });
    expect(await post("/v3/kv/nothing", {})).toMatchObject({ status: 404 });
  });

  test("a watch is a line of JSON a message, and ends with its client", async () => {
    const stop = new AbortController();
    const response = await fetch(`${url}/v3/watch`, {
      method: "POST",
      body: JSON.stringify({ create_request: { key: "YQ==" } }),
      signal: stop.signal,
    });
    const lines: string[] = [];
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => {
      const { value } = await reader.read();
      lines.push(
        ...Buffer.from(value ?? new Uint8Array(0))
          .toString()
          .trimEnd()
          .split("\n"),
      );
    };
    await next();
    await post("/v3/kv/put", { key: "YQ==", value: "MQ==" });
    await next();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { result: { created: true } },
      { result: { events: [{ kv: { value: "MQ==" } }] } },
    ]);
    expect(serving.run.open).toBe(1);
    stop.abort();
    await reader.read().catch(() => undefined);
    for (let tries = 0; tries < 200 && serving.run.open > 0; tries++) {
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(serving.run.open).toBe(0);
  });

  test("pages, a snapshot in pieces, and leases kept alive", async () => {
    const version = await fetch(`${url}/version`);
    expect(await version.json()).toMatchObject({ etcdserver: "3.7.3" });
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ health: "true" });
    const snapshot = await (
      await fetch(`${url}/v3/maintenance/snapshot`, { method: "POST" })
    ).text();
    const pieces = snapshot
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).result);
    expect(pieces).toHaveLength(2);
    expect(pieces.at(-1).blob).toHaveLength(44);
    await post("/v3/lease/grant", { TTL: 30, ID: 7 });
    const alive = await fetch(`${url}/v3/lease/keepalive`, {
      method: "POST",
      body: JSON.stringify({ ID: 7 }),
    });
    expect(JSON.parse(await alive.text())).toMatchObject({ result: { ID: "7", TTL: "30" } });
  });

  test("what is to be seen of a member's raft is told by figures", async () => {
    const commit = () => serving.run.cluster.view(serving.run.cluster.leader()).commit;
    const before = commit();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const after = commit();
    for (const line of [
      "etcd_server_has_leader 1",
      "etcd_server_is_leader 1",
      "etcd_server_is_learner 0",
      'etcd_server_version{server_version="3.7.3"} 1',
    ]) {
      expect(metrics).toContain(`\n${line}\n`);
    }
    const committed = Number(/^etcd_server_proposals_committed_total (\d+)$/m.exec(metrics)?.[1]);
    expect(committed).toBeGreaterThanOrEqual(before);
    expect(committed).toBeLessThanOrEqual(after);
    expect(metrics.match(/^etcd_network_known_peers\{/gm)).toHaveLength(3);
    const vars = JSON.parse(await (await fetch(`${url}/debug/vars`)).text());
    const { id, lead, raftState } = vars["raft.status"];
    expect({ lead, raftState }).toEqual({ lead: id, raftState: "StateLeader" });
  });

  test("over HTTP/2, too", async () => {
    const session = connectHttp2(url);
    const stream = session.request({ ":path": "/version" });
    const pieces: Buffer[] = [];
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    await new Promise((done) => stream.on("end", done));
    session.close();
    expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ etcdserver: "3.7.3" });
  });
});
