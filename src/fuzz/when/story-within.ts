import type { TraceEvent, TraceHeader } from "../../trace/events.ts";
import { storyText, tellStory } from "../../trace/story/story.ts";
import type { Jump } from "./when.ts";

/** What happened in the interval, a line each: what matters, or every step where nothing of it does. */
export function storyWithin(
  run: { readonly header: TraceHeader; readonly events: readonly TraceEvent[] },
  { from, to }: Jump,
): string[] {
  const told = run.events.filter(({ at }) => at <= to.at);
  const within = tellStory(run.header, told).filter(({ at }) => at > from.at);
  const matters = within.filter(({ detail }) => detail === "story");
  return (matters.length > 0 ? matters : within).map(storyText);
}
