import { eventText, missedText, type WatchRule } from "./rule.ts";

export const reliable: WatchRule = {
  name: "watch-reliable",
  says: "a watch is told of exactly what happened: nothing is lost, changed or made up",
  told(watch, { event, change, missed, history }) {
    const { modRevision } = event;
    if (watch.begun && missed !== null) {
      return `told of ${eventText(event)}, and not of ${missedText(missed)} before it`;
    }
    if (change === null) {
      const known = modRevision > history.revision || history.row(modRevision) !== undefined;
      return known ? `told of ${eventText(event)}, which did not happen` : null;
    }
    const { type, value, lease } = change.told;
    if (type !== event.type) return `told of ${eventText(event)}, which was a ${type}`;
    if (type === "delete" || (event.value === value && event.lease === lease)) return null;
    const held = (v: string, l: string) => `"${v}"${l === "" ? "" : ` with lease ${l}`}`;
    return (
      `told of ${eventText(event)} as ${held(event.value, event.lease)}, ` +
      `which was ${held(value, lease)}`
    );
  },
  finished(watch, history, until) {
    if (!watch.created) return "was never created";
    const { first } = watch;
    if (first === null) return null;
    const at = history.row(first.revision)?.at ?? until;
    return at > until ? null : `ended without being told of ${missedText(first)}`;
  },
};
