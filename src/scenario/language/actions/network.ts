import { z } from "zod";
import type { LinkOptions } from "../../../sim/options.ts";
import { duration, expected, flag, integer, members, ratio, record } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";
import { referToMembers } from "../member-names.ts";
import { type NamesOf, noNames } from "../names.ts";
import { type Selector, SelectorError } from "../selectors.ts";
import { type Action, action } from "./action.ts";

/** Messages that members send to each other. */
export const MESSAGE_NAMES = [
  "any",
  "MsgApp",
  "MsgAppResp",
  "MsgVote",
  "MsgVoteResp",
  "MsgPreVote",
  "MsgPreVoteResp",
  "MsgSnap",
  "MsgHeartbeat",
  "MsgHeartbeatResp",
  "MsgTimeoutNow",
  "MsgReadIndex",
  "MsgReadIndexResp",
  "MsgProp",
  "MsgTransferLeader",
] as const;

export const messageName = z.enum(MESSAGE_NAMES, {
  error: (issue) => expected(`a message such as MsgApp, or any`, issue.input),
});

const groups = z
  .union(
    [
      z.array(members).min(1, "an empty list parts nobody"),
      record("key of partition", { minority: members }),
    ],
    { error: (issue) => expected("groups such as [[m1, m2], [m3]]", issue.input) },
  )
  .transform((input) => input);

const ends = (noun: string) => record(`key of ${noun}`, { from: members, to: members });

const link = record("key of link", {
  from: members.optional(),
  to: members.optional(),
  min: duration.optional(),
  mean: duration.optional(),
  max: duration.optional(),
  loss: ratio.optional(),
  duplicate: ratio.optional(),
  reorder: ratio.optional(),
});

/** The members at the ends of links. */
export const referToEnds: NamesOf<{
  readonly from?: Selector | undefined;
  readonly to?: Selector | undefined;
}> = (names, { from, to }) => {
  referToMembers(names, from, "from");
  referToMembers(names, to, "to");
};

/** Cuts each pair of the two sides; a member is never cut from itself. */
function oneWay(world: World, type: "cut" | "clog", from: Selector, to: Selector): void {
  const sources = world.members(from);
  const targets = world.members(to);
  for (const source of sources) {
    const others = targets.filter((id) => id !== source);
    if (others.length > 0) world.inject({ type, from: [source], to: others });
  }
}

/** `chosen` and as many of the other members, by id, as still are a minority. */
function minorityWith(world: World, chosen: readonly number[]): number[] {
  const all = world.cluster.memberIds();
  const size = (all.length - 1) >> 1;
  const others = all.filter((id) => !chosen.includes(id));
  return [...chosen, ...others.slice(0, Math.max(0, size - chosen.length))].sort((a, b) => a - b);
}

/** What happens to the links between members. */
export const NETWORK_ACTIONS = {
  partition: action(
    "Members in different groups can't hear each other; those in no group form one more. `minority: leader` puts the leader into a minority.",
    groups,
    (names, input) => {
      if (!Array.isArray(input)) referToMembers(names, input.minority, "minority");
      else for (const [i, group] of input.entries()) referToMembers(names, group, i);
    },
    (world, input) => {
      const sides = Array.isArray(input)
        ? input.map((selector) => world.members(selector))
        : [minorityWith(world, world.members(input.minority))];
      const all = sides.flat();
      const twice = all.find((id, i) => all.indexOf(id) < i);
      if (twice !== undefined) throw new SelectorError(`m${twice} would be on two sides`);
      world.inject({ type: "partition", groups: sides });
    },
  ),
  isolate: action(
    "These members, each alone, hear nobody.",
    members,
    referToMembers,
    (world, selector) => {
      world.inject({ type: "partition", groups: world.members(selector).map((id) => [id]) });
    },
  ),
  cut: action(
    "One way: nothing from `from` reaches `to`.",
    ends("cut"),
    referToEnds,
    (world, { from, to }) => oneWay(world, "cut", from, to),
  ),
  heal: action(
    "All links work again, as the cluster's network says.",
    flag,
    noNames,
    (world, yes) => {
      if (yes) world.inject({ type: "heal" });
    },
  ),
  clog: action("Messages wait until `unclog`.", ends("clog"), referToEnds, (world, { from, to }) =>
    oneWay(world, "clog", from, to),
  ),
  unclog: action("Messages that waited go on, in order.", flag, noNames, (world, yes) => {
    if (yes) world.inject({ type: "unclog" });
  }),
  misdeliver: action(
    "Raft's messages from → to arrive at another member, until `heal`.",
    record("key of misdeliver", { from: members, to: members, at: members }),
    (names, input) => {
      referToEnds(names, input);
      referToMembers(names, input.at, "at");
    },
    (world, { from, to, at }) => {
      const [target, where] = [world.member(to), world.member(at)];
      const sources = world.members(from).filter((id) => id !== target && id !== where);
      if (sources.length === 0) throw new SelectorError("nobody is left to send anything");
      world.inject({ type: "misdeliver", from: sources, to: target, at: where });
    },
  ),
  link: action(
    "Changes delays, loss, duplication or reordering of the links from → to (absent: all).",
    link,
    referToEnds,
    (world, input) => {
      const options: { -readonly [K in keyof LinkOptions]?: LinkOptions[K] } = {};
      if (input.min !== undefined) options.minUs = input.min;
      if (input.mean !== undefined) options.meanUs = input.mean;
      if (input.max !== undefined) options.maxUs = input.max;
      if (input.loss !== undefined) options.loss = input.loss;
      if (input.duplicate !== undefined) options.duplicate = input.duplicate;
      if (input.reorder !== undefined) options.reorder = input.reorder;
      world.inject({
        type: "link",
        ...(input.from === undefined ? {} : { from: world.members(input.from) }),
        ...(input.to === undefined ? {} : { to: world.members(input.to) }),
        options,
      });
    },
  ),
  "drop-next": action(
    "The next `count` messages of a type from → to are lost.",
    record("key of drop-next", {
      from: members,
      to: members,
      message: messageName.default("any"),
      count: integer(1, 1_000_000).default(1),
    }),
    referToEnds,
    (world, { from, to, message, count }) => {
      for (const source of world.members(from)) {
        for (const target of world.members(to)) {
          if (source === target) continue;
          world.inject({ type: "drop-next", from: source, to: target, message, count });
        }
      }
    },
  ),
} satisfies Record<string, Action>;
