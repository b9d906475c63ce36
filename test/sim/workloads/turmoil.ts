import type { Random } from "../../../src/base/random.ts";
import { MILLISECOND } from "../../../src/base/time.ts";
import type { Cluster } from "../../../src/sim/cluster.ts";

/** What is broken now. */
interface Trouble {
  /** The one member that is down or paused; 0: none. */
  member: number;
  paused: boolean;
  /** Clients that are paused. */
  readonly clients: Set<number>;
  cut: boolean;
}

/**
 * Kills, pauses and cuts off members and clients at random, never more than one member at a time; the
 * leader more often than others. Everything works again in the end.
 */
export function turmoil(
  cluster: Cluster,
  random: Random,
  clients: readonly number[],
  rounds: number,
): void {
  const trouble: Trouble = { member: 0, paused: false, clients: new Set(), cut: false };
  for (let round = 0; round < rounds; round++) {
    act(cluster, random, clients, trouble);
    cluster.runUntil(cluster.now + random.between(10, 3000) * MILLISECOND);
  }
  mend(cluster, trouble);
  for (const client of trouble.clients) cluster.inject({ type: "client-resume", client });
  if (trouble.cut) cluster.inject({ type: "heal" });
}

function mend(cluster: Cluster, trouble: Trouble): void {
  const { member, paused } = trouble;
  trouble.member = 0;
  if (member !== 0) cluster.inject({ type: paused ? "resume" : "restart", member });
}

function act(cluster: Cluster, random: Random, clients: readonly number[], trouble: Trouble): void {
  const client = random.pick(clients);
  switch (random.below(6)) {
    case 0:
    case 1: {
      if (trouble.member !== 0) {
        mend(cluster, trouble);
        return;
      }
      const leader = cluster.leader();
      const member = random.below(3) > 0 && leader !== 0 ? leader : random.pick([1, 2, 3]);
      trouble.member = member;
      trouble.paused = random.below(3) === 0;
      if (trouble.paused) cluster.inject({ type: "pause", member });
      else cluster.inject({ type: "crash", member, disk: "random" });
      return;
    }
    case 2:
      mend(cluster, trouble);
      return;
    case 3:
      if (trouble.clients.delete(client)) cluster.inject({ type: "client-resume", client });
      else {
        trouble.clients.add(client);
        cluster.inject({ type: "client-pause", client });
      }
      return;
    case 4: {
      const members = random.below(2) === 0 ? [1, 2, 3] : [random.pick([1, 2, 3])];
      cluster.inject({ type: "client-cut", clients: [client], members });
      trouble.cut = true;
      return;
    }
    default:
      if (trouble.cut) cluster.inject({ type: "heal" });
      trouble.cut = false;
  }
}
