import { describe, expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import { Errors } from "../../src/api/errors.ts";
import { prefixEnd } from "../../src/api/ranges.ts";
import type { AuthOp } from "../../src/api/requests.ts";
import { ClientWorld } from "./support.ts";

const ROOT = { name: "root", password: "secret" };
const USER = { name: "ann", password: "pw" };

/** Auth is on, with root and with ann, who may do all with keys that begin with `a/`. */
function authWorld(): ClientWorld {
  const world = new ClientWorld({ bcryptCost: 4 });
  const admin = world.client(9);
  const make = (call: AuthOp) => expect(world.call(admin, call).error).toBeNull();
  for (const { name, password } of [ROOT, USER]) {
    make({ type: "authUserAdd", request: { name, password, options: null, hashedPassword: "" } });
  }
  make({ type: "authRoleAdd", request: { name: "root" } });
  make({ type: "authUserGrantRole", request: { user: "root", role: "root" } });
  make({ type: "authRoleAdd", request: { name: "r" } });
  const permission = { permType: "READWRITE", key: "a/", rangeEnd: prefixEnd("a/") } as const;
  make({ type: "authRoleGrantPermission", request: { name: "r", permission } });
  make({ type: "authUserGrantRole", request: { user: "ann", role: "r" } });
  make({ type: "authEnable", request: {} });
  return world;
}

const methods = (world: ClientWorld, client: number) =>
  world
    .kinds("invoke")
    .filter((event) => event.client === client)
    .map(({ request }) => (request.type === "call" ? request.method : request.type));

const DENIED = Errors.permissionDenied.message;

/** The lease that an operation is about, in hex digits. */
function leaseOf(world: ClientWorld, op: number): string {
  const request = world.kinds("invoke").find((event) => event.op === op)?.request;
  return request?.type === "lease" ? request.lease : "";
}

describe("a client with a name and a password", () => {
  test("signs in before its first call, and only then", () => {
    const world = authWorld();
    const ann = world.client(1, { auth: USER });
    expect(world.call(ann, op.put("a/1", "x")).outcome).toBe("ok");
    expect(world.call(ann, op.get("a/1")).outcome).toBe("ok");
    expect(methods(world, 1)).toEqual(["put", "authenticate", "get"]);
    expect(world.call(ann, op.get("b")).error).toEqual(Errors.permissionDenied);
  });

  test("calls that are made while it signs in wait for the one sign-in", () => {
    const world = authWorld();
    const ann = world.client(1, { auth: USER });
    const calls = ["1", "2", "3"].map((n) => ann.call(op.put(`a/${n}`, n), () => undefined));
    world.until("the end", () => calls.every(({ outcome }) => outcome !== "pending"));
    expect(calls.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "ok"]);
    expect(methods(world, 1).filter((method) => method === "authenticate").length).toBe(1);
  });

  test("a wrong password fails the call, which was not sent", () => {
    const world = authWorld();
    const call = world.call(world.client(1, { auth: { ...USER, password: "no" } }), op.get("a/"));
    expect(call).toMatchObject({ outcome: "fail", error: Errors.authFailed, attempts: 0 });
  });

  test("where auth is off, it goes on without a token", () => {
    const world = new ClientWorld();
    const ann = world.client(1, { auth: USER });
    expect(world.call(ann, op.put("k", "v")).outcome).toBe("ok");
    expect(world.call(ann, op.put("k", "v")).outcome).toBe("ok");
    expect(methods(world, 1)).toEqual(["put", "authenticate", "put"]);
  });

  test("an auth store that has changed makes it sign in again", () => {
    const world = authWorld();
    const ann = world.client(1, { auth: USER });
    world.call(ann, op.put("a/1", "x"));
    const root = world.client(2, { auth: ROOT });
    const add = { name: "bob", password: "b", options: null, hashedPassword: "" };
    expect(world.call(root, { type: "authUserAdd", request: add }).outcome).toBe("ok");
    const put = world.call(ann, op.put("a/1", "y"));
    expect(put).toMatchObject({ outcome: "ok", attempts: 2 });
    expect(methods(world, 1)).toEqual(["put", "authenticate", "put", "authenticate"]);
  });

  test("a token that no member knows is replaced", () => {
    const world = authWorld();
    const ann = world.client(1, { auth: USER });
    world.call(ann, op.put("a/1", "x"));
    // A simple token that was not used for five minutes is forgotten.
    world.run(400);
    const put = world.call(ann, op.put("a/1", "y"));
    expect(put).toMatchObject({ outcome: "ok", attempts: 2 });
    // One without credentials can do nothing about it.
    const guest = world.client(3);
    expect(world.call(guest, op.get("a/1")).error).toEqual(Errors.userEmpty);
  });

  test("a call that learns late that its token is stale does not sign in once more", () => {
    const world = authWorld();
    const ann = world.client(1, { auth: USER });
    world.call(ann, op.put("a/1", "x"));
    world.run(400);
    const slow = world.follower();
    const other = world.cluster.memberIds().find((id) => id !== slow) as number;
    world.cluster.inject({ type: "pause", member: slow });
    const late = ann.call(op.put("a/2", "y"), () => undefined, { to: slow, timeoutUs: 5_000_000 });
    expect(world.call(ann, op.put("a/3", "z"), { to: other })).toMatchObject({ attempts: 2 });
    world.cluster.inject({ type: "resume", member: slow });
    world.until("the end", () => late.outcome !== "pending");
    expect(late).toMatchObject({ outcome: "ok", attempts: 2 });
    const signIns = methods(world, 1).filter((method) => method === "authenticate");
    expect(signIns.length).toBe(2);
  });

  test("a call that was lost once is not certain to have failed when signing in again does", () => {
    const world = authWorld();
    const ann = world.client(1, { auth: USER });
    const root = world.client(2, { auth: ROOT });
    expect(world.call(ann, { type: "leaseGrant", request: { id: 7n, ttl: 600 } }).error).toBeNull();
    const members = [ann.conn.endpoint];
    const revoke = { type: "leaseRevoke", request: { id: 7n } } as const;
    const call = ann.call(revoke, () => undefined, { timeoutUs: 3_000_000 });
    const asked = () =>
      world.kinds("request").some(({ client, op: o }) => client === 1 && o === call.id);
    world.until("it has arrived", asked);
    world.cluster.inject({ type: "client-cut", clients: [1], members });
    world.run(0.5);
    const leases = world.call(root, { type: "leaseLeases", request: {} }).response?.response;
    expect(leases).toMatchObject({ leases: [] });
    const changed = { name: USER.name, password: "other", hashedPassword: "" };
    world.call(root, { type: "authUserChangePassword", request: changed });
    world.until("the end", () => call.outcome !== "pending");
    expect(call).toMatchObject({ outcome: "ambiguous", attempts: 2, error: Errors.authFailed });
  });

  test("its watch goes on with a fresh token after a break, and sees no more than it may", () => {
    const world = authWorld();
    const ann = world.client(1, { auth: USER });
    const watcher = ann.watch("a/", { rangeEnd: prefixEnd("a/") });
    world.until("the watch", () => watcher.created.settled);
    world.run(400);
    const serving = world.watches.inputs[0]?.member as number;
    world.cluster.inject({ type: "crash", member: serving, disk: "keep" });
    world.run(5);
    const signIns = () => methods(world, 1).filter((method) => method === "authenticate").length;
    expect(signIns()).toBe(2);
    world.call(world.client(2, { auth: ROOT }), op.put("a/1", "x"));
    expect(world.do(ann, watcher.next())?.events[0]?.kv.key).toBe("a/1");
    const denied = ann.watch("b");
    world.until("the refusal", () => denied.closed);
    expect(denied.error).toEqual(Errors.permissionDenied);
    const guest = world.client(3).watch("a/1");
    world.until("the refusal", () => guest.closed);
    expect(guest.error?.code).not.toBe("Unavailable");
  });

  test("its keep-alive signs in again once its token is no longer good", () => {
    const world = authWorld();
    const serving = world.follower();
    const ann = world.client(1, { auth: USER, endpoints: [serving] });
    expect(world.call(ann, { type: "leaseGrant", request: { id: 7n, ttl: 10 } }).error).toBeNull();
    const keeper = ann.keepAlive(7n);
    world.run(5);
    // Simple tokens do not outlive the member's process, and there is no other call to find that out.
    world.cluster.inject({ type: "crash", member: serving, disk: "keep" });
    world.run(0.2);
    world.cluster.inject({ type: "restart", member: serving });
    world.run(30);
    expect(keeper.unexpired).toBe(true);
    // For the grant, and for each stream that is opened.
    expect(methods(world, 1).filter((method) => method === "authenticate").length).toBe(3);
  });

  test("its stream ends for all its leases where one of them may not be renewed", () => {
    const world = authWorld();
    const root = world.client(2, { auth: ROOT });
    const ann = world.client(1, { auth: USER });
    const ids = [7n, 8n, 9n, 10n];
    for (const id of ids) {
      expect(world.call(ann, { type: "leaseGrant", request: { id, ttl: 10 } }).error).toBeNull();
    }
    // What is attached to a lease ends with it: not for somebody who may not write it to decide.
    expect(world.call(root, op.put("z", "v", { lease: 7n })).error).toBeNull();
    const [denied, ...allowed] = ids.map((id) => ann.keepAlive(id));
    world.run(20);
    expect(denied?.ended.value).toBe("unanswered");
    // They get through where chance lets them go before that one.
    expect(allowed.map(({ unexpired }) => unexpired)).toEqual([true, true, true]);
    const ends = world.kinds("complete").filter(({ text }) => text === DENIED);
    const leases = new Set(ends.map((end) => leaseOf(world, end.op)));
    expect(leases).toContain("7");
    expect(leases.size).toBeGreaterThan(1);
  });
});
