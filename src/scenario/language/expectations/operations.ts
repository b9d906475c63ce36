import { z } from "zod";
import { bytesToBinary } from "../../../base/bytes.ts";
import { SECOND } from "../../../base/time.ts";
import type { Outcome } from "../../../client/outcome.ts";
import { formatDuration } from "../../read/duration.ts";
import { flag, perMember, someNames, text, wordOrNull } from "../../read/scalars.ts";
import { type ClientCall, callText } from "../../run/client-call.ts";
import { referToMemberKeys } from "../member-names.ts";
import { groupedBy, upOf } from "../member-states.ts";
import { type Names, type Path, refersTo } from "../names.ts";
import { formatSelector } from "../selectors.ts";
import { all, type ExpectationKey, each, expectation, type Finding } from "./finding.ts";
import { between } from "./span.ts";

/** An expectation about how the operations of these names ended. */
function ended(about: string, wanted: (outcome: Outcome) => boolean): ExpectationKey {
  return expectation(about, someNames, refersTo("operation"), (input) => (world) => {
    const listed = typeof input === "string" ? [input] : input;
    const findings = listed.map((name) => {
      const operation = world.clients.named.get(name);
      return operation === undefined
        ? unasked(name)
        : { ok: wanted(operation.outcome), found: callText(operation) };
    });
    return all(findings);
  });
}

function unasked(name: string): Finding {
  return { ok: false, found: `no client asked for "${name}": name what it asks for with \`as\`` };
}

/** An expectation about the answer to each of several operations; null: there is none of the kind. */
function answers<V>(
  about: string,
  value: z.ZodType<V>,
  check: (named: ClientCall, wanted: V, name: string) => Finding,
): ExpectationKey {
  return each(about, value, refersTo("operation"), (world, name, wanted) => {
    const named = world.clients.named.get(name);
    return named === undefined ? unasked(name) : check(named, wanted, name);
  });
}

/** What a get returned, or what was there before a put with `prev-kv`; null: nothing. */
function valueRead({ response }: ClientCall): string | null {
  const kv =
    response?.type === "range"
      ? response.response.kvs[0]
      : response?.type === "put"
        ? response.response.prevKv
        : null;
  return kv === null || kv === undefined ? null : bytesToBinary(kv.value);
}

const values = z.record(z.string(), wordOrNull);

/** A value is somebody's: of a key that nobody writes it is null. */
function referToKeys(names: Names, input: z.output<typeof values>, ...at: Path): void {
  for (const [name, value] of Object.entries(input)) {
    if (value !== null) names.referByKey("key", name, ...at, name);
  }
}

/** About what clients asked for, and the responses. */
export const OPERATION_EXPECTATIONS = {
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
  read: answers(
    "what the gets of these names returned, or the puts with `prev-kv` found; null: no such key",
    wordOrNull,
    (named, value, name) => {
      if (named.outcome !== "ok") return { ok: false, found: callText(named) };
      const actual = valueRead(named);
      return { ok: actual === value, found: `${name} read ${JSON.stringify(actual)}` };
    },
  ),
  "answered with error": answers(
    "etcd's message to the operations of these names, or a part of it",
    text,
    (named, message) => ({ ok: named.error.includes(message), found: callText(named) }),
  ),
  succeeded: answers(
    "whether the guards of these transactions held",
    flag,
    (named, wanted, name) => {
      const { response } = named;
      if (response?.type !== "txn") return { ok: false, found: callText(named) };
      const { succeeded } = response.response;
      const how = succeeded ? "held" : "did not hold";
      return { ok: succeeded === wanted, found: `the guards of ${name} ${how}` };
    },
  ),
  "time left": answers(
    "how long a lease still lived when it was asked for; -1s: it was gone",
    between,
    (named, { from, to }, name) => {
      const { response } = named;
      if (response?.type !== "leaseTimeToLive") return { ok: false, found: callText(named) };
      const left = response.response.ttl * SECOND;
      return { ok: left >= from && left <= to, found: `${name}: ${formatDuration(left)}` };
    },
  ),
  "attached keys": answers(
    "the keys that a lease held when it was asked for",
    z.array(text),
    (named, wanted, name) => {
      const { response } = named;
      if (response?.type !== "leaseTimeToLive") return { ok: false, found: callText(named) };
      const { keys } = response.response;
      const ok = keys.length === wanted.length && keys.every((key, i) => key === wanted[i]);
      return { ok, found: `${name}: ${keys.length === 0 ? "none" : keys.join(", ")}` };
    },
  ),
  value: expectation(
    "the value of keys on all members that are up; null: no such key",
    values,
    (names, wanted) => referToKeys(names, wanted),
    (wanted) => (world) =>
      all(
        Object.entries(wanted).map(([name, value]) => {
          const { groups, text: found } = groupedBy(upOf(world), ({ id }) =>
            world.cluster.peek(id, name),
          );
          return { ok: groups.size === 1 && groups.has(value), found: `${name} on ${found}` };
        }),
      ),
  ),
  "value on": expectation(
    "the value of keys on single members",
    perMember(values),
    (names, list) => {
      referToMemberKeys(names, list);
      for (const { members: who, value } of list) {
        referToKeys(names, value, formatSelector(who));
      }
    },
    (list) => (world) =>
      all(
        list.flatMap(({ members: who, value: wanted }) =>
          world.members(who).flatMap((id) =>
            Object.entries(wanted).map(([name, value]) => {
              const actual = world.cluster.peek(id, name);
              return {
                ok: actual === value,
                found: `${name} on m${id} is ${JSON.stringify(actual)}`,
              };
            }),
          ),
        ),
      ),
  ),
} satisfies Record<string, ExpectationKey>;
