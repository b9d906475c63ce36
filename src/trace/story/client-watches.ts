import { SECOND } from "../../base/time.ts";
import type { ProgressRequestEvent, WatchEvent, WatchResponseEvent } from "../events.ts";
import { type WatchFrame, watchOf } from "../frames/data-frame.ts";
import { memberOf } from "../frames/frame.ts";
import {
  changeText,
  clientName,
  fewText,
  keysText,
  memberName,
  ordinal,
  watchName,
} from "../names.ts";
import type { Scene, Told } from "./line.ts";

/** Watches as clients see them: where they were opened, what they hear, where they go on, how they end. */

const TOPIC = "watch";
/** So many responses are told of each watch, and then those after a silence of so long. */
const FIRST = 3;
const SILENCE_US = SECOND;
/** A watch that lacks more revisions than this is behind; so many changes at once are many. */
const FAR = 10;

export function tellWatch(event: WatchEvent): Told {
  const { client, watch, key, rangeEnd, startRevision } = event;
  const without = [...(event.noPut ? ["puts"] : []), ...(event.noDelete ? ["deletions"] : [])].join(
    " and ",
  );
  const from = startRevision === 0 ? "from now on" : `from revision ${startRevision} on`;
  return {
    text: `opens watch ${watchName(watch)} of ${keysText(key, rangeEnd)} ${from}${without === "" ? "" : `, without ${without}`}`,
    topic: TOPIC,
    actor: clientName(client),
  };
}

export function tellProgressRequest(event: ProgressRequestEvent, scene: Scene): Told {
  scene.memory.askedProgress.add(event.client);
  return {
    text: "asks up to where its watches have heard of everything",
    topic: TOPIC,
    actor: clientName(event.client),
  };
}

export function tellWatchResponse(event: WatchResponseEvent, scene: Scene): Told {
  const actor = clientName(event.client);
  const was = watchOf(scene.before.data, event.watch);
  const name = watchName(event.watch);
  const from = memberName(event.from);
  switch (event.what) {
    case "created": {
      const next = watchOf(scene.after.data, event.watch)?.next ?? 0;
      const text = `${name} is created on ${from} at revision ${event.revision}: it hears what happens from revision ${next} on`;
      return { text, topic: TOPIC, actor };
    }
    case "events":
      return { ...tellEvents(event, was, scene), topic: TOPIC, actor };
    case "progress": {
      const heard = `has heard of all up to revision ${event.revision}`;
      const moved = movedOn(was, event, scene, `it ${heard}`);
      const routine = !scene.memory.askedProgress.delete(event.client);
      const said = moved ?? { text: `${name} ${heard}, ${from} says`, routine };
      return { ...said, topic: TOPIC, actor };
    }
    case "canceled":
      return { ...tellCanceled(event, was, scene), topic: TOPIC, actor };
  }
}

type Sentence = Pick<Told, "text" | "because" | "detail" | "routine">;

function tellEvents(
  event: WatchResponseEvent,
  was: WatchFrame | undefined,
  scene: Scene,
): Sentence {
  const count = (was?.deliveries ?? 0) + 1;
  const revision = event.events.at(-1)?.modRevision ?? event.revision;
  const what = fewText(event.events.map(changeText));
  const more = event.fragment ? ", and more of it follows" : "";
  const heard = `${what} at revision ${revision}${more}`;
  const isOften = count > FIRST && event.at - (was?.last ?? 0) < SILENCE_US;
  const which = count > FIRST ? ` (its ${ordinal(count)} time)` : "";
  const moved = movedOn(was, event, scene, heard);
  if (moved !== null) return moved;
  const behind = was === undefined ? 0 : newest(scene) + 1 - was.next;
  const caught =
    behind > FAR && revision === newest(scene)
      ? `; it has caught up, from ${behind} revisions behind`
      : "";
  // What is served from history comes in large pieces.
  const isLarge = event.events.length > FAR || caught !== "";
  return {
    text: `${watchName(event.watch)} hears from ${memberName(event.from)}: ${heard}${which}${caught}`,
    detail: isOften && !isLarge ? "all" : "story",
    routine: !isLarge,
  };
}

/** The newest revision of all stores. */
function newest({ before }: Scene): number {
  return before.members.reduce((most, { revision }) => Math.max(most, revision), 0);
}

/** Where from and why, if a watch was taken up by another member, or by the same one anew; else null. */
function movedOn(
  was: WatchFrame | undefined,
  event: WatchResponseEvent,
  scene: Scene,
  heard: string,
): Sentence | null {
  const anew = was !== undefined && was.member !== 0;
  if (!anew || (was.member === event.from && !was.lost)) return null;
  const before = memberName(was.member);
  const { status } = memberOf(scene.before, was.member);
  const fate =
    status === "down" || status === "paused"
      ? `is ${status}`
      : was.lost
        ? "crashed"
        : "lost its connection";
  return {
    text: `${watchName(event.watch)} goes on at ${memberName(event.from)} from revision ${was.next} on: ${heard}`,
    because: `${before}, which served it, ${fate}`,
  };
}

function tellCanceled(
  event: WatchResponseEvent,
  was: WatchFrame | undefined,
  scene: Scene,
): Sentence {
  const by = event.from === 0 ? "ends" : `is cancelled by ${memberName(event.from)}`;
  const text = `${watchName(event.watch)} ${by}`;
  if (event.compactRevision === 0) return { text, because: event.text };
  const wanted = was?.next ?? 0;
  const compacted = Math.max(event.compactRevision, scene.before.data.compacted);
  return {
    text,
    because: `what it would hear next, revision ${wanted}, is compacted: ${compacted} is the oldest that is left`,
  };
}
