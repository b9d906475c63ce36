import { deleteRangeRequest, rangeRequest } from "../../src/api/build.ts";
import type { ApiError } from "../../src/api/errors.ts";
import type { ResponseOf, ServiceRequest, ServiceResponse } from "../../src/api/requests.ts";
import { bytesToBinary } from "../../src/base/bytes.ts";
import {
  AUTH_ON,
  alarm,
  alarms,
  compact,
  hashKv,
  put,
  revoke,
  txn,
} from "../member/support/asks.ts";

/** What a database is filled with, and what is then asked of it: the same on both sides. */

/** A server that is asked by somebody with a token; throws what it refuses. */
export type Ask = (request: Asked, token: string) => Promise<ServiceResponse | ApiError>;

export type Asked = Exclude<ServiceRequest, { type: "health" | "snapshot" }>;

const remove = (key: string, rangeEnd = "") =>
  ({ type: "deleteRange", request: deleteRangeRequest(key, { rangeEnd }) }) as const;
const leased = (key: string, lease: bigint) =>
  ({ type: "put", request: { ...put(key, `on lease ${lease}`).request, lease } }) as const;

const PERMISSION = { permType: "READWRITE", key: "k", rangeEnd: "l" } as const;

/** Some of everything that a database may hold; auth is on in the end. */
export const FILLING: readonly Asked[] = [
  ...[7n, 8n, 9n, (1n << 63n) - 1n].map((id) => {
    return { type: "leaseGrant", request: { id, ttl: 10_000 } } as const;
  }),
  ...Array.from({ length: 300 }, (_, i) => put(`k${i % 120}`, `${i}`.repeat(i % 40))),
  put("large", "x".repeat(50_000)),
  put("\0\xff", "\0\xff"),
  put("empty"),
  leased("k5", 7n),
  leased("lent", 7n),
  leased("lent too", (1n << 63n) - 1n),
  leased("gone with it", 9n),
  revoke(9n),
  remove("k10", "k15"),
  txn(put("both", "1"), remove("k2"), put("and", "2")),
  compact(250, true),
  remove("k3"),
  put("k3", "again"),
  put("k3", "and again"),
  ...AUTH_ON.slice(0, -1).filter((request): request is Asked => request.type !== "health"),
  { type: "authRoleAdd", request: { name: "reader" } },
  { type: "authRoleGrantPermission", request: { name: "reader", permission: PERMISSION } },
  { type: "authUserGrantRole", request: { user: "ann", role: "reader" } },
  {
    type: "authUserAdd",
    request: { name: "cert", password: "", options: { noPassword: true }, hashedPassword: "" },
  },
  alarm("ACTIVATE", "NOSPACE", 77n),
  { type: "authEnable", request: {} },
];

export async function fill(ask: Ask): Promise<void> {
  for (const request of FILLING) {
    const answer = await ask(request, "");
    if ("code" in answer) throw new Error(`${request.type}: ${answer.message}`);
  }
}

async function get<T extends Asked>(
  ask: Ask,
  request: T,
  token: string,
): Promise<ResponseOf<T["type"]>> {
  const answer = await ask(request, token);
  if ("code" in answer) throw new Error(`${request.type}: ${answer.message}`);
  return answer.response as ResponseOf<T["type"]>;
}

/** Strings are compared faster than bytes. */
function shown({ kvs }: ResponseOf<"range">): unknown {
  return kvs.map((kv) => ({ ...kv, value: bytesToBinary(kv.value) }));
}

async function tokenOf(ask: Ask, name: string, password: string): Promise<string> {
  const request = { type: "authenticate", request: { name, password, simpleToken: "" } } as const;
  return (await get(ask, request, "")).token;
}

/** All that can be asked of what was filled in, without whose it is and when it was asked. */
export async function everything(ask: Ask): Promise<unknown> {
  const root = await tokenOf(ask, "root", "r");
  const ann = await tokenOf(ask, "ann", "a");
  const all = (revision: number) =>
    ({ type: "range", request: rangeRequest("\0", { rangeEnd: "\0", revision }) }) as const;
  const { header, count } = await get(ask, all(0), root);
  const revisions: unknown[] = [];
  for (let revision = 249; revision <= header.revision + 1; revision++) {
    const answer = await ask(all(revision), root);
    revisions.push("code" in answer ? answer : shown(answer.response as ResponseOf<"range">));
  }
  const { leases } = await get(ask, { type: "leaseLeases", request: {} }, root);
  const lent: unknown[] = [];
  for (const id of leases.map((lease) => lease.id).sort()) {
    const request = { type: "leaseTimeToLive", request: { id, keys: true } } as const;
    const { grantedTtl, keys } = await get(ask, request, root);
    lent.push({ id, grantedTtl, keys: [...keys].sort() });
  }
  const { users } = await get(ask, { type: "authUserList", request: {} }, root);
  const { roles } = await get(ask, { type: "authRoleList", request: {} }, root);
  const auth: unknown[] = [];
  for (const name of users) {
    auth.push((await get(ask, { type: "authUserGet", request: { name } }, root)).roles);
  }
  for (const role of roles) {
    auth.push((await get(ask, { type: "authRoleGet", request: { role } }, root)).perm);
  }
  const secret = await ask({ type: "range", request: rangeRequest("large") }, ann);
  const hashes: unknown[] = [];
  for (const revision of [0, 300]) {
    const { hash, compactRevision } = await get(ask, hashKv(revision), root);
    hashes.push([hash, compactRevision]);
  }
  return {
    revision: header.revision,
    count,
    revisions,
    lent,
    users,
    roles,
    auth,
    secret,
    hashes,
    alarms: (await get(ask, alarms, root)).alarms,
  };
}

/** What it answers who goes on writing: the alarm still stops it, and then revisions go on. */
export async function goOn(ask: Ask): Promise<unknown> {
  const root = await tokenOf(ask, "root", "r");
  const refused = await ask(put("k3", "more"), root);
  await get(ask, alarm("DEACTIVATE", "NOSPACE", 77n), root);
  const { header } = await get(ask, put("k3", "more"), root);
  const read = { type: "range", request: rangeRequest("k3") } as const;
  const [kv] = (await get(ask, read, root)).kvs;
  const { revision } = await get(ask, compact(header.revision, true), root).then((r) => r.header);
  await get(ask, { type: "leaseGrant", request: { id: 11n, ttl: 100 } }, root);
  const { hash } = await get(ask, hashKv(0), root);
  return [
    refused,
    header.revision,
    kv?.version,
    bytesToBinary(kv?.value ?? new Uint8Array(0)),
    revision,
    hash,
  ];
}
