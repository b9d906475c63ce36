import { z } from "zod";
import type { DowngradeAction } from "../../../api/maintenance-requests.ts";
import { SECOND } from "../../../base/time.ts";
import type { CallOptions } from "../../../client/client.ts";
import { expected, flag, memberId, members, record, text, version } from "../../read/scalars.ts";
import { defragment, disarm, peerUrl, withMember } from "../../run/programs/operators.ts";
import type { World } from "../../run/world.ts";
import { addMember, referToMemberOf, referToMembers, startMember } from "../member-names.ts";
import type { NamesOf } from "../names.ts";
import type { Selector } from "../selectors.ts";
import { type Action, action } from "./action.ts";
import {
  type Addressed,
  type AddressedOperation,
  callOptions,
  clientId,
  giveOperation,
  request,
  withOperation,
} from "./addressed.ts";

/** An operator is patient: changes of membership may wait for a leader. */
const PATIENCE = { timeoutUs: 10 * SECOND } as const;

function patient(world: World, how: Addressed): CallOptions {
  return { ...callOptions(world, how), ...PATIENCE };
}

const alarmKind = z.enum(["NOSPACE", "CORRUPT"], {
  error: (issue) => expected("NOSPACE or CORRUPT", issue.input),
});

/** An operation on one member is called `member-remove m4`. */
function ofWord(word: string): (input: { readonly member: number }) => string {
  return ({ member }) => `${word} m${member}`;
}

const byName = (word: string) =>
  withOperation(request(`key of ${word}`, { member: memberId }), ofWord(word));

const operationOnMember: NamesOf<AddressedOperation & { readonly member: Selector | number }> = (
  names,
  input,
) => {
  giveOperation(names, input);
  referToMemberOf(names, input);
};

const disarmInput = withOperation(
  z
    .union(
      [
        flag,
        record("key of alarm-disarm", {
          alarm: alarmKind.optional(),
          client: clientId.default(1),
          as: text.optional(),
        }),
      ],
      { error: (issue) => expected("true, or {alarm: …}", issue.input) },
    )
    .transform((input) =>
      typeof input === "boolean"
        ? { yes: input, alarm: undefined, client: 1, as: undefined }
        : { yes: true, ...input },
    ),
  () => "alarm-disarm",
);

const defragInput = withOperation(
  z
    .union(
      [
        members,
        record("key of defrag", { members, client: clientId.default(1), as: text.optional() }),
      ],
      { error: (issue) => expected("members, or {members: …}", issue.input) },
    )
    .transform((input) =>
      "members" in input ? input : { members: input, client: 1, as: undefined },
    ),
  () => "defrag",
);

