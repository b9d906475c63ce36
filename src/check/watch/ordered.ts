import { eventText, type WatchRule } from "./rule.ts";

export const ordered: WatchRule = {
  name: "watch-ordered",
  says: "revisions never decrease",
  told(watch, { event }) {
    if (event.modRevision >= watch.revision) return null;
    return `told of ${eventText(event)} after revision ${watch.revision}`;
  },
};
