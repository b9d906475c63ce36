import { isWrite } from "../../../client/retry-policy.ts";
import type { MemberView } from "../../../sim/view.ts";
import { plural } from "../../../trace/names.ts";
import { NOTHING_VIOLATED } from "../../run/checkers.ts";
import { type ClientCall, callText } from "../../run/client-call.ts";
import type { World } from "../../run/world.ts";
import { type Sentence, sentence } from "../match-sentence.ts";
import { describeMember, groupedBy, isInState, upOf } from "../member-states.ts";
import { names } from "../selectors.ts";
import type { Check, Finding } from "./finding.ts";

function leaderText(world: World): string {
  const leader = world.cluster.leader();
  if (leader === 0) return "there is no leader";
  return `m${leader} leads in term ${world.cluster.view(leader).term}`;
}

function highestTerm(world: World): number {
  return Math.max(0, ...world.cluster.views().map((view) => view.term));
}

/** Equal on all members that are up, else who differs. */
function equalOnAll(
  world: World,
  noun: string,
  value: (view: MemberView) => string | number,
  shown: (view: MemberView) => string | number,
): Finding {
  const up = upOf(world);
  const { groups } = groupedBy(up, value);
  if (groups.size === 1) {
    const some = up[0];
    return { ok: true, found: `${names(up.map(({ id }) => id))}: ${some ? shown(some) : ""}` };
  }
  const parts = [...groups.values()].map((ids) => {
    const view = up.find(({ id }) => id === ids[0]);
    return `${names(ids)}: ${view === undefined ? "" : shown(view)}`;
  });
  const found = groups.size === 0 ? "no member is up" : `${noun} differ: ${parts.join("; ")}`;
  return { ok: false, found };
}

function hashes(world: World, equal: boolean): Finding {
  const { groups, text } = groupedBy(upOf(world), ({ id }) => world.cluster.hashKv(id));
  return { ok: equal ? groups.size === 1 : groups.size > 1, found: text };
}

/** Whether it was a change of keys, and succeeded. */
function isAcknowledgedWrite({ outcome, request }: ClientCall): boolean {
  if (outcome !== "ok" || request === null || !isWrite(request)) return false;
  return request.type === "put" || request.type === "deleteRange" || request.type === "txn";
}

