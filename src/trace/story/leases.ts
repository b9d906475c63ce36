import type { LeaseEvent } from "../events.ts";
import { type LeaseFrame, leaseOf } from "../frames/data-frame.ts";
import {
  clientName,
  durationText,
  fewText,
  memberName,
  plural,
  printable,
  timeText,
} from "../names.ts";
import type { Scene, Told } from "./line.ts";
import type { Renewals } from "./renewal-runs.ts";

/** Leases: who has them, who counts them down, how they end and what goes with them. */

const TOPIC = "lease";

export function tellLease(event: LeaseEvent, scene: Scene): Told {
  switch (event.action) {
    case "grant":
      return tellGrant(event, scene);
    case "renew":
      return tellRenew(event, scene);
    case "expire":
      return tellExpire(event, scene);
    case "revoke":
      return tellRevoke(event, scene);
    case "checkpoint":
      return {
        text: `notes that lease ${event.lease} has ${event.ttl} s left`,
        because: "a later leader would give it its whole time again",
        detail: "all",
        topic: TOPIC,
      };
    case "promote":
      return tellPromote(event, scene);
    case "demote":
      return tellDemote(scene);
  }
}

function tellGrant(event: LeaseEvent, scene: Scene): Told {
  const lease = leaseOf(scene.after.data, event.lease);
  const isFirst = lease !== undefined && leaseOf(scene.before.data, event.lease) === undefined;
  const counts = scene.after.data.primary === event.member;
  return {
    text: `grants lease ${event.lease} for ${event.ttl} s`,
    because: isFirst && counts ? "its clock counts it down, since it leads" : "",
    detail: isFirst ? "story" : "all",
    topic: TOPIC,
  };
}

/** The first one is told, with how many like it follow; what it says of the client is who asked whom. */
function tellRenew(event: LeaseEvent, scene: Scene): Told {
  const run = scene.renewals(event.seq);
  const client = run === undefined || run.client === 0 ? "its client" : clientName(run.client);
  const via = run === undefined || run.via === 0 ? "" : ` by way of ${memberName(run.via)}`;
  return {
    text: renewText(event, run),
    because: `${client} keeps it alive${via}`,
    detail: run === undefined ? "all" : "story",
    topic: TOPIC,
  };
}

/** It says how many there were of the renewals, as far as they are known. */
export function renewText(
  { lease, ttl }: LeaseEvent,
  run: Pick<Renewals, "count" | "last"> | undefined,
): string {
  const often =
    run === undefined || run.count === 1 ? "" : `, ${run.count} times until ${timeText(run.last)}`;
  return `renews lease ${lease} for ${ttl} s${often}`;
}

const BEGAN = {
  grant: "nobody renewed it since it was granted",
  renew: "it was last renewed",
  promote: "nobody renewed it since this leader began to count it",
} as const;

function tellExpire(event: LeaseEvent, scene: Scene): Told {
  const lease = leaseOf(scene.before.data, event.lease);
  const ago = lease === undefined ? "" : ` ${durationText(event.at - lease.since)} ago`;
  return {
    text: `finds lease ${event.lease} expired by its clock and proposes to revoke it`,
    because: lease === undefined ? "" : `${BEGAN[lease.began]}${ago}`,
    // A revoke that is not committed is proposed again.
    detail: lease?.expired === true ? "all" : "story",
    topic: TOPIC,
  };
}

function tellRevoke(event: LeaseEvent, scene: Scene): Told {
  const { before, after } = scene;
  const lease = leaseOf(before.data, event.lease);
  const isFirst = lease !== undefined && leaseOf(after.data, event.lease) === undefined;
  const keys = (lease?.keys ?? []).map(({ key }) => printable(key));
  const and = keys.length === 0 ? "" : `, and ${fewText(keys)} ${goes(keys.length)} with it`;
  return {
    text: `revokes lease ${event.lease}${and}`,
    because: isFirst ? whyRevoked(lease, scene) : "",
    detail: isFirst ? "story" : "all",
    topic: TOPIC,
  };
}

function goes(count: number): string {
  return count === 1 ? "goes" : "go";
}

function whyRevoked(lease: LeaseFrame, { before }: Scene): string {
  const asked = before.pending.find(({ request }) => {
    return request.type === "lease" && request.method === "revoke" && request.lease === lease.id;
  });
  if (asked !== undefined) return `${clientName(asked.client)} asked for it`;
  return lease.expired ? "it had expired" : "";
}

function tellPromote(event: LeaseEvent, scene: Scene): Told {
  const { before, after } = scene;
  const { leases } = after.data;
  if (leases.length === 0) {
    return { text: "counts leases down from now on", detail: "all", topic: TOPIC };
  }
  const each = leases.map(
    (lease) => `${lease.id} for ${durationText(lease.expires - event.at)} from now`,
  );
  const saved = leases.some((lease) => lease.remaining > 0);
  return {
    text: `counts leases down from now on, and gives each its time anew: ${fewText(each)}`,
    because: `no leader knows how much the one before had counted${saved ? " since its last checkpoint" : ""}; an election timeout (${durationText(before.election)}) is added for the time without one`,
    topic: TOPIC,
  };
}

function tellDemote(scene: Scene): Told {
  const { leases } = scene.before.data;
  const count = leases.length;
  return {
    text:
      count === 0
        ? "counts no leases down any more"
        : `counts its ${count} ${plural(count, "lease")} down no more`,
    because: "it leads no more, and only a leader may let leases end",
    detail: count === 0 ? "all" : "story",
    topic: TOPIC,
  };
}
