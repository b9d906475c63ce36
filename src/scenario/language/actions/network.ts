import { z } from "zod";
import { SECOND } from "../../../base/time.ts";
import type { Fault } from "../../../sim/fault.ts";
import { halvesOf, shuffled } from "../../../sim/network/partition-shapes.ts";
import type { LinkOptions } from "../../../sim/options.ts";
import { duration, expected, integer, members, ratio, record, yes } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";
import { referToMembers } from "../member-names.ts";
import { type NamesOf, noNames } from "../names.ts";
import {
  formatSelector,
  meanOneAndTheSame,
  meansOne,
  names,
  type Selector,
  SelectorError,
} from "../selectors.ts";
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
      z
        .array(members)
        .min(1, "an empty list parts nobody")
        .superRefine((groups, context) => {
          for (const [i, group] of groups.entries()) {
            for (const term of group.filter((each) => meansOne(each))) {
              if (!groups.slice(0, i).some((before) => before.includes(term))) continue;
              const message = `${formatSelector([term])} would be on two sides`;
              context.addIssue({ code: "custom", message, path: [i] });
            }
          }
        }),
      record("key of partition", {
        minority: members.optional(),
        ring: yes.optional(),
        bridge: members.optional(),
        halves: z
          .literal("random", { error: (issue) => expected("random", issue.input) })
          .optional(),
      }).refine((shape) => Object.values(shape).filter((each) => each !== undefined).length === 1, {
        error: "needs one of minority, ring, bridge, halves",
      }),
    ],
    { error: (issue) => expected("groups such as [[m1, m2], [m3]]", issue.input) },
  )
  .transform((input) => input);

const toOneself = {
  error: "a member has no link to itself: name two members",
  path: ["to"],
};

/** Whether somebody can be at one end and somebody else at the other. */
function areTwo({ from, to }: { from?: Selector | undefined; to?: Selector | undefined }): boolean {
  return from === undefined || to === undefined || !meanOneAndTheSame(from, to);
}

const ends = (noun: string) =>
  record(`key of ${noun}`, { from: members, to: members }).refine(areTwo, toOneself);

const flight = (noun: string) =>
  record(`key of ${noun}`, {
    from: members,
    to: members,
    message: messageName.default("any"),
    nth: integer(1, 10_000).default(1),
  }).refine(areTwo, toOneself);

const link = record("key of link", {
  from: members.optional(),
  to: members.optional(),
  min: duration.optional(),
  mean: duration.optional(),
  max: duration.optional(),
  loss: ratio.optional(),
  duplicate: ratio.optional(),
  reorder: ratio.optional(),
  capacity: integer(1, 1_000_000).optional(),
})
  .refine(areTwo, toOneself)
  .refine(({ min = 0, mean = min, max = Math.max(min, mean) }) => min <= mean && mean <= max, {
    error: "needs min <= mean <= max",
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
  if (sources.every((source) => targets.every((id) => id === source))) {
    throw new SelectorError(`there is no link from ${names(sources)} to itself`);
  }
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

interface Shape {
  readonly minority?: Selector | undefined;
  readonly bridge?: Selector | undefined;
  readonly ring?: true | undefined;
}

/** A partition of all members that has a name. */
function shapeOf(world: World, { minority, bridge, ring }: Shape): Fault {
  const all = world.cluster.memberIds();
  if (minority !== undefined) {
    return { type: "partition", groups: [minorityWith(world, world.members(minority))] };
  }
  if (ring === true) return { type: "ring", members: all };
  if (bridge === undefined) {
    return { type: "partition", groups: halvesOf(shuffled(all, world.cluster.chance())) };
  }
  const member = world.member(bridge);
  return { type: "bridge", member, halves: halvesOf(all.filter((id) => id !== member)) };
}

/** What happens to the links between members. */
export const NETWORK_ACTIONS = {
  partition: action(
    "Members in different groups can't hear each other; those in no group form one more. `minority: leader` puts the leader into a minority; in a `ring` each hears its neighbours alone; of two halves only the `bridge` hears both; `halves: random` are drawn from the seed.",
    groups,
    (names, input) => {
      if (!Array.isArray(input)) {
        referToMembers(names, input.minority, "minority");
        referToMembers(names, input.bridge, "bridge");
      } else for (const [i, group] of input.entries()) referToMembers(names, group, i);
    },
    (world, input) => {
      if (!Array.isArray(input)) {
        world.inject(shapeOf(world, input));
        return;
      }
      const sides = input.map((selector) => world.members(selector));
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
  heal: action("All links work again, as the cluster's network says.", yes, noNames, (world) =>
    world.inject({ type: "heal" }),
  ),
  clog: action("Messages wait until `unclog`.", ends("clog"), referToEnds, (world, { from, to }) =>
    oneWay(world, "clog", from, to),
  ),
  unclog: action("Messages that waited go on, in order.", yes, noNames, (world) =>
    world.inject({ type: "unclog" }),
  ),
  swizzle: action(
    "Members are clogged one by one, and freed in another order; both are drawn from the seed. `over` is how long it takes in all.",
    record("key of swizzle", {
      members: members.default(["all"]),
      over: duration.default(2 * SECOND),
    }),
    (names, input) => referToMembers(names, input.members, "members"),
    (world, input) =>
      world.inject({
        type: "swizzle",
        members: world.members(input.members),
        overUs: input.over,
      }),
  ),
  misdeliver: action(
    "Raft's messages from → to arrive at another member, until `heal`.",
    record("key of misdeliver", { from: members, to: members, at: members })
      .refine(areTwo, toOneself)
      .refine(({ to, at }) => !meanOneAndTheSame(to, at), {
        error: "what arrives `at` whom it is meant for is not misdelivered: name another member",
        path: ["at"],
      })
      .refine(({ from, at }) => !meanOneAndTheSame(from, at), {
        error: "a member sends nothing to itself: name another member",
        path: ["at"],
      }),
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
    "Changes delays, loss, duplication or reordering of the links from → to (absent: all), or how many messages may be under way on each (`capacity`): more are lost.",
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
      if (input.capacity !== undefined) options.capacity = input.capacity;
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
    }).refine(areTwo, toOneself),
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
  lose: action(
    "A message that is under way from → to is lost: the one that arrives next, or the `nth`.",
    flight("lose"),
    referToEnds,
    (world, { from, to, message, nth }) => {
      const ends = { from: world.member(from), to: world.member(to) };
      world.inject({ type: "lose", ...ends, message, nth });
    },
  ),
  deliver: action(
    "A message that is under way from → to arrives now, before what was sent earlier.",
    flight("deliver"),
    referToEnds,
    (world, { from, to, message, nth }) => {
      const ends = { from: world.member(from), to: world.member(to) };
      world.inject({ type: "deliver", ...ends, message, nth });
    },
  ),
} satisfies Record<string, Action>;
