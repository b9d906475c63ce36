import { Errors } from "../../../api/errors.ts";
import type { AlarmType, ServiceRequest } from "../../../api/requests.ts";
import type { CallOptions, Client } from "../../../client/client.ts";
import { CallError } from "../../../client/client.ts";
import type { Task } from "../../../client/task.ts";

/** What `etcdctl` does for an operator, call by call, with the names that people use for members. */

/** As members are called when they are added. */
export function peerUrl(id: number): string {
  return `http://m${id}:2380`;
}

/** The id that the cluster gave a member; one that has not started has no name yet. */
export function* memberIdOf(client: Client, id: number, options: CallOptions): Task<bigint> {
  const list = { type: "memberList", request: { linearizable: true } } as const;
  const { members } = yield* client.do(list, options);
  const member = members.find(
    ({ name, peerUrls }) => name === `m${id}` || (name === "" && peerUrls.includes(peerUrl(id))),
  );
  if (member === undefined) throw new CallError(Errors.memberNotFound, "fail");
  return member.id;
}

/** Looks up a member's id and does something with it. */
export function* withMember(
  client: Client,
  id: number,
  options: CallOptions,
  request: (memberId: bigint) => ServiceRequest,
): Task<void> {
  const memberId = yield* memberIdOf(client, id, options);
  yield* client.do(request(memberId), options);
}

/** Turns off the alarms of a kind, one after the other; NONE: all of them. */
export function* disarm(client: Client, kind: AlarmType): Task<void> {
  const get = { action: "GET", memberId: 0n, alarm: kind } as const;
  const { alarms } = yield* client.do({ type: "alarm", request: get });
  for (const { memberId, alarm } of alarms) {
    yield* client.do({ type: "alarm", request: { action: "DEACTIVATE", memberId, alarm } });
  }
}

export function* defragment(client: Client, ids: readonly number[]): Task<void> {
  for (const to of ids) {
    yield* client.do({ type: "defragment", request: {} }, { to, pin: true });
  }
}
