import type { MemberView } from "../../sim/view.ts";
import type { World } from "../run/world.ts";
import type { MemberState } from "./match-sentence.ts";
import { names } from "./selectors.ts";

/** Is the member what the sentence says it is? */
export function isInState(view: MemberView, state: MemberState): boolean {
  switch (state) {
    case "up":
    case "paused":
      return view.status === state;
    case "down":
      return view.status === "down" || view.status === "refused";
    case "learner":
      return view.conf.learners.includes(view.id);
    case "voter":
      return view.conf.voters.includes(view.id);
    default:
      return view.status === "up" && view.role === state;
  }
}

/** A member in a few words: `m2 follower in term 3 of m1`. */
export function describeMember(view: MemberView): string {
  if (view.status === "refused") return `m${view.id} is down: it refused to start`;
  if (view.status !== "up") return `m${view.id} is ${view.status}`;
  const lead = view.role === "leader" || view.lead === 0 ? "" : ` of m${view.lead}`;
  const vote = view.conf.learners.includes(view.id) ? " (learner)" : "";
  return `m${view.id} is ${view.role}${lead} in term ${view.term}${vote}`;
}

/** Groups members by a value that should be equal, for messages: `m1, m2: 7; m3: 5`. */
export function groupedBy<T>(
  views: readonly MemberView[],
  value: (view: MemberView) => T,
): { groups: Map<T, number[]>; text: string } {
  const groups = new Map<T, number[]>();
  for (const view of views) {
    const key = value(view);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [view.id]);
    else group.push(view.id);
  }
  const text = [...groups].map(([key, ids]) => `${names(ids)}: ${String(key)}`).join("; ");
  return { groups, text };
}

export function upOf(world: World): readonly MemberView[] {
  return world.cluster.views().filter((view) => view.status === "up");
}
