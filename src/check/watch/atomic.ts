import { eventText, type WatchRule } from "./rule.ts";

export const atomic: WatchRule = {
  name: "watch-atomic",
  says: "all that a revision changed comes in one response, or in its fragments",
  told(watch, { event, opens }) {
    if (!opens || !watch.begun || event.modRevision !== watch.revision) return null;
    return `told of ${eventText(event)} in another response than the rest of that revision`;
  },
};
