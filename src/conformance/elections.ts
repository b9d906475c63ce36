import { requireValue, scanInt, scanUint } from "./argument.ts";
import { type Command, firstPosition, positions } from "./command.ts";
import type { Environment } from "./environment.ts";
import { HarnessFatal } from "./failures.ts";
import { errorText } from "./messages.ts";

/**
 * Who leads, and the ticks that lead to it: `campaign`, `transfer-leadership`, `forget-leader`,
 * `report-unreachable`, `tick-election`, `tick-heartbeat`, `set-randomized-election-timeout`.
 */

/** `campaign 1`. */
export const campaign: Command = (environment, args) => {
  const error = environment.node(firstPosition(args)).raw.campaign();
  return error === null ? null : errorText(error);
};

/** `transfer-leadership from=1 to=4`. */
export const transferLeadership: Command = (environment, args) => {
  const from = scanUint(requireValue(args, "from"));
  const to = scanUint(requireValue(args, "to"));
  const count = environment.nodes.length;
  if (from === 0 || from > count) throw new HarnessFatal('expected valid "from" argument');
  if (to === 0 || to > count) throw new HarnessFatal('expected valid "to" argument');
  environment.node(from - 1).raw.transferLeader(to);
  return null;
};

/** `forget-leader 1`. Go's handler does not look at the error. */
export const forgetLeader: Command = (environment, args) => {
  environment.node(firstPosition(args)).raw.forgetLeader();
  return null;
};

/** `report-unreachable 1 2`: node 1 is told that node 2 cannot be reached. */
export const reportUnreachable: Command = (environment, args) => {
  const list = positions(args);
  const [on, reported] = list;
  if (on === undefined || reported === undefined || list.length !== 2) {
    return "must specify exactly two node indexes: node on which to report, and reported node";
  }
  // In Go's order: of two nodes that do not exist it panics of the first.
  const { raw } = environment.node(on);
  raw.reportUnreachable(environment.node(reported).id);
  return null;
};

/** `tick-election 1`: as many ticks as the election timeout, before it is randomized. */
export const tickElection: Command = (environment, args) => {
  const position = firstPosition(args);
  return tick(environment, position, environment.node(position).electionTick);
};

/** `tick-heartbeat 1`: as many ticks as a heartbeat interval. */
export const tickHeartbeat: Command = (environment, args) => {
  const position = firstPosition(args);
  return tick(environment, position, environment.node(position).heartbeatTick);
};

/** `set-randomized-election-timeout 1 timeout=5`: holds until the node changes its state. */
export const setRandomizedElectionTimeout: Command = (environment, args) => {
  const position = firstPosition(args);
  const timeout = scanInt(requireValue(args, "timeout"));
  if (timeout === 0) throw new HarnessFatal("Should not be zero, but was 0");
  environment.node(position).raw.raft.randomizedElectionTimeout = timeout;
  return null;
};

function tick(environment: Environment, position: number, count: number): null {
  const { raw } = environment.node(position);
  for (let i = 0; i < count; i++) raw.tick();
  return null;
}
