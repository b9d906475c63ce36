import { eventText, missedText, type WatchRule } from "./rule.ts";

export const bookmarkable: WatchRule = {
  name: "watch-bookmarkable",
  says: "a progress report means that everything up to its revision was told",
  told(watch, { event }) {
    if (event.modRevision > watch.bookmark || event.modRevision <= watch.revision) return null;
    return `told of ${eventText(event)} after a progress report of revision ${watch.bookmark}`;
  },
  progress(watch, e) {
    const report = `got a progress report of revision ${e.revision}`;
    if (watch.asked.startRevision > e.revision) {
      return `${report}, although it starts at revision ${watch.asked.startRevision}`;
    }
    // Progress is only reported by a member that told everything up to it.
    if (e.revision < watch.revision) return `${report} after events of ${watch.revision}`;
    const missed = watch.firstUpTo(e.revision);
    return missed === null ? null : `${report}, but was not told of ${missedText(missed)}`;
  },
};
