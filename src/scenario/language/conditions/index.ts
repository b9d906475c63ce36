import type { z } from "zod";
import type { TraceEvent } from "../../../trace/events.ts";
import { integer, members, perMember, record, text } from "../../read/scalars.ts";
import { callText } from "../../run/client-call.ts";
import { few, membersNow, pendingCalls } from "../../run/in-vain.ts";
import type { World } from "../../run/world.ts";
import { messageName, referToEnds } from "../actions/network.ts";
import { type Sentence, sentence } from "../match-sentence.ts";
import { referToMemberKeys, referToMembers } from "../member-names.ts";
import { isInState } from "../member-states.ts";
import { noNames, refersTo } from "../names.ts";
import { oneTable } from "../one-table.ts";
import { DATA_CONDITIONS } from "./clients.ts";
import { type Condition, type ConditionKey, condition, whenever } from "./condition.ts";

/** Every member that is up applied all that is committed, and there is a leader to say so. */
export function allApplied(world: World): boolean {
  const leader = world.cluster.leader();
  if (leader === 0) return false;
  const { lastIndex } = world.cluster.view(leader);
  return world.cluster
    .views()
    .every(
      (view) => view.status !== "up" || (view.commit === lastIndex && view.applied === lastIndex),
    );
}

export const CONDITION_SENTENCES: readonly Sentence<Condition>[] = [
  sentence("leader elected", "a leader is up", () =>
    whenever((world) => world.cluster.leader() !== 0),
  ),
  sentence("new leader elected", "a leader of a later term than any before", () => ({
    begin(world) {
      const before = world.history.lastLeadership?.term ?? 0;
      return () => (world.history.lastLeadership?.term ?? 0) > before;
    },
    kept: (world) => membersNow(world),
  })),
  sentence("no leader", "no member that is up thinks it leads", () =>
    whenever((world) => world.cluster.leader() === 0),
  ),
  sentence("<member> is <state>", "e.g. m2 is candidate, m1 is down", ({ member, state }) =>
    whenever(
      (world) => world.members(member).every((id) => isInState(world.cluster.view(id), state)),
      (world) => membersNow(world, world.members(member)),
    ),
  ),
  sentence("all applied", "every member that is up has the leader's whole log applied", () =>
    whenever(allApplied),
  ),
  sentence("puts done", "every write of `puts` was sent and answered", () =>
    whenever((world) => world.workloads.every((workload) => workload.done), pendingPuts),
  ),
  sentence("nothing pending", "every client has its answer, or gave up", () =>
    whenever((world) => world.clients.pending === 0, pendingCalls),
  ),
  sentence("clients done", "every program of a client came to its end, or failed", () =>
    whenever(
      (world) => world.clients.pending === 0 && world.clients.programs.done,
      (world) => pendingCalls(world) || "some program goes on",
    ),
  ),
  sentence("configuration joint", "some member applied a joint configuration", () =>
    whenever((world) => world.cluster.views().some((view) => view.conf.votersOutgoing.length > 0)),
  ),
  sentence(
    "configuration settled",
    "no change of membership is on its way, and no member that is up in a joint configuration",
    () => ({
      begin(world) {
        // A change may just have been proposed.
        const leader = world.cluster.leader();
        const proposed = leader === 0 ? 0 : world.cluster.view(leader).lastIndex;
        return () => isConfSettled(world, proposed);
      },
      kept: (world) => membersNow(world),
    }),
  ),
];

/** All up to `index` is applied by the leader, and nothing changes the configuration any more. */
function isConfSettled({ cluster, clients }: World, index: number): boolean {
  const leader = cluster.leader();
  if (leader === 0 || cluster.view(leader).applied < index) return false;
  const isJoint = cluster
    .views()
    .some((view) => view.status === "up" && view.conf.votersOutgoing.length > 0);
  const names = [...clients.changes.keys()];
  return !isJoint && names.every((name) => clients.named.get(name)?.outcome !== "pending");
}

function pendingPuts(world: World): string {
  const texts = world.workloads.map(({ calls, plan }) => {
    const answered = calls.filter(({ outcome }) => outcome !== "pending").length;
    return `of ${plan.count} puts of client ${plan.client} ${calls.length} were sent and ${answered} answered`;
  });
  return few(texts);
}

