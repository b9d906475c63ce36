import { eventText, type WatchRule } from "./rule.ts";

export const unique: WatchRule = {
  name: "watch-unique",
  says: "no change of a key at a revision is told twice",
  told(watch, { event, change, history }) {
    const { key, modRevision } = event;
    if (change !== null || modRevision !== watch.revision) return null;
    // It happened, and is not waited for any more: it was told.
    const happened = history.row(modRevision)?.changes.some(({ told }) => told.key === key);
    return happened === true ? `told twice of ${eventText(event)}` : null;
  },
};