export const EXPECTATION_SENTENCES: readonly Sentence<Check>[] = [
  sentence(
    "no acknowledged write is lost",
    "what was acknowledged to clients is there",
    () => (world) => {
      const lost = world.checkers.lostWrites();
      const count = world.clients.calls.filter(isAcknowledgedWrite).length;
      return lost.length > 0
        ? { ok: false, found: lost[0] ?? "" }
        : {
            ok: true,
            found: count === 0 ? "none was acknowledged" : `${count} acknowledged, all there`,
          };
    },
  ),
  sentence(NOTHING_VIOLATED, "no checker found anything", () => (world) => {
    const [first] = world.checkers.violations();
    return { ok: first === undefined, found: first ?? "nothing was violated" };
  }),
  sentence("one leader per term", "election safety", () => (world) => {
    const byTerm = new Map<string, Set<number>>();
    for (const { term, member, cluster } of world.history.leaderships) {
      const name = cluster === 0 ? `${term}` : `${term} (of cluster ${cluster + 1})`;
      byTerm.set(name, (byTerm.get(name) ?? new Set()).add(member));
    }
    for (const [term, ids] of byTerm) {
      if (ids.size > 1) {
        return { ok: false, found: `term ${term} had the leaders ${names([...ids])}` };
      }
    }
    const list = [...byTerm].map(([term, ids]) => `term ${term}: ${names([...ids])}`);
    return { ok: true, found: list.join(", ") || "there was no leader" };
  }),
  sentence(
    "logs equal",
    "members that are up hold the same log",
    () => (world) =>
      equalOnAll(
        world,
        "logs",
        (view) => {
          const log = world.history.logs.get(view.id);
          // Compacted prefixes differ; what the others still hold of them is committed state.
          const shared = Math.max(...upOf(world).map(({ firstIndex }) => firstIndex));
          const terms = log?.terms.slice(Math.max(0, shared - 1 - log.offset)) ?? [];
          return `${view.lastIndex}:${terms.join(",")}`;
        },
        (view) => {
          const log = world.history.logs.get(view.id);
          return `${view.lastIndex} ${plural(view.lastIndex, "entry", "entries")}, terms …${(log?.terms ?? []).slice(-12).join(" ")}`;
        },
      ),
  ),
  sentence(
    "state equal on all members",
    "key-value state of members that are up",
    () => (world) =>
      equalOnAll(
        world,
        "states",
        (view) => view.stateHash,
        (view) => `revision ${view.revision}, hash ${view.stateHash}`,
      ),
  ),
  sentence(
    "hashes equal",
    "HashKV of members that are up: what is stored, not what was applied",
    () => (world) => hashes(world, true),
  ),
  sentence(
    "hashes differ",
    "some member that is up stores something else",
    () => (world) => hashes(world, false),
  ),
  sentence("leader changed", "another member leads than at first", () => (world) => {
    const leader = world.cluster.leader();
    const first = world.history.leaderships[0];
    if (first === undefined || leader === 0) return { ok: false, found: "there is no leader" };
    return { ok: leader !== first.member, found: `first m${first.member}, now m${leader}` };
  }),
  sentence("leader unchanged", "one leader from first to last", () => (world) => {
    const { leaderships } = world.history;
    const list = leaderships.map(({ member, term }) => `m${member} (term ${term})`).join(", ");
    const ok = leaderships.length === 1 && world.cluster.leader() === leaderships[0]?.member;
    return { ok, found: ok ? `${list} all the time` : `${leaderText(world)}; leaders: ${list}` };
  }),
  sentence("leader is <member>", "", ({ member }) => (world) => ({
    ok: world.members(member).includes(world.cluster.leader()),
    found: leaderText(world),
  })),
  sentence("leader is not <member>", "", ({ member }) => (world) => {
    const leader = world.cluster.leader();
    return {
      ok: leader !== 0 && !world.members(member).includes(leader),
      found: leaderText(world),
    };
  }),
  sentence("no leader", "nobody that is up leads", () => (world) => ({
    ok: world.cluster.leader() === 0,
    found: leaderText(world),
  })),
  sentence("term at least <n>", "", ({ n }) => (world) => {
    const term = highestTerm(world);
    return { ok: term >= n, found: `the highest term is ${term}` };
  }),
  sentence("term at most <n>", "", ({ n }) => (world) => {
    const term = highestTerm(world);
    return { ok: term <= n, found: `the highest term is ${term}` };
  }),
  sentence("term unchanged", "the term of the first leader still is the highest", () => (world) => {
    const first = world.history.leaderships[0]?.term ?? 0;
    const term = highestTerm(world);
    return { ok: term === first, found: `first leader in term ${first}, highest term ${term}` };
  }),
  sentence(
    "<member> is <state>",
    "e.g. m1 is follower, m3 is down",
    ({ member, state }) =>
      (world) => {
        const views = world.members(member).map((id) => world.cluster.view(id));
        return {
          ok: views.every((view) => isInState(view, state)),
          found: views.map(describeMember).join(", "),
        };
      },
  ),
  sentence("some term without leader", "an election that nobody won", () => (world) => {
    const led = new Set(world.history.leaderships.map(({ term }) => term));
    for (const [term, ids] of world.history.candidates) {
      if (!led.has(term) && ids.size > 1) {
        return { ok: true, found: `in term ${term} ${names([...ids])} split the vote` };
      }
    }
    return { ok: false, found: "each term with several candidates had a winner" };
  }),
  sentence("configuration was joint", "", () => (world) => ({
    ok: world.history.wasJoint,
    found: world.history.wasJoint ? "it was" : "it never was",
  })),
  sentence("nothing pending", "every client has its answer, or gave up", () => (world) => {
    const pending = world.clients.calls.filter(({ outcome }) => outcome === "pending");
    const first = pending[0];
    if (first === undefined) return { ok: true, found: "every operation ended" };
    return { ok: false, found: `${pending.length} pending, first ${callText(first)}` };
  }),
];
