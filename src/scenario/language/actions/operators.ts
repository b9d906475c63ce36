import { z } from "zod";
import { memberId, members, record } from "../../read/scalars.ts";
import { addMember, addNewMember, referToMembers } from "../member-names.ts";
import { type Action, action } from "./action.ts";

const memberIds = z.array(memberId).default([]);

/** What an operator does through the API. */
export const OPERATOR_ACTIONS = {
  "transfer-to": action(
    "The leader hands its leadership over.",
    members.refine((selector) => !selector.includes("leader"), {
      error: "the leader leads already: name whom it hands over to, e.g. follower",
    }),
    referToMembers,
    (world, selector) => world.inject({ type: "transfer", to: world.member(selector) }),
  ),
  "add-learner": action(
    "A new member joins without a vote.",
    memberId,
    addNewMember,
    (world, member) => world.inject({ type: "add-member", member, learner: true }),
  ),
  "add-member": action("A new member joins with a vote.", memberId, addNewMember, (world, member) =>
    world.inject({ type: "add-member", member, learner: false }),
  ),
  promote: action("A learner gets its vote.", members, referToMembers, (world, selector) =>
    world.inject({ type: "promote", member: world.member(selector) }),
  ),
  "remove-member": action("A member leaves for good.", members, referToMembers, (world, selector) =>
    world.inject({ type: "remove-member", member: world.member(selector) }),
  ),
  change: action(
    "Several changes at once, through a joint configuration.",
    record("key of change", { add: memberIds, remove: memberIds, learners: memberIds }).refine(
      ({ add, remove, learners }) => add.length + remove.length + learners.length > 0,
      { error: "it changes nothing: name members to add, to remove, or to make learners" },
    ),
    (names, { add, remove, learners }) => {
      for (const [i, id] of add.entries()) addMember(names, id, "add", i);
      for (const [i, id] of learners.entries()) addMember(names, id, "learners", i);
      referToMembers(names, remove, "remove");
    },
    (world, { add, remove, learners }) => world.inject({ type: "change", add, remove, learners }),
  ),
} satisfies Record<string, Action>;
