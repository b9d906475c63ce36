import { EPOCH } from "../../sim/machine/local-clock.ts";
import type { World } from "./world.ts";

/** Undoes every fault, and starts every member that is not running. */
export function endFaults(world: World): void {
  const { cluster } = world;
  const { disk } = cluster.options;
  world.crashNowhere();
  for (const client of cluster.clients.ids()) {
    const { paused, drift } = cluster.clients.process(client);
    if (paused) world.undo({ type: "client-resume", client });
    if (drift !== 0) world.undo({ type: "client-drift", client, ppm: 0 });
    world.readEvery(client, 0);
  }
  // Links are what the cluster says again, and let go what they held.
  world.undo({ type: "heal" });
  for (const member of cluster.memberIds()) {
    const node = cluster.node(member);
    if (node.retired) continue;
    if (node.clock.drift !== 0) world.undo({ type: "drift", member, ppm: 0 });
    // As NTP sets a clock right: else tokens end before they begin.
    const ahead = node.clock.wall(cluster.now) - EPOCH - cluster.now;
    if (ahead !== 0) world.undo({ type: "skew", member, us: -ahead });
    if (node.applyTakes !== 0) world.undo({ type: "slow-apply", member, us: 0 });
    if (node.disk.options !== disk) world.undo({ type: "disk-slow", member, options: disk });
    if (node.disk.full) world.undo({ type: "disk-full", member, full: false });
    if (node.status === "paused") world.undo({ type: "resume", member });
    if (node.status !== "up") world.undo({ type: "restart", member });
  }
}
