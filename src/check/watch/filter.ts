import { eventText, type WatchRule } from "./rule.ts";

export const filter: WatchRule = {
  name: "watch-filter",
  says: "every event is of a key that is watched, and of a type that is not filtered out",
  told(watch, { event }) {
    if (!watch.inRange(event.key)) return `told of ${eventText(event)}, which it does not watch`;
    if (!watch.passes(event.type)) return `told of ${eventText(event)}, which it filters out`;
    return null;
  },
};
