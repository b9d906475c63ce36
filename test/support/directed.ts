import { op } from "../../src/api/build.ts";
import { SECOND } from "../../src/base/time.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { Fault } from "../../src/sim/fault.ts";
import { ask, callsOf } from "./patient.ts";

/** Lets the world run until `done`, at most 30 s of its time; throws if it never comes to be. */
export function until(cluster: Cluster, what: string, done: () => boolean): void {
  const deadline = cluster.now + 30 * SECOND;
  while (!done()) {
    if (cluster.nextAt() > deadline) throw new Error(`it never came to be that ${what}`);
    cluster.step();
  }
}

export function inject(cluster: Cluster, ...faults: readonly Fault[]): void {
  for (const fault of faults) cluster.inject(fault);
}

/** Makes `member` the leader, by asking for its campaign as often as it takes. */
export function elect(cluster: Cluster, member: number): void {
  until(cluster, `m${member} is up`, () => cluster.view(member).status === "up");
  for (let i = 0; i < 20 && cluster.leader() !== member; i++) {
    inject(cluster, { type: "campaign", member });
    cluster.runUntil(cluster.now + SECOND / 5);
  }
  until(cluster, `m${member} leads`, () => cluster.leader() === member);
}

/** A client that talks to `member` alone writes `count` values. */
export function write(cluster: Cluster, member: number, count = 1): void {
  for (let i = 0; i < count; i++) {
    const value = `${callsOf(cluster).length}`;
    ask(cluster, member, op.put("k", value), { to: member, pin: true });
  }
}

/** Until the member's log holds `index`. */
export function logged(cluster: Cluster, member: number, index: number): void {
  until(cluster, `m${member} holds entry ${index}`, () => cluster.view(member).lastIndex >= index);
}
