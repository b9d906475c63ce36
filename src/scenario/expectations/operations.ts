import { z } from "zod";
import type { ClientOperation, Outcome } from "../../sim/types.ts";
import { formatDuration } from "../duration.ts";
import { text, word } from "../scalars.ts";
import { groupedBy, upOf } from "../states.ts";
import { all, type ExpectationKey, keyed } from "./finding.ts";

/** `put a=1 of client 1 is acknowledged after 2ms`. */
export function operationText(operation: ClientOperation): string {
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
  return keyed(about, operationNames, (input) => (world) => {
    const listed = typeof input === "string" ? [input] : input;
    const findings = listed.map((name) => {
      const operation = world.named.get(name);
      return operation === undefined
        ? { ok: false, found: `no client asked for "${name}"` }
        : { ok: wanted(operation.outcome), found: operationText(operation) };
    });
    return all(findings);
  });
}

const values = z.record(z.string(), z.union([word, z.null()]));

/** About what clients asked for, and what they were told. */
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
  read: keyed(
    "what the gets of these names returned; null: no such key",
    values,
    (wanted) => (world) =>
      all(
        Object.entries(wanted).map(([name, value]) => {
          const operation = world.named.get(name);
          if (operation === undefined) return { ok: false, found: `no client asked for "${name}"` };
          if (operation.outcome !== "ok") return { ok: false, found: operationText(operation) };
          const actual = operation.result?.value ?? null;
          return { ok: actual === value, found: `${name} read ${JSON.stringify(actual)}` };
        }),
      ),
  ),
  value: keyed(
    "the value of keys on all members that are up; null: no such key",
    values,
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
} satisfies Record<string, ExpectationKey>;
