import type { HoldEvent } from "../events.ts";
import { type HoldFrame, leaseOf } from "../frames/data-frame.ts";
import { clientName, durationText, printable } from "../names.ts";
import type { Scene, Told } from "./line.ts";

/** Locks and leaderships, as their holders see them. */

export function tellHold(event: HoldEvent, scene: Scene): Told {
  const { before, after } = scene;
  const { client, name, fence } = event;
  const what = `${printable(name)} (fence ${fence})`;
  const base = { topic: "lock", actor: clientName(client) } as const;
  const own = before.data.holds.find((hold) => hold.client === client && hold.name === name);
  const others = before.data.holds.filter((hold) => hold.client !== client && hold.name === name);
  const held = own === undefined ? "" : ` after ${durationText(event.at - own.since)}`;
  switch (event.action) {
    case "acquire": {
      const acquired = after.data.holds.at(-1);
      const lease = acquired?.lease ?? "";
      if (others.length === 0) {
        const because =
          lease === "" ? "" : `the oldest key that waits for it is on its lease ${lease}`;
        return { ...base, text: `holds ${what}`, because };
      }
      const also = others.map((hold) => `${clientName(hold.client)} (fence ${hold.fence})`);
      return {
        ...base,
        text: `holds ${what}, while ${also.join(" and ")} still ${also.length === 1 ? "believes" : "believe"} to hold it`,
        because: others.map((hold) => whyUnnoticed(hold, scene)).join("; "),
      };
    }
    case "release":
      return { ...base, text: `gives ${what} back${held}` };
    case "lost": {
      const newer = others.find((hold) => hold.fence > fence);
      const meanwhile = newer === undefined ? "" : `; ${clientName(newer.client)} has it by now`;
      return {
        ...base,
        text: `learns${held} that it may not hold ${what} any more`,
        because: own === undefined ? "" : `${whyLost(own, scene)}${meanwhile}`,
      };
    }
  }
}

/** Why somebody believes to hold what another has. */
function whyUnnoticed(hold: HoldFrame, { before }: Scene): string {
  const name = clientName(hold.client);
  if (hold.lease === "") return `${name} has not noticed that it lost it`;
  return leaseOf(before.data, hold.lease) === undefined
    ? `the key of ${name} went with its lease ${hold.lease}, which ${name} has not noticed`
    : `lease ${hold.lease} of ${name} is still there, but not the key`;
}

function whyLost({ lease }: HoldFrame, { before }: Scene): string {
  if (lease === "") return "its session ended";
  return leaseOf(before.data, lease) === undefined
    ? `its lease ${lease} is gone`
    : `it could not keep its lease ${lease} alive`;
}
