import { eventText, type WatchRule } from "./rule.ts";

export const isCreate: WatchRule = {
  name: "watch-is-create",
  says: "an event says that it created the key if, and only if, the key was not there before",
  told(_watch, { event, change }) {
    if (change === null || event.type === "delete") return null;
    const { version, createRevision } = change.told;
    if (event.version === version && event.createRevision === createRevision) return null;
    return (
      `told of ${eventText(event)} as version ${event.version}, created at revision ` +
      `${event.createRevision}; it was version ${version}, created at revision ${createRevision}`
    );
  },
};
