import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CampaignResponse, LockResponse } from "../../src/api/concurrency-requests.ts";
import { CONCURRENCY_METHODS } from "../../src/api/wire/concurrency-methods.ts";
import { TEXT, UINT } from "../../src/api/wire/kinds.ts";
import { type Message, message } from "../../src/api/wire/message.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import type { GrpcClient } from "../support/grpc-client.ts";
import { Serving } from "./serving.ts";

let serving: Serving;
let client: GrpcClient;
beforeEach(async () => {
  serving = await Serving.start();
  client = serving.client();
});
afterEach(() => serving.stop());

const { lock, unlock, campaign, proclaim, leader, observe, resign } = CONCURRENCY_METHODS;
const grant = (id: bigint) => client.unary({ type: "leaseGrant", request: { ttl: 60, id } }, "");

describe("the Lock service", () => {
  test("gives a lock to one after the other", async () => {
    await grant(1n);
    const first = (await client.ask(lock, { name: "jobs", lease: 1n })) as LockResponse;
    expect(first).toMatchObject({ key: "jobs/1", header: { raftTerm: 2 } });
    let got = false;
    const second = client.ask(lock, { name: "jobs", lease: 0n }).then((response) => {
      got = true;
      return response as LockResponse;
    });
    await new Promise((done) => setTimeout(done, 150));
    expect(got).toBe(false);
    await client.ask(unlock, { key: first.key });
    expect((await second).key).toMatch(/^jobs\/[0-9a-f]+$/);
    expect((await second).header.revision).toBeGreaterThan(first.header.revision);
  });

  test("who waits and goes away leaves no key behind", async () => {
    await client.ask(lock, { name: "jobs", lease: 0n });
    const gone = new Promise((done) => {
      const stream = client.open(lock, "", {
        message: () => undefined,
        end: done,
        broken: done,
      });
      stream.send({ name: "jobs", lease: 0n });
      stream.end();
      setTimeout(() => stream.cancel(), 100);
    });
    await gone;
    await new Promise((done) => setTimeout(done, 100));
    const { cluster } = serving.run;
    expect(cluster.entries(cluster.leader(), "jobs/", 0)?.size).toBe(1);
    expect(serving.run.waiting).toBe(0);
  });

  test("what fails is Unknown, as the server's own client hands it on", async () => {
    expect(await client.ask(lock, { name: "jobs", lease: 99n })).toEqual({
      code: "Unknown",
      message: "etcdserver: requested lease not found",
    });
  });
});

describe("the Election service", () => {
  const by = (name: string, value: string, lease: bigint) =>
    client.ask(campaign, { name, value: utf8Encode(value), lease }) as Promise<CampaignResponse>;

  test("elects, tells who leads, and lets the leader proclaim and resign", async () => {
    expect(await client.ask(leader, { name: "chief" })).toEqual({
      code: "Unknown",
      message: "election: no leader",
    });
    await grant(7n);
    const won = await by("chief", "ann", 7n);
    expect(won.leader).toMatchObject({ name: "chief", key: "chief/7", lease: 7n });
    expect(await client.ask(leader, { name: "chief" })).toMatchObject({
      kv: { key: "chief/7", value: utf8Encode("ann") },
    });
    await client.ask(proclaim, { leader: won.leader, value: utf8Encode("ann 2") });
    expect(await client.ask(leader, { name: "chief" })).toMatchObject({
      kv: { value: utf8Encode("ann 2") },
    });
    await client.ask(resign, { leader: won.leader });
    expect(await client.ask(proclaim, { leader: won.leader, value: utf8Encode("x") })).toEqual({
      code: "Unknown",
      message: "election: not leader",
    });
    expect(await client.ask(resign, { leader: null })).toMatchObject({
      message: '"leader" field must be provided',
    });
  });

  test("observers hear of each leader", async () => {
    const heard: string[] = [];
    let wake = () => {};
    const stream = client.open(observe, "", {
      message: (response) => {
        heard.push(Buffer.from((response as { kv: { value: Uint8Array } }).kv.value).toString());
        wake();
      },
      end: () => undefined,
      broken: () => undefined,
    });
    stream.send({ name: "chief" });
    stream.end();
    const until = async (count: number) => {
      while (heard.length < count) {
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    };
    const first = await by("chief", "ann", 0n);
    await until(1);
    const second = by("chief", "bob", 0n);
    await client.ask(resign, { leader: first.leader });
    await second;
    await until(2);
    expect(heard).toEqual(["ann", "bob"]);
    stream.cancel();
  });
});

test("gRPC's health service says that the server serves", async () => {
  const method = (name: string) => ({
    path: `/grpc.health.v1.Health/${name}`,
    request: message("Request", { service: [1, TEXT] }) as Message<unknown>,
    response: message("Response", { status: [1, UINT] }) as Message<unknown>,
  });
  expect(await client.ask(method("Check"), { service: "" })).toEqual({ status: 1 });
  expect(await client.ask(method("Check"), { service: "x" })).toEqual({
    code: "NotFound",
    message: "unknown service",
  });
  expect(await client.ask(method("List"), {})).toMatchObject({ code: "Unimplemented" });
});