/** What an operator does through the services Maintenance and Cluster, with etcd's checks and refusals. */
export const MAINTENANCE_ACTIONS = {
  "alarm-disarm": action(
    "An operator turns alarms off: all, or those of a kind.",
    disarmInput,
    (names, input) => {
      if (input.yes) giveOperation(names, input);
    },
    (world, { yes, alarm, client: id, operation }) => {
      if (!yes) return;
      world.clients.perform(id, "disarm alarms", operation, (client) =>
        disarm(client, alarm ?? "NONE"),
      );
    },
  ),
  defrag: action(
    "An operator defragments members' databases, one after the other.",
    defragInput,
    (names, input) => {
      giveOperation(names, input);
      referToMembers(names, input.members, "members");
    },
    (world, input) => {
      const ids = world.members(input.members);
      world.clients.perform(input.client, "defragment", input.operation, (client) =>
        defragment(client, ids),
      );
    },
  ),
  "move-leader": action(
    "An operator asks the leader (or `to`, which refuses if it does not lead) to hand over to a member.",
    withOperation(request("key of move-leader", { member: members }), () => "move-leader"),
    operationOnMember,
    (world, input) => {
      const target = world.member(input.member);
      const to = input.to === undefined ? world.member(["leader"]) : world.member(input.to);
      const what = `move the leadership to m${target}`;
      world.clients.perform(input.client, what, input.operation, (client) =>
        withMember(client, target, { ...PATIENCE, to, pin: true }, (targetId) => ({
          type: "moveLeader",
          request: { targetId },
        })),
      );
    },
  ),
  downgrade: action(
    "An operator asks for a downgrade of the cluster to a version, checks whether it may be (`validate`), or calls it off.",
    withOperation(
      request("key of downgrade", {
        action: z
          .enum(["validate", "enable", "cancel"], {
            error: (issue) => expected("validate, enable or cancel", issue.input),
          })
          .default("enable"),
        version: version.optional(),
      }).refine(({ action, version: to }) => (action === "cancel") === (to === undefined), {
        error: "say to which `version`, unless it is called off",
      }),
      () => "downgrade",
    ),
    giveOperation,
    (world, input) => {
      const { action: what, version: target = "", client, operation } = input;
      const call = {
        type: "downgrade",
        request: { action: what.toUpperCase() as DowngradeAction, version: target },
      } as const;
      const said = `${what} a downgrade${target === "" ? "" : ` to ${target}`}`;
      world.clients.ask(client, call, said, operation, patient(world, input));
    },
  ),
  "member-add": action(
    "An operator adds a member, with a vote or as a learner. Its process is started by `start-machine`.",
    withOperation(
      request("key of member-add", { member: memberId, learner: flag.default(false) }),
      ofWord("member-add"),
    ),
    (names, input) => {
      giveOperation(names, input);
      addMember(names, input.member, "member");
    },
    (world, input) => {
      const { member, learner, client, operation } = input;
      const added = { peerUrls: [peerUrl(member)], isLearner: learner };
      const call = { type: "memberAdd", request: added } as const;
      world.clients.changes.set(operation, { member, adds: true });
      const what = `add m${member}${learner ? " as a learner" : ""}`;
      world.clients.ask(client, call, what, operation, patient(world, input));
    },
  ),
  "member-list": action(
    "An operator asks who the members are; `serializable`: whom a member knows of.",
    withOperation(
      request("key of member-list", { serializable: flag.default(false) }),
      () => "member-list",
    ),
    giveOperation,
    (world, input) => {
      const { serializable, client, operation } = input;
      const call = { type: "memberList", request: { linearizable: !serializable } } as const;
      world.clients.ask(client, call, "list the members", operation, callOptions(world, input));
    },
  ),
  "start-machine": action(
    "The process of a new machine starts, with an empty disk, to join the cluster.",
    memberId,
    startMember,
    (world, member) => world.inject({ type: "start", member }),
  ),
  "member-promote": action(
    "An operator gives a learner its vote.",
    byName("member-promote"),
    operationOnMember,
    (world, input) => {
      const { member, client, operation } = input;
      const options = patient(world, input);
      world.clients.changes.set(operation, { member, adds: false });
      world.clients.perform(client, `promote m${member}`, operation, (asking) =>
        withMember(asking, member, options, (id) => ({ type: "memberPromote", request: { id } })),
      );
    },
  ),
  "member-remove": action(
    "An operator removes a member, for good.",
    byName("member-remove"),
    operationOnMember,
    (world, input) => {
      const { member, client, operation } = input;
      const options = patient(world, input);
      world.clients.changes.set(operation, { member, adds: false });
      world.clients.perform(client, `remove m${member}`, operation, (asking) =>
        withMember(asking, member, options, (id) => ({ type: "memberRemove", request: { id } })),
      );
    },
  ),
  "member-update": action(
    "An operator gives a member another address.",
    withOperation(
      request("key of member-update", { member: memberId, url: text }),
      ofWord("member-update"),
    ),
    operationOnMember,
    (world, input) => {
      const { member, url, client, operation } = input;
      const options = patient(world, input);
      world.clients.perform(client, `move m${member} to ${url}`, operation, (asking) =>
        withMember(asking, member, options, (id) => ({
          type: "memberUpdate",
          request: { id, peerUrls: [url] },
        })),
      );
    },
  ),
} satisfies Record<string, Action>;
