import type { StepData } from "../../scenario/read/scenario-data.ts";
import { type Frame, memberOf } from "../../trace/frames/frame.ts";
import { memberName, messageName } from "../../trace/names.ts";

/** What has to be chosen before it can be done, in this order. */
export type Choice = "member" | "other" | "members" | "message";

/** What was chosen: members by their numbers, a message by its place among those that fly. */
export type Chosen = readonly number[];

/** Something that can be done to the world by hand, at the moment that is shown. */
export interface HandFault {
  /** In the menu. */
  readonly key: string;
  readonly title: string;
  readonly chooses: readonly Choice[];
  /** Why it can't be done to that member now; empty: it can. */
  objection?(frame: Frame, member: number): string;
  step(chosen: Chosen, frame: Frame): StepData;
}

const down = (frame: Frame, id: number): string =>
  ["down", "absent"].includes(memberOf(frame, id).status) ? `${memberName(id)} is not running` : "";
const running = (frame: Frame, id: number): string =>
  ["up", "paused"].includes(memberOf(frame, id).status) ? `${memberName(id)} is running` : "";

const first = ([one]: Chosen): string => memberName(one ?? 0);

/** In the order of the menu: what breaks, what mends, what an operator or a client asks for. */
export const HAND_FAULTS: readonly HandFault[] = [
  {
    key: "c",
    title: "crash a member: its process ends, what was not synced is lost",
    chooses: ["member"],
    objection: down,
    step: (chosen) => ({ crash: { member: first(chosen), disk: "lose" } }),
  },
  {
    key: "r",
    title: "start a member again",
    chooses: ["member"],
    objection: running,
    step: (chosen) => ({ restart: first(chosen) }),
  },
  {
    key: "p",
    title: "pause a process, as SIGSTOP; or let it go on",
    chooses: ["member"],
    objection: down,
    step: (chosen, frame) =>
      memberOf(frame, chosen[0] ?? 0).status === "paused"
        ? { resume: first(chosen) }
        : { pause: first(chosen) },
  },
  {
    key: "i",
    title: "isolate a member: nobody hears it, and it hears nobody",
    chooses: ["member"],
    step: (chosen) => ({ isolate: first(chosen) }),
  },
  {
    key: "|",
    title: "part the network: these members on one side, the others on the other",
    chooses: ["members"],
    step: (chosen, frame) => {
      const rest = frame.members.map(({ id }) => id).filter((id) => !chosen.includes(id));
      const sides = [chosen, rest].filter((side) => side.length > 0);
      return { partition: sides.map((side) => side.map(memberName)) };
    },
  },
  {
    key: "1",
    title: "cut one way: nothing gets from the first to the second",
    chooses: ["member", "other"],
    step: ([from = 0, to = 0]) => ({ cut: { from: memberName(from), to: memberName(to) } }),
  },
  { key: "h", title: "heal: all links work again", chooses: [], step: () => ({ heal: true }) },
  {
    key: "l",
    title: "lose a message that is flying",
    chooses: ["message"],
    step: (chosen, frame) => ({ lose: flightOf(chosen, frame) }),
  },
  {
    key: "d",
    title: "deliver a message that is flying, now",
    chooses: ["message"],
    step: (chosen, frame) => ({ deliver: flightOf(chosen, frame) }),
  },
  {
    key: "w",
    title: "slow a disk: each sync takes 50 to 150 ms",
    chooses: ["member"],
    step: (chosen) => ({
      "disk-slow": { member: first(chosen), min: "50ms", mean: "100ms", max: "150ms" },
    }),
  },
  {
    key: "t",
    title: "tear the next write of a disk: power fails in the middle of it",
    chooses: ["member"],
    objection: down,
    step: (chosen) => ({ "crash-at": { member: first(chosen), operations: 1, disk: "tear" } }),
  },
  {
    key: "j",
    title: "let a wall clock jump an hour ahead",
    chooses: ["member"],
    step: (chosen) => ({ skew: { member: first(chosen), by: "3600s" } }),
  },
  {
    key: "e",
    title: "fire a follower's election timer",
    chooses: ["member"],
    objection: down,
    step: (chosen) => ({ campaign: first(chosen) }),
  },
  {
    key: "m",
    title: "move leadership to a member",
    chooses: ["member"],
    step: (chosen) => ({ "transfer-to": first(chosen) }),
  },
  {
    key: "u",
    title: "put a key, by client 1",
    chooses: [],
    step: (_, frame) => ({ put: { key: "k", value: `v${frame.seq}`, client: 1 } }),
  },
  {
    key: "a",
    title: "add a member: a new machine, and a voter",
    chooses: [],
    step: (_, frame) => ({
      "add-member": memberName(Math.max(...frame.members.map(({ id }) => id)) + 1),
    }),
  },
  {
    key: "x",
    title: "remove a member from the cluster",
    chooses: ["member"],
    step: (chosen) => ({ "remove-member": first(chosen) }),
  },
];

/** Which of the messages of its kind on its link it is, as `lose` and `deliver` count: by arrival. */
function flightOf([place = 0]: Chosen, frame: Frame): StepData {
  const flight = frame.flights[place];
  if (flight === undefined) throw new Error("no such message flies");
  const { from, to, type } = flight.message;
  const alike = frame.flights.filter(
    ({ message }) => message.from === from && message.to === to && message.type === type,
  );
  const nth = alike.indexOf(flight) + 1;
  const which = { from: memberName(from), to: memberName(to), message: type };
  return nth === 1 ? which : { ...which, nth };
}

/** `m1 → m2  request for a vote`: how a message is told from others. */
export function flightText(frame: Frame, place: number): string {
  const flight = frame.flights[place];
  if (flight === undefined) return "";
  const { message } = flight;
  return `${memberName(message.from)} → ${memberName(message.to)}  ${messageName(message)}, term ${message.term}`;
}
