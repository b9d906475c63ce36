import type {
  AlarmEvent,
  ChangesEvent,
  CompactEvent,
  CompactionEvent,
  KeyChange,
} from "../events.ts";
import { changeText, clientName, fewText, memberName, printable } from "../names.ts";
import type { Scene, Told } from "./line.ts";

/** What happens to the store as a whole: its keys in full, compactions, alarms. */

export function tellChanges(event: ChangesEvent, scene: Scene): Told {
  const moved = event.changes.flatMap((change) => tellMoved(change, event, scene));
  if (moved.length > 0) return { text: fewText(moved, 3, "; "), topic: "lease" };
  return {
    text: `makes revision ${event.revision} of entry ${event.index}: ${fewText(event.changes.map(changeText))}`,
    detail: "all",
    topic: "log",
  };
}

/** A key that goes with another lease from now on, told by the first member that knows. */
function tellMoved(change: KeyChange, event: ChangesEvent, { before }: Scene): string[] {
  const { key, lease, type } = change;
  const { leases, index } = before.data;
  if (event.index <= index || type !== "put" || lease === "") return [];
  const had = leases.find((known) => known.id !== lease && known.keys.some((k) => k.key === key));
  if (had === undefined) return [];
  return [`puts ${printable(key)} under lease ${lease} instead of ${had.id}`];
}

export function tellCompaction(event: CompactionEvent, scene: Scene): Told {
  const { resumed } = scene.memory;
  if (event.action === "resume") {
    resumed.add(event.member);
    return {
      text: `finds a note in its database, that a compaction to revision ${event.revision} was scheduled, and goes on with it`,
      because: "there is none that it was finished",
      topic: "log",
    };
  }
  const detail = resumed.delete(event.member) ? "story" : "all";
  return {
    text: `has freed all that the compaction to revision ${event.revision} left over`,
    detail,
    topic: "log",
  };
}

export function tellCompact(event: CompactEvent, scene: Scene): Told {
  const { before } = scene;
  const isFirst = event.revision > before.data.compacted;
  const asked = before.pending.find(({ request }) => {
    return request.type === "call" && request.method === "compaction";
  });
  const by = asked === undefined ? "" : `${clientName(asked.client)} asked for it; `;
  return {
    text: `compacts the store up to revision ${event.revision}`,
    because: `${by}what was before can't be read or watched any more`,
    detail: isFirst ? "story" : "all",
    topic: "log",
  };
}

const MEANS: Readonly<Record<AlarmEvent["alarm"], string>> = {
  NOSPACE: "its backend would grow beyond the quota, so that no member takes puts or leases now",
  CORRUPT: "its data is not what the others have, so that no member serves keys now",
};

/** An alarm is told once, by the first member that knows of it. */
export function tellAlarm(event: AlarmEvent, scene: Scene): Told {
  const { alarms, behind } = scene.memory;
  const name = `${event.alarm} ${event.of}`;
  const isNews = alarms.has(name) !== event.active && !behind.has(event.member);
  if (isNews) {
    if (event.active) alarms.add(name);
    else alarms.delete(name);
  }
  return {
    text: `${event.active ? "raises" : "disarms"} the alarm ${event.alarm} of ${memberName(event.of)}`,
    because: isNews && event.active ? MEANS[event.alarm] : "",
    detail: isNews ? "story" : "all",
    topic: "alarm",
  };
}
