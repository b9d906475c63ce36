import { leaseIdHex } from "../../api/lease-id.ts";
import { upOf } from "../language/member-states.ts";
import type { LeaseRecord, WatchRecord } from "./client-record.ts";
import type { World } from "./world.ts";

/** What a watch that the scenario named received so far. */
export function watchRecord(world: World, name: string): WatchRecord {
  return world.history.clientRecord.watches.get(world.clients.watch(name).id) as WatchRecord;
}

/** What became of a lease that the scenario named; undefined while no member granted it. */
export function leaseRecord(world: World, name: string): LeaseRecord | undefined {
  const id = leaseIdHex(world.clients.lease(name).id);
  return world.history.clientRecord.leases.get(id);
}

/** The alarms that are on, as the leader has them, or else the member that applied most. */
export function alarmsOf(world: World) {
  const leader = world.cluster.leader();
  const newest = upOf(world).reduce((best, view) => (view.applied > best.applied ? view : best));
  return world.cluster.inspect(leader === 0 ? newest.id : leader)?.alarms ?? [];
}
