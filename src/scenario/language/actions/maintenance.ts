import { z } from "zod";
import { SECOND } from "../../../base/time.ts";
import type { CallOptions } from "../../../client/client.ts";
import { expected, flag, memberId, members, record, text } from "../../read/scalars.ts";
import { defragment, disarm, peerUrl, withMember } from "../../run/programs/operators.ts";
import type { World } from "../../run/world.ts";
import { type Action, action } from "./action.ts";
import { type Addressed, callOptions, clientId, request } from "./addressed.ts";

/** An operator is patient: changes of membership may wait for a leader. */
const PATIENCE = { timeoutUs: 10 * SECOND } as const;

function patient(world: World, how: Addressed): CallOptions {
  return { ...callOptions(world, how), ...PATIENCE };
}

const alarmKind = z.enum(["NOSPACE", "CORRUPT"], {
  error: (issue) => expected("NOSPACE or CORRUPT", issue.input),
});

const EVERY_ALARM = { alarm: undefined, client: 1, as: "alarm-disarm" } as const;

const byName = (noun: string) => request(`key of ${noun}`, { member: memberId });

/** What an operator does through the services Maintenance and Cluster, with etcd's checks and refusals. */
export const MAINTENANCE_ACTIONS = {
  "alarm-disarm": action(
    "An operator turns alarms off: all, or those of a kind.",
    z.union(
      [
        flag,
        record("key of alarm-disarm", {
          alarm: alarmKind.optional(),
          client: clientId.default(1),
          as: text.default("alarm-disarm"),
        }),
      ],
      { error: (issue) => expected("true, or {alarm: …}", issue.input) },
    ),
    (world, input) => {
      if (input === false) return;
      const { alarm, client: id, as } = input === true ? EVERY_ALARM : input;
      world.clients.perform(id, "disarm alarms", as, (client) => disarm(client, alarm ?? "NONE"));
    },
  ),
  defrag: action(
    "An operator defragments members' databases, one after the other.",
    z.union(
      [
        members,
        record("key of defrag", {
          members,
          client: clientId.default(1),
          as: text.default("defrag"),
        }),
      ],
      { error: (issue) => expected("members, or {members: …}", issue.input) },
    ),
    (world, input) => {
      const whole = "members" in input ? input : { members: input, client: 1, as: "defrag" };
      const ids = world.members(whole.members);
      world.clients.perform(whole.client, "defragment", whole.as, (client) =>
        defragment(client, ids),
      );
    },
  ),
  "move-leader": action(
    "An operator asks the leader (or `to`, which refuses if it does not lead) to hand over to a member.",
    request("key of move-leader", { member: members }),
    (world, input) => {
      const target = world.member(input.member);
      const to = input.to === undefined ? world.member(["leader"]) : world.member(input.to);
      const what = `move the leadership to m${target}`;
      world.clients.perform(input.client, what, input.as ?? "move-leader", (client) =>
        withMember(client, target, { ...PATIENCE, to, pin: true }, (targetId) => ({
          type: "moveLeader",
          request: { targetId },
        })),
      );
    },
  ),
  "member-add": action(
    "An operator adds a member, with a vote or as a learner. Its process is started by `start-machine`.",
    request("key of member-add", { member: memberId, learner: flag.default(false) }),
    (world, input) => {
      const { member, learner, client, as } = input;
      const added = { peerUrls: [peerUrl(member)], isLearner: learner };
      const call = { type: "memberAdd", request: added } as const;
      const what = `add m${member}${learner ? " as a learner" : ""}`;
      world.clients.ask(client, call, what, as ?? `member-add m${member}`, patient(world, input));
    },
  ),
  "start-machine": action(
    "The process of a new machine starts, with an empty disk, to join the cluster.",
    memberId,
    (world, member) => world.inject({ type: "start", member }),
  ),
  "member-promote": action(
    "An operator gives a learner its vote.",
    byName("member-promote"),
    (world, input) => {
      const { member, client, as } = input;
      const options = patient(world, input);
      const name = as ?? `member-promote m${member}`;
      world.clients.perform(client, `promote m${member}`, name, (asking) =>
        withMember(asking, member, options, (id) => ({ type: "memberPromote", request: { id } })),
      );
    },
  ),
  "member-remove": action(
    "An operator removes a member, for good.",
    byName("member-remove"),
    (world, input) => {
      const { member, client, as } = input;
      const options = patient(world, input);
      const name = as ?? `member-remove m${member}`;
      world.clients.perform(client, `remove m${member}`, name, (asking) =>
        withMember(asking, member, options, (id) => ({ type: "memberRemove", request: { id } })),
      );
    },
  ),
  "member-update": action(
    "An operator gives a member another address.",
    request("key of member-update", { member: memberId, url: text }),
    (world, input) => {
      const { member, url, client, as } = input;
      const options = patient(world, input);
      const name = as ?? `member-update m${member}`;
      world.clients.perform(client, `move m${member} to ${url}`, name, (asking) =>
        withMember(asking, member, options, (id) => ({
          type: "memberUpdate",
          request: { id, peerUrls: [url] },
        })),
      );
    },
  ),
} satisfies Record<string, Action>;
