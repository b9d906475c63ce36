import { describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import type { Reply } from "../../../src/api/reply.ts";
import type { InternalOp, InternalResponse } from "../../../src/api/requests.ts";
import { SimpleTokens } from "../../../src/auth/simple-tokens.ts";
import { rootRandom } from "../../../src/base/random.ts";
import { SECOND } from "../../../src/base/time.ts";
import { LESSOR_DEFAULTS } from "../../../src/lease/options.ts";
import { UberApplier } from "../../../src/member/apply/uber-applier.ts";
import { NO_MISTAKES } from "../../../src/museum/switches.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { ROOT_AND_ON, the } from "../../auth/support.ts";

function over(backend: Backend): UberApplier {
  const tokens = new SimpleTokens(rootRandom(1));
  return new UberApplier(backend, LESSOR_DEFAULTS, null, tokens, NO_MISTAKES);
}

function apply(machines: UberApplier, op: InternalOp, username = ""): Reply<InternalResponse> {
  const authRevision = username === "" ? 0 : machines.auth.revision;
  return machines.apply({ header: { id: 1, username, authRevision }, op }, 1);
}

const put = (key: string, lease = 0n): InternalOp => ({
  type: "put",
  request: putRequest(key, new Uint8Array(0), { lease }),
});
const get = (key: string): InternalOp => ({ type: "range", request: rangeRequest(key) });
const grant = (id: bigint, ttl: number): InternalOp => ({
  type: "leaseGrant",
  request: { id, ttl },
});
const revoke = (id: bigint): InternalOp => ({ type: "leaseRevoke", request: { id } });

describe("requests from the log, on keys, leases and users together", () => {
  test("a revoked lease takes its keys along, all in one revision", () => {
    const machines = over(Backend.inMemory());
    expect(apply(machines, put("a", 7n)).error).toBe(Errors.leaseNotFound);
    expect(apply(machines, grant(7n, 10))).toMatchObject({ response: { response: { ttl: 10 } } });
    expect(apply(machines, grant(7n, 10)).error).toBe(Errors.leaseExists);
    for (const key of ["b", "a", "kept"]) apply(machines, put(key, 7n));
    apply(machines, put("kept"));
    expect(machines.store.revision).toBe(5);
    expect(apply(machines, revoke(7n)).response?.response).toMatchObject({
      header: { revision: 6 },
    });
    expect(machines.store.get("a")).toBeNull();
    expect(machines.store.get("b")).toBeNull();
    expect(machines.store.get("kept")).not.toBeNull();
    expect(apply(machines, revoke(7n)).error).toBe(Errors.leaseNotFound);
  });

  test("a restart finds leases, their keys, users and whether auth is on again", () => {
    const backend = Backend.inMemory();
    const before = over(backend);
    apply(before, grant(7n, 10));
    apply(before, put("a", 7n));
    apply(before, {
      type: "leaseCheckpoint",
      request: { checkpoints: [{ id: 7n, remainingTtl: 4 }] },
    });
    for (const op of ROOT_AND_ON) expect(apply(before, op).error).toBeNull();
    const after = over(backend);
    after.lessor.promote(0, SECOND);
    expect(after.lessor.timeToLive(0, 7n, true)).toEqual({ ttl: 5, grantedTtl: 10, keys: ["a"] });
    expect([after.auth.enabled, after.auth.revision]).toEqual([true, before.auth.revision]);
    expect(apply(after, get("a")).error).toBe(Errors.userEmpty);
    expect(apply(after, get("a"), "root").error).toBeNull();
  });

  test("so does a snapshot's backend that is put under them", () => {
    const backend = Backend.inMemory();
    const leader = over(backend);
    apply(leader, grant(7n, 10));
    apply(leader, put("a", 7n));
    for (const op of ROOT_AND_ON) apply(leader, op);
    const follower = over(Backend.inMemory());
    apply(follower, grant(8n, 10));
    follower.replace(backend);
    expect(follower.lessor.list().map(({ id, keys }) => [id, [...keys]])).toEqual([[7n, ["a"]]]);
    expect(follower.auth.enabled).toBe(true);
    expect(follower.store.hash).toBe(leader.store.hash);
  });

  test("with auth on each is asked for by somebody who may", () => {
    const machines = over(Backend.inMemory());
    for (const op of ROOT_AND_ON) apply(machines, op);
    for (const op of [the.user("eve"), the.role("r"), the.allow("r", "READWRITE", "e")]) {
      expect(apply(machines, op, "root").error).toBeNull();
    }
    apply(machines, the.grant("eve", "r"), "root");
    apply(machines, grant(7n, 10), "root");
    apply(machines, put("e", 7n), "eve");
    expect(apply(machines, put("x"), "eve").error).toBe(Errors.permissionDenied);
    apply(machines, put("x", 7n), "root");
    expect(apply(machines, revoke(7n), "eve").error).toBe(Errors.permissionDenied);
    expect(apply(machines, revoke(7n), "root").error).toBeNull();
    expect(apply(machines, get("e"), "")).toEqual({ response: null, error: Errors.userEmpty });
  });
});
