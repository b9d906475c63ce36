import { timeText } from "../../trace/names.ts";
import { describeMember } from "../language/member-states.ts";
import { callText } from "./client-call.ts";
import type { World } from "./world.ts";

/** What kept a condition from coming true, for whoever waited in vain. */

/** So many are named, and the rest counted. */
const NAMED = 3;

/** The members, each in a few words, and how far each has come; those asked for, or all. */
export function membersNow(
  world: World,
  ids: readonly number[] = world.cluster.memberIds(),
): string {
  return ids
    .map((id) => {
      if (!world.cluster.has(id)) return `m${id} was never started`;
      const view = world.cluster.view(id);
      if (view.status !== "up") return describeMember(view);
      const { applied, commit, lastIndex } = view;
      return `${describeMember(view)} (its log to ${lastIndex}, committed ${commit}, applied ${applied})`;
    })
    .join("; ");
}

/**
 * The changes of membership that did not come about: `m4 was never added: \`member-add m4\` of step 3 was
 * refused at 1.284s (etcdserver: unhealthy cluster)`. Empty if all did.
 */
export function failedChanges({ clients }: World): string {
  const texts = [...clients.changes].flatMap(([name, { member, adds }]) => {
    const call = clients.named.get(name);
    if (call === undefined || call.outcome === "ok") return [];
    const what = `\`${name}\` of step ${call.step}`;
    const never = adds ? `m${member} was never added: ` : "";
    if (call.outcome === "pending") return [`${what} is still pending`];
    const at = timeText(call.completedAt);
    return [`${never}${what} was refused at ${at} (${call.error})`];
  });
  return few(texts);
}

/** What clients still wait for. */
export function pendingCalls(world: World): string {
  const pending = world.clients.calls.filter(({ outcome }) => outcome === "pending");
  return pending.length === 0 ? "" : few(pending.map(callText));
}

/** What is said of each of these names, of a few of them. */
export function few(texts: readonly string[]): string {
  const more = texts.length - NAMED;
  return [...texts.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join("; ");
}
