import { eventText, type WatchRule } from "./rule.ts";

export const prevKv: WatchRule = {
  name: "watch-prev-kv",
  says: "the previous value is what the key held one revision before",
  told(watch, { event, change, history }) {
    if (change === null) return null;
    const { prev, modRevision } = event;
    if (!watch.asked.prevKv) {
      return prev === null ? null : `told what was before ${eventText(event)}, unasked`;
    }
    const { before } = change;
    if (before === null) {
      // Nothing, or nobody knows any more.
      if (prev === null || !history.whole || history.row(modRevision) === undefined) return null;
      return `told of ${eventText(event)}, with "${prev.value}" before it: it was not there`;
    }
    // The revision before cannot be read once it is compacted.
    if (prev === null && modRevision - 1 < history.compacted) return null;
    const { value } = before.told;
    if (prev?.value === value && prev.modRevision === before.revision) return null;
    const said = prev === null ? "nothing" : `"${prev.value}" of revision ${prev.modRevision}`;
    return (
      `told of ${eventText(event)}, with ${said} before it: ` +
      `it was "${value}" of revision ${before.revision}`
    );
  },
};
