import type { MembersResponse, ServiceRequest, ServiceResponse } from "../../api/requests.ts";
import { SECOND } from "../../base/time.ts";
import type { Client } from "../../client/client.ts";
import { PROBES_FROM } from "../../trace/names.ts";
import type { World } from "./world.ts";

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/**
 * Asks each of the members for the hash of its backend, of users and leases too, and of its keys as of
 * the last compaction, as an operator would (etcdctl endpoint hash, hashkv); what differs, in words.
 * They must have come to rest.
 */
export function differentBackends(
  world: World,
  members: readonly number[],
  auth: Credentials | null,
): string | null {
  const { cluster } = world;
  const revision = Math.max(0, cluster.view(cluster.leader()).compactRevision);
  const ask = () =>
    difference(world, members, auth, "hash", { type: "hash", request: {} }) ??
    difference(world, members, auth, "hashkv", { type: "hashKv", request: { revision } });
  // A lease may end between two answers.
  return ask() === null ? null : ask() === null ? null : ask();
}

/** What etcdctl's member list says other than raft's configuration, in words. */
export function wrongMembers(
  world: World,
  leader: number,
  auth: Credentials | null,
): string | null {
  let listed: string | null = null;
  const request = { type: "memberList", request: { linearizable: true } } as const;
  const options = { to: leader, pin: true };
  clientFor(world, leader, auth).call(
    request,
    ({ response }) => {
      if (response?.type !== "memberList") return;
      const { members } = response.response as MembersResponse;
      const nodes = (learner: boolean) =>
        members
          .filter(({ isLearner }) => isLearner === learner)
          .map(({ peerUrls }) => Number(/m(\d+)/.exec(peerUrls[0] ?? "")?.[1]));
      listed = shown(nodes(false), nodes(true));
    },
    options,
  );
  patiently(world, () => listed !== null);
  const { voters, learners } = world.cluster.view(leader).conf;
  const expected = shown(voters, learners);
  if (listed === null || listed === expected) return null;
  return `the member list says ${listed}, the configuration ${expected}`;
}

function difference(
  world: World,
  members: readonly number[],
  auth: Credentials | null,
  what: string,
  request: ServiceRequest,
): string | null {
  const answers = new Map<number, Told>();
  for (const id of members) {
    clientFor(world, id, auth).call(
      request,
      ({ response, error }) => answers.set(id, error === null ? told(response) : error.message),
      { to: id, pin: true },
    );
  }
  patiently(world, () => answers.size === members.length);
  if (answers.size > 0 && areAlike([...answers.values()])) return null;
  const text = (answer: Told) => (typeof answer === "string" ? answer : answer.hash);
  return `${what}: ${[...answers].map(([id, answer]) => `m${id} ${text(answer)}`).join(", ")}`;
}

/** A hash, and of which history: hashes from other compactions on can't be compared. A string: an error. */
type Told = { readonly hash: number; readonly from: number } | string;

function told(response: ServiceResponse | null): Told {
  if (response?.type === "hash") return { hash: response.response.hash, from: 0 };
  if (response?.type !== "hashKv") return "no answer";
  // Who has not restarted since a compaction tells the hash that it had there, from the one before on.
  const { hash, compactRevision } = response.response;
  return { hash, from: compactRevision };
}

/** Whether all have answered, and those whose hashes are of the same history have the same. */
function areAlike(answers: readonly Told[]): boolean {
  const hashes = new Map<number, number>();
  return answers.every((answer) => {
    if (typeof answer === "string") return false;
    const { hash, from } = answer;
    const known = hashes.get(from) ?? hash;
    hashes.set(from, known);
    return known === hash;
  });
}

/** A second is enough for who can answer. */
function patiently(world: World, answered: () => boolean): void {
  const { cluster } = world;
  const deadline = cluster.now + SECOND;
  while (!answered() && world.step(deadline));
  if (!answered()) world.advanceTo(deadline);
}

function clientFor({ cluster }: World, member: number, auth: Credentials | null): Client {
  const id = PROBES_FROM + member;
  if (auth === null || cluster.clients.knows(id)) return cluster.client(id);
  return cluster.client(id, { auth });
}

function shown(voters: readonly number[], learners: readonly number[]): string {
  const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b).join(" ");
  return `${sorted(voters)} (learners ${sorted(learners)})`;
}
