import type { ConcurrencyCall } from "../concurrency-requests.ts";
import * as election from "./election.ts";
import * as lock from "./lock.ts";
import type { Message } from "./message.ts";

/** A method of the Lock and Election services. */
export interface ConcurrencyMethod {
  /** gRPC's path. */
  readonly path: string;
  readonly request: Message<unknown>;
  readonly response: Message<unknown>;
}

/** By the types of their calls; `observe` has a stream of responses. */
export const CONCURRENCY_METHODS: Readonly<Record<ConcurrencyCall["type"], ConcurrencyMethod>> = {
  lock: method("v3lockpb.Lock/Lock", lock.LockRequest, lock.LockResponse),
  unlock: method("v3lockpb.Lock/Unlock", lock.UnlockRequest, lock.UnlockResponse),
  campaign: method(
    "v3electionpb.Election/Campaign",
    election.CampaignRequest,
    election.CampaignResponse,
  ),
  proclaim: method(
    "v3electionpb.Election/Proclaim",
    election.ProclaimRequest,
    election.ProclaimResponse,
  ),
  leader: method("v3electionpb.Election/Leader", election.LeaderRequest, election.LeaderResponse),
  observe: method("v3electionpb.Election/Observe", election.LeaderRequest, election.LeaderResponse),
  resign: method("v3electionpb.Election/Resign", election.ResignRequest, election.ResignResponse),
};

function method(path: string, request: unknown, response: unknown): ConcurrencyMethod {
  return {
    path: `/${path}`,
    request: request as Message<unknown>,
    response: response as Message<unknown>,
  };
}

const byPath = new Map(
  Object.entries(CONCURRENCY_METHODS).map(([type, { path }]) => [
    path,
    type as ConcurrencyCall["type"],
  ]),
);

/** The type of the calls that come to a path; undefined where there is no such method. */
export function concurrencyType(path: string): ConcurrencyCall["type"] | undefined {
  return byPath.get(path);
}
