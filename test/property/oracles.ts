import type { MembersResponse, ServiceRequest, ServiceResponse } from "../../src/api/requests.ts";
import { SECOND } from "../../src/base/time.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import { Layer, type TraceEvent } from "../../src/trace/events.ts";
import type { TraceSink } from "../../src/trace/trace.ts";

/** A write that certainly failed left something behind. */
export const FAILED_WRITES = "failed-writes";
/** Somebody did what no permission allows. */
export const PERMITTED = "permitted";
/** Members that applied the same have different backends. */
export const SAME_BACKEND = "same-backend";
/** The list of members is not the configuration that raft works with. */
export const SAME_MEMBERS = "same-members";
export const ORACLES: readonly string[] = [FAILED_WRITES, PERMITTED, SAME_BACKEND, SAME_MEMBERS];

/** The values that were ever put into the store, to be held against those of failed writes. */
export class PutValues implements TraceSink {
  readonly layers = Layer.Data;
  private readonly seen = new Set<string>();

  event(e: TraceEvent): void {
    if (e.kind !== "changes") return;
    for (const { type, value } of e.changes) if (type === "put") this.seen.add(value);
  }

  has(value: string): boolean {
    return this.seen.has(value);
  }
}

/**
 * Asks each of the members for the hash of its backend, of users and leases too, and of its keys as of
 * the last compaction, as an operator would (etcdctl endpoint hash, hashkv); what differs, in words.
 * They must have come to rest.
 */
export function differentBackends(cluster: Cluster, members: readonly number[]): string | null {
  const revision = Math.max(0, cluster.view(cluster.leader()).compactRevision);
  const ask = () =>
    difference(cluster, members, "hash", { type: "hash", request: {} }) ??
    difference(cluster, members, "hashkv", { type: "hashKv", request: { revision } });
  // A lease may end between two answers.
  return ask() === null ? null : ask() === null ? null : ask();
}

/** What etcdctl's member list says other than raft's configuration, in words. */
export function wrongMembers(cluster: Cluster, leader: number): string | null {
  let listed: string | null = null;
  cluster.client(60 + leader).call(
    { type: "memberList", request: { linearizable: true } },
    ({ response }) => {
      if (response?.type !== "memberList") return;
      const { members } = response.response as MembersResponse;
      const nodes = (learner: boolean) =>
        members
          .filter(({ isLearner }) => isLearner === learner)
          .map(({ peerUrls }) => Number(/m(\d+)/.exec(peerUrls[0] ?? "")?.[1]));
      listed = shown(nodes(false), nodes(true));
    },
    { to: leader, pin: true },
  );
  cluster.runUntil(cluster.now + SECOND);
  const { voters, learners } = cluster.view(leader).conf;
  const expected = shown(voters, learners);
  if (listed === null || listed === expected) return null;
  return `the member list says ${listed}, the configuration ${expected}`;
}

function shown(voters: readonly number[], learners: readonly number[]): string {
  const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b).join(" ");
  return `${sorted(voters)} (learners ${sorted(learners)})`;
}

function difference(
  cluster: Cluster,
  members: readonly number[],
  what: string,
  request: ServiceRequest,
): string | null {
  const answers = new Map<number, string>();
  for (const id of members) {
    const heard = (text: string) => answers.set(id, text);
    cluster
      .client(60 + id)
      .call(request, ({ response, error }) => heard(error?.message ?? hashText(response)), {
        to: id,
        pin: true,
      });
  }
  cluster.runUntil(cluster.now + SECOND);
  const [first] = answers.values();
  const alike = [...answers.values()].every((text) => text === first);
  if (alike && first !== undefined && /^\d+$/.test(first)) return null;
  return `${what}: ${[...answers].map(([id, text]) => `m${id} ${text}`).join(", ")}`;
}

function hashText(response: ServiceResponse | null): string {
  return response?.type === "hash" || response?.type === "hashKv"
    ? `${response.response.hash}`
    : "no answer";
}