/** Waits for the count-th event that `matches`. */
function counting(count: number, matches: (event: TraceEvent, world: World) => boolean): Condition {
  let seen = 0;
  return {
    begin(world) {
      seen = 0;
      const { history } = world;
      const listener = (event: TraceEvent): void => {
        if (!matches(event, world)) return;
        seen++;
        // Sends alone do not move the pulse: they change nothing that other conditions ask for.
        history.pulse++;
        if (seen === count) history.listeners.delete(listener);
      };
      history.listeners.add(listener);
      return () => seen >= count;
    },
    kept: () => (seen === 0 ? "there was none" : `there were ${seen} of ${count}`),
  };
}

const message = (noun: string) =>
  record(`key of ${noun}`, {
    message: messageName.default("any"),
    from: members.optional(),
    to: members.optional(),
    count: integer(1).default(1),
  });

function messageCondition(
  kind: "send" | "deliver",
  input: z.output<ReturnType<typeof message>>,
): Condition {
  return counting(input.count, (event, world) => {
    if (event.kind !== kind) return false;
    const { type, from, to } = event.message;
    if (input.message !== "any" && input.message !== type) return false;
    if (input.from !== undefined && !world.members(input.from).includes(from)) return false;
    return input.to === undefined || world.members(input.to).includes(to);
  });
}

const indexes = perMember(integer(0));

const RAFT_CONDITIONS = {
  committed: condition("the highest commit index is at least this", integer(1), noNames, (index) =>
    whenever((world) => world.cluster.views().some((view) => view.commit >= index)),
  ),
  applied: condition(
    "every member that is up applied at least this index",
    integer(1),
    noNames,
    (index) =>
      whenever((world) =>
        world.cluster.views().every((view) => view.status !== "up" || view.applied >= index),
      ),
  ),
  term: condition("some member is in this term or a later one", integer(1), noNames, (term) =>
    whenever((world) => world.cluster.views().some((view) => view.term >= term)),
  ),
  "last index": condition(
    "members' logs end at this index or later",
    indexes,
    referToMemberKeys,
    (list) =>
      whenever(
        (world) =>
          list.every(({ members: who, value }) =>
            world.members(who).every((id) => world.cluster.view(id).lastIndex >= value),
          ),
        (world) =>
          membersNow(
            world,
            list.flatMap((each) => world.members(each.members)),
          ),
      ),
  ),
  "commit index": condition(
    "members know this index, or a later one, as committed",
    indexes,
    referToMemberKeys,
    (list) =>
      whenever(
        (world) =>
          list.every(({ members: who, value }) =>
            world.members(who).every((id) => world.cluster.view(id).commit >= value),
          ),
        (world) =>
          membersNow(
            world,
            list.flatMap((each) => world.members(each.members)),
          ),
      ),
  ),
  "caught up": condition(
    "members applied all that the leader knows as committed",
    members,
    referToMembers,
    (who) =>
      whenever(
        (world) => {
          const leader = world.cluster.leader();
          if (leader === 0) return false;
          const { commit } = world.cluster.view(leader);
          return world.members(who).every((id) => {
            const view = world.cluster.view(id);
            return view.status === "up" && view.applied >= commit;
          });
        },
        (world) =>
          membersNow(
            world,
            [...world.members(who), world.cluster.leader()].filter(
              (id, i, all) => id !== 0 && all.indexOf(id) === i,
            ),
          ),
      ),
  ),
  answered: condition(
    "the operation known by this name has its answer",
    text,
    refersTo("operation"),
    (name) =>
      whenever(
        (world) => {
          const outcome = world.clients.named.get(name)?.outcome;
          return outcome !== undefined && outcome !== "pending";
        },
        (world) => {
          const call = world.clients.named.get(name);
          return call === undefined ? "nobody has asked yet" : callText(call);
        },
      ),
  ),
  "snapshot installed": condition(
    "members took over a leader's snapshot",
    members,
    referToMembers,
    (who) =>
      whenever(
        (world) => world.members(who).every((id) => world.history.installed.has(id)),
        (world) => membersNow(world, world.members(who)),
      ),
  ),
  sent: condition("a message goes out", message("sent"), referToEnds, (input) =>
    messageCondition("send", input),
  ),
  delivered: condition("a message arrives", message("delivered"), referToEnds, (input) =>
    messageCondition("deliver", input),
  ),
} satisfies Record<string, ConditionKey>;

export const CONDITION_KEYS = oneTable(RAFT_CONDITIONS, DATA_CONDITIONS);
