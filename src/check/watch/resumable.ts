import { eventText, missedText, type WatchRule } from "./rule.ts";

/**
 * A watch that is broken off and opened again at the next revision misses nothing: its first event
 * is the first match from there on. If that is compacted it is told so, and only then.
 */
export const resumable: WatchRule = {
  name: "watch-resumable",
  says: "the first event is the first match from the start revision on, unless that is compacted",
  told(watch, { event, missed }) {
    if (!watch.created) return `told of ${eventText(event)} before it was created`;
    if (event.modRevision < watch.start && !watch.begun) {
      return `told of ${eventText(event)}, although it starts at revision ${watch.start}`;
    }
    if (watch.begun || missed === null) return null;
    return `told of ${eventText(event)} first, and not of ${missedText(missed)}`;
  },
  canceled(watch, e, history) {
    const { compactRevision } = e;
    if (compactRevision === 0) return null;
    const said = `was canceled because of a compaction at revision ${compactRevision}`;
    if (history.whole && !history.wasCompactedAt(compactRevision)) {
      return `${said}, which never happened`;
    }
    // The server may have forgotten that nothing matched since: progress reports do not count.
    const next = watch.begun ? watch.revision + 1 : watch.start;
    if (next >= compactRevision) return `${said}, although it goes on at revision ${next}`;
    return null;
  },
};
