import { z } from "zod";
import type { ClientOperation, MemberView, Outcome } from "../sim/types.ts";
import { formatDuration } from "./duration.ts";
import { integer, memberId, members, perMember, text, word } from "./scalars.ts";
import { formatSelector, names, type Selector } from "./selectors.ts";
import { type Sentence, sentence } from "./sentences.ts";
import { describeMember, groupedBy, isInState } from "./states.ts";
import type { World } from "./world.ts";

/** What a check found: whether it holds, and in one line what was seen. */
export interface Finding {
  readonly ok: boolean;
  readonly found: string;
}

export type Check = (world: World) => Finding;

function upOf(world: World): readonly MemberView[] {
  return world.cluster.views().filter((view) => view.status === "up");
}

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

function acknowledged(world: World): ClientOperation[] {
  return world.cluster.operations.filter(
    ({ outcome, request }) => outcome === "ok" && request.type !== "get",
  );
}

export const EXPECTATION_SENTENCES: readonly Sentence<Check>[] = [
  sentence("no acknowledged write is lost", "what clients were told is there", () => (world) => {
    const lost = world.judge.lostWrites();
    const count = acknowledged(world).length;
    return lost.length > 0
      ? { ok: false, found: lost[0] ?? "" }
      : { ok: true, found: `${count} acknowledged, all there` };
  }),
  sentence("one leader per term", "election safety", () => (world) => {
    const byTerm = new Map<number, Set<number>>();
    for (const { term, member } of world.chronicle.leaderships) {
      byTerm.set(term, (byTerm.get(term) ?? new Set()).add(member));
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
          const log = world.chronicle.logs.get(view.id);
          // Compacted prefixes differ; what the others still hold of them is committed state.
          const shared = Math.max(...upOf(world).map(({ firstIndex }) => firstIndex));
          const terms = log?.terms.slice(Math.max(0, shared - 1 - log.offset)) ?? [];
          return `${view.lastIndex}:${terms.join(",")}`;
        },
        (view) => {
          const log = world.chronicle.logs.get(view.id);
          return `${view.lastIndex} entries, terms …${(log?.terms ?? []).slice(-12).join(" ")}`;
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
  sentence("leader changed", "another member leads than at first", () => (world) => {
    const leader = world.cluster.leader();
    const first = world.chronicle.leaderships[0];
    if (first === undefined || leader === 0) return { ok: false, found: "there is no leader" };
    return { ok: leader !== first.member, found: `first m${first.member}, now m${leader}` };
  }),
  sentence("leader unchanged", "one leader from first to last", () => (world) => {
    const { leaderships } = world.chronicle;
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
    const first = world.chronicle.leaderships[0]?.term ?? 0;
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
    const led = new Set(world.chronicle.leaderships.map(({ term }) => term));
    for (const [term, ids] of world.chronicle.candidates) {
      if (!led.has(term) && ids.size > 1) {
        return { ok: true, found: `in term ${term} ${names([...ids])} split the vote` };
      }
    }
    return { ok: false, found: "each term with several candidates had a winner" };
  }),
  sentence("configuration was joint", "", () => (world) => ({
    ok: world.chronicle.wasJoint,
    found: world.chronicle.wasJoint ? "it was" : "it never was",
  })),
  sentence("nothing pending", "every client has its answer, or gave up", () => (world) => {
    const pending = world.cluster.operations.filter(({ outcome }) => outcome === "pending");
    const first = pending[0];
    if (first === undefined) return { ok: true, found: "every operation ended" };
    return { ok: false, found: `${pending.length} pending, first ${operationText(first)}` };
  }),
];

/** An expectation that takes an argument: `pending: stale write`. */
export interface ExpectationKey {
  readonly about: string;
  readonly schema: z.ZodType;
  check(argument: unknown): Check;
}

function key<S extends z.ZodType>(
  about: string,
  schema: S,
  check: (argument: z.output<S>) => Check,
): ExpectationKey {
  return { about, schema, check: (argument) => check(argument as z.output<S>) };
}

function operationText(operation: ClientOperation): string {
  const { request, outcome, client, error } = operation;
  const what =
    request.type === "put"
      ? `put ${request.key}=${request.value}`
      : `${request.type} ${request.key}`;
  const how =
    outcome === "ok"
      ? `acknowledged after ${formatDuration(operation.completedAt - operation.invokedAt)}`
      : outcome === "pending"
        ? "pending"
        : `${outcome}${error === "" ? "" : ` (${error})`}`;
  return `${what} of client ${client} is ${how}`;
}

const operationNames = z.union([text, z.array(text).min(1)], "expected a name, or a list of names");

/** An expectation about how the operations of these names ended. */
function ended(about: string, wanted: (outcome: Outcome) => boolean): ExpectationKey {
  return key(about, operationNames, (input) => (world) => {
    const listed = typeof input === "string" ? [input] : input;
    const findings = listed.map((name) => {
      const operation = world.named.get(name);
      return operation === undefined
        ? { ok: false, found: `no client asked for "${name}"` }
        : { ok: wanted(operation.outcome), found: operationText(operation) };
    });
    return findings.find(({ ok }) => !ok) ?? merge(findings);
  });
}

function merge(findings: readonly Finding[]): Finding {
  return {
    ok: findings.every(({ ok }) => ok),
    found: findings.map(({ found }) => found).join("; "),
  };
}

/** An expectation about something that happened, or did not, to members. */
function happened(
  about: string,
  found: (world: World, id: number) => string | null,
): ExpectationKey {
  return key(about, members, (who) => (world) => {
    const findings = world.members(who).map((id) => {
      const seen = found(world, id);
      return { ok: seen !== null, found: seen ?? `it did not happen to m${id}` };
    });
    return findings.find(({ ok }) => !ok) ?? merge(findings);
  });
}

/** An expectation about a number of every member named. */
function numbers(about: string, value: (view: MemberView, world: World) => number): ExpectationKey {
  return key(about, perMember(integer(0)), (list) => (world) => {
    const findings = list.flatMap(({ members: who, value: wanted }) =>
      world.members(who).map((id) => {
        const actual = value(world.cluster.view(id), world);
        return { ok: actual === wanted, found: `m${id}: ${actual}` };
      }),
    );
    return findings.find(({ ok }) => !ok) ?? merge(findings);
  });
}

function counted(about: string, noun: string, count: (world: World) => number): ExpectationKey {
  return key(about, integer(0), (least) => (world) => {
    const seen = count(world);
    return { ok: seen >= least, found: `${seen} ${noun}` };
  });
}

function configuration(
  about: string,
  part: (view: MemberView) => readonly number[],
): ExpectationKey {
  return key(about, z.array(memberId), (wanted) => (world) => {
    const leader = world.cluster.leader();
    const view = leader === 0 ? upOf(world)[0] : world.cluster.view(leader);
    if (view === undefined) return { ok: false, found: "no member is up" };
    const actual = [...part(view)].sort((a, b) => a - b);
    const ok = actual.join() === [...wanted].sort((a, b) => a - b).join();
    return { ok, found: `m${view.id} knows ${names(actual)}` };
  });
}

export const EXPECTATION_KEYS = {
  acknowledged: ended("these operations succeeded", (outcome) => outcome === "ok"),
  "not acknowledged": ended("these operations did not succeed", (outcome) => outcome !== "ok"),
  pending: ended("these operations have no answer yet", (outcome) => outcome === "pending"),
  refused: ended("these operations certainly did nothing", (outcome) => outcome === "fail"),
  ambiguous: ended(
    "these operations may have happened or not",
    (outcome) => outcome === "ambiguous",
  ),
  unanswered: ended(
    "these operations are pending, or ended without anybody knowing whether they happened",
    (outcome) => outcome === "pending" || outcome === "ambiguous",
  ),
  read: key(
    "what the gets of these names returned; null: no such key",
    z.record(z.string(), z.union([word, z.null()])),
    (wanted) => (world) =>
      merge(
        Object.entries(wanted).map(([name, value]) => {
          const operation = world.named.get(name);
          if (operation === undefined) return { ok: false, found: `no client asked for "${name}"` };
          if (operation.outcome !== "ok") return { ok: false, found: operationText(operation) };
          const actual = operation.result?.value ?? null;
          return { ok: actual === value, found: `${name} read ${JSON.stringify(actual)}` };
        }),
      ),
  ),
  value: key(
    "the value of keys on all members that are up; null: no such key",
    z.record(z.string(), z.union([word, z.null()])),
    (wanted) => (world) =>
      merge(
        Object.entries(wanted).map(([name, value]) => {
          const { groups, text: found } = groupedBy(upOf(world), ({ id }) =>
            world.cluster.peek(id, name),
          );
          return { ok: groups.size === 1 && groups.has(value), found: `${name} on ${found}` };
        }),
      ),
  ),
  "stepped down": happened(
    "members that led, and stopped leading while they were up",
    (world, id) => {
      const down = world.chronicle.stepDowns.find(({ member }) => member === id);
      return down === undefined
        ? null
        : `m${id} stepped down at ${formatDuration(down.at)} (${down.reason})`;
    },
  ),
  "never led": key("members that were not leader at any time", members, (who) => (world) => {
    const led = world.members(who).filter((id) => world.chronicle.leaders().includes(id));
    return led.length > 0
      ? { ok: false, found: `${names(led)} led` }
      : { ok: true, found: `${formatSelector(who)} did not` };
  }),
  truncated: happened("members that dropped conflicting entries from their logs", (world, id) => {
    const count = world.chronicle.truncated.get(id) ?? 0;
    return count === 0 ? null : `m${id} dropped ${count} entries`;
  }),
  "snapshot installed": happened("members that took over a leader's snapshot", (world, id) => {
    const index = world.chronicle.installed.get(id);
    return index === undefined ? null : `m${id} took over a snapshot at index ${index}`;
  }),
  "refused to start": happened("members that found their disk damaged", (world, id) => {
    const reason = world.chronicle.refusals.get(id);
    return reason === undefined ? null : `m${id}: ${reason}`;
  }),
  repaired: happened("members that mended their log when they started", (world, id) => {
    const what = world.chronicle.repairs.get(id);
    return what === undefined ? null : `m${id}: ${what}`;
  }),
  "lost unsynced bytes": happened("members whose crash cost bytes not yet synced", (world, id) => {
    const lost = world.chronicle.lostBytes.get(id) ?? 0;
    return lost === 0 ? null : `m${id} lost ${lost} bytes`;
  }),
  promoted: happened("learners that became voters", (world, id) => {
    const conf = world.chronicle.confs.get(id);
    const voter = conf?.voters.includes(id) === true;
    return voter && world.chronicle.wasLearner.has(id) ? `m${id} was a learner, now votes` : null;
  }),
  voters: configuration("the voters that the leader knows", (view) => view.conf.voters),
  learners: configuration("the learners that the leader knows", (view) => view.conf.learners),
  "last index": numbers("the index of members' last entry", (view) => view.lastIndex),
  "commit index": numbers("the index that members know as committed", (view) => view.commit),
  "log ends with": key(
    "the terms of the last entries of members' logs",
    perMember(z.array(integer(0)).min(1)),
    (list) => (world) =>
      merge(
        list.flatMap(({ members: who, value }) =>
          world.members(who as Selector).map((id) => {
            const wanted = value as number[];
            const tail = (world.chronicle.logs.get(id)?.terms ?? []).slice(-wanted.length);
            return { ok: tail.join() === wanted.join(), found: `m${id}: ${tail.join(" ")}` };
          }),
        ),
      ),
  ),
  "elections at least": counted(
    "so many elections were won",
    "elections",
    (world) => world.chronicle.leaderships.length,
  ),
  "duplicates at least": counted(
    "the network doubled so many messages",
    "messages doubled",
    (world) => world.chronicle.duplicates,
  ),
  "overtaken at least": counted(
    "so many messages came after later ones",
    "messages came late",
    (world) => world.chronicle.overtaken,
  ),
  violated: key(
    "the invariant that breaks: for scenarios that show what goes wrong without a safeguard",
    text,
    (name) => (world) => {
      const all = world.judge.violations();
      const hit = all.find((line) => line.includes(name));
      return { ok: hit !== undefined, found: hit ?? all[0] ?? "nothing was violated" };
    },
  ),
} satisfies Record<string, ExpectationKey>;
