import type { Random } from "../base/random.ts";

/**
 * How long a node waits for its leader: draws a number of ticks in [electionTick, 2 * electionTick
 * - 1]. Drawn at random so that seldom two nodes campaign at once and split the vote (Raft 5.2).
 *
 * Raft has no chance of its own: the caller passes this in (`Config.randomElectionTimeout`), and
 * `Raft.reset` draws with each change of role. `tick.ts` campaigns when the time is up.
 */
export type RandomElectionTimeout = (electionTick: number) => number;

/** Every number of ticks is as likely, as in etcd-io/raft's resetRandomizedElectionTimeout. */
export function electionTimeoutsFrom(random: Random): RandomElectionTimeout {
  return (electionTick) => random.between(electionTick, 2 * electionTick - 1);
}
