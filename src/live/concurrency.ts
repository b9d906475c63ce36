import { compare, op } from "../api/build.ts";
import type {
  CampaignRequest,
  CampaignResponse,
  ConcurrencyCall,
  HeaderResponse,
  LeaderKey,
  LeaderRequest,
  LeaderResponse,
  LockRequest,
  LockResponse,
  ProclaimRequest,
  ResignRequest,
} from "../api/concurrency-requests.ts";
import { bytesToBinary, equalBytes } from "../base/bytes.ts";
import type { Client } from "../client/client.ts";
import { claimKey, keyOf } from "../client/recipes/claim-key.ts";
import { observeLeaders } from "../client/recipes/leaders.ts";
import { firstCreated, waitDeletes } from "../client/recipes/wait.ts";
import { Cancelled, type Task, TaskError } from "../client/task.ts";

/**
 * The Lock and Election services: what a member does with a client of its own for who asks it
 * (server/etcdserver/api/v3lock, v3election). As there, whatever fails has the code Unknown.
 */

/** concurrency/session.go defaultSessionTTL, in seconds. */
const TTL = 60;

/** What becomes of a call; of `observe` nothing ever does. */
export function serveConcurrency(
  client: Client,
  call: ConcurrencyCall,
  onLeader: (response: LeaderResponse) => void,
): Task<unknown> {
  switch (call.type) {
    case "lock":
      return lock(client, call.request);
    case "unlock":
      return unlock(client, call.request.key);
    case "campaign":
      return campaign(client, call.request);
    case "proclaim":
      return proclaim(client, call.request);
    case "resign":
      return resign(client, call.request);
    case "leader":
      return leader(client, call.request);
    case "observe":
      return observeLeaders(client, `${call.request.name}/`, (kv, header) =>
        onLeader({ header, kv }),
      );
  }
}

/** A lease that nobody but who asked keeps alive. */
function* leaseOf(client: Client, lease: bigint): Task<bigint> {
  if (lease !== 0n) return lease;
  return (yield* client.do({ type: "leaseGrant", request: { ttl: TTL, id: 0n } })).id;
}

// ---- locks -----------------------------------------------------------------------------------------

function* lock(client: Client, { name, lease: given }: LockRequest): Task<LockResponse> {
  const lease = yield* leaseOf(client, given);
  const prefix = `${name}/`;
  const key = keyOf({ lease }, prefix);
  const oldest = { type: "range", request: firstCreated(prefix) } as const;
  const claimed = yield* claimKey({ client, lease }, key, "", [oldest]);
  const first = claimed.also[0]?.type === "range" ? claimed.also[0].response.kvs[0] : undefined;
  if (first === undefined || first.createRevision === claimed.revision) {
    return { header: claimed.header, key };
  }
  try {
    yield* waitDeletes(client, prefix, claimed.revision - 1);
    const { kvs, header } = yield* client.do(op.get(key));
    if (kvs.length === 0) throw new TaskError("mutex: session is expired");
    return { header, key };
  } catch (error) {
    if (error instanceof Cancelled) yield* client.do(op.delete(key));
    throw error;
  }
}

function* unlock(client: Client, key: string): Task<HeaderResponse> {
  const { header } = yield* client.do(op.delete(key));
  return { header };
}

// ---- elections -------------------------------------------------------------------------------------

function* campaign(client: Client, request: CampaignRequest): Task<CampaignResponse> {
  const { name, value } = request;
  const lease = yield* leaseOf(client, request.lease);
  const prefix = `${name}/`;
  const key = keyOf({ lease }, prefix);
  const claimed = yield* claimKey({ client, lease }, key, bytesToBinary(value));
  const leaderKey: LeaderKey = { name, key, rev: claimed.revision, lease };
  try {
    let { header } = claimed;
    if (claimed.found !== null && !equalBytes(claimed.found.value, value)) {
      ({ header } = yield* proclaim(client, { leader: leaderKey, value }));
    }
    yield* waitDeletes(client, prefix, claimed.revision - 1);
    return { header, leader: leaderKey };
  } catch (error) {
    if (error instanceof Cancelled) yield* resign(client, { leader: leaderKey });
    throw error;
  }
}

function isOwner({ key, rev }: LeaderKey) {
  return compare.created(key, "EQUAL", rev);
}

const MISSING_KEY = '"leader" field must be provided';

function* proclaim(client: Client, { leader: by, value }: ProclaimRequest): Task<HeaderResponse> {
  if (by === null) throw new TaskError(MISSING_KEY);
  const put = op.put(by.key, bytesToBinary(value), { lease: by.lease });
  const { succeeded, header } = yield* client.do(op.txn([isOwner(by)], [put]));
  if (!succeeded) throw new TaskError("election: not leader");
  return { header };
}

function* resign(client: Client, { leader: by }: ResignRequest): Task<HeaderResponse> {
  if (by === null) throw new TaskError(MISSING_KEY);
  const { header } = yield* client.do(op.txn([isOwner(by)], [op.delete(by.key)]));
  return { header };
}

function* leader(client: Client, { name }: LeaderRequest): Task<LeaderResponse> {
  const request = firstCreated(`${name}/`);
  const { kvs, header } = yield* client.do({ type: "range", request });
  if (kvs[0] === undefined) throw new TaskError("election: no leader");
  return { header, kv: kvs[0] };
}
