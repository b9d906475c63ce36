import type { WatcherEvent } from "../events.ts";
import { watchOf } from "../frames/data-frame.ts";
import { clientName, watchName } from "../names.ts";
import type { Scene, Told } from "./line.ts";

/** How members serve watches: live, from history, or not at all for now. */

const TOPIC = "watch";
/** So often a watch is told to fall behind; one that does for good is told no more. */
const FALLS = 3;

export function tellWatcher(event: WatcherEvent, scene: Scene): Told {
  const { watchers } = scene.memory;
  const place = `${event.member} ${event.opened}`;
  const { group, falls } = watchers.get(place) ?? { group: null, falls: 0 };
  const again = falls + (event.group === "victim" ? 1 : 0);
  watchers.set(place, { group: event.group, falls: again });
  const detail = again > FALLS ? "all" : "story";
  return { ...wordsFor(event, group, scene), detail, topic: TOPIC };
}

function wordsFor(
  event: WatcherEvent,
  was: WatcherEvent["group"] | null,
  scene: Scene,
): Pick<Told, "text" | "because"> {
  const opened = scene.find(event.opened);
  const known = opened?.kind === "watch" ? opened : undefined;
  const client = known === undefined ? "its client" : clientName(known.client);
  const name = known === undefined ? "a watch" : `${watchName(known.watch)} of ${client}`;
  const { next } = event;
  switch (event.group) {
    case "victim": {
      const heard = (known && watchOf(scene.before.data, known.watch)?.next) ?? 0;
      const read = heard > 1 ? `has read up to revision ${heard - 1} only` : "has read nothing yet";
      return {
        text: `can't hand ${name} revision ${next} and makes it a victim`,
        because: `the queue of its stream is full, and ${client} ${read}`,
      };
    }
    case "unsynced":
      return {
        text: `will serve ${name} from history, from revision ${next} on`,
        because:
          was === "victim"
            ? "there is room in its stream again, and writes went on meanwhile"
            : "a snapshot took the place of the store that it was in step with",
      };
    case "synced":
      return {
        text: `has ${name} in step again and hands it each write as it happens`,
        because: was === "victim" ? "there is room in its stream for what it kept" : "",
      };
  }
}
