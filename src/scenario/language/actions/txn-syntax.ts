import { compare, op } from "../../../api/build.ts";
import type { Compare, CompareResult, RequestOp } from "../../../api/requests.ts";
import { nearest } from "../../read/suggest.ts";
import type { World } from "../../run/world.ts";
import { referToOwnLock } from "../lock-names.ts";
import type { Names, Path } from "../names.ts";
import { type Keys, keysOf, keysProblem } from "./key-ranges.ts";
import { parseRevision, type Revision, revisionNow } from "./revisions.ts";

/** How transactions are written: guards as `value of a = 1`, operations as `put b=2`, `get jobs/*`. */

const RESULTS: Readonly<Record<string, CompareResult>> = {
  "=": "EQUAL",
  "!=": "NOT_EQUAL",
  "<": "LESS",
  ">": "GREATER",
};
const TARGETS = ["value", "version", "created", "modified", "lease"] as const;
type Target = (typeof TARGETS)[number];

/** What a guard compares: some name things that are known only in the run. */
export type Guard =
  | { readonly kind: "compare"; readonly compare: Compare }
  | ({ readonly result: CompareResult } & Keys &
      (
        | { readonly kind: "lease"; readonly lease: string }
        | { readonly kind: "created" | "modified"; readonly revision: Revision }
      ))
  | { readonly kind: "holds"; readonly lock: string };

const GUARD = /^(\S+) of (\S+) (=|!=|<|>) (\S+(?: [-+] \d+)?)$/;

/** `version of a = 0`, `modified of k* < newest - 3`, `holds jobs`; or a sentence that says what is wrong. */
export function parseGuard(text: string): Guard | string {
  const holds = /^holds (\S+)$/.exec(text);
  if (holds !== null) return { kind: "holds", lock: holds[1] as string };
  const [, target, name = "", sign = "", operand = ""] = GUARD.exec(text) ?? [];
  if (target === undefined || (operand.includes(" ") && !hasRevision(target))) {
    return `"${text}" is no guard; write e.g. "value of a = 1", "version of a = 0" or "holds jobs"`;
  }
  if (!isTarget(target)) {
    const near = nearest(target, TARGETS);
    const hint = near === null ? ` (known: ${TARGETS.join(", ")})` : `, did you mean "${near}"?`;
    return `a key has no "${target}"${hint}`;
  }
  return (
    keysProblem(name) ?? guardOf(target, keysOf(name), RESULTS[sign] as CompareResult, operand)
  );
}

function guardOf(
  target: Target,
  keys: Keys,
  result: CompareResult,
  operand: string,
): Guard | string {
  const { key, rangeEnd } = keys;
  switch (target) {
    case "lease":
      return { kind: "lease", ...keys, result, lease: operand };
    case "value":
      return { kind: "compare", compare: compare.value(key, result, operand, rangeEnd) };
    case "version": {
      if (!/^[0-9]{1,15}$/.test(operand)) return unnumbered(target, operand);
      const version = Number(operand);
      return { kind: "compare", compare: compare.version(key, result, version, rangeEnd) };
    }
    default: {
      const revision = parseRevision(operand);
      if (typeof revision === "string" || (typeof revision === "number" && revision < 0)) {
        return unnumbered(target, operand);
      }
      return { kind: target, ...keys, result, revision };
    }
  }
}

function unnumbered(target: string, operand: string): string {
  const or = hasRevision(target) ? ", or newest" : "";
  return `the ${target} of a key is a whole number${or}, not "${operand}"`;
}

function hasRevision(target: string): boolean {
  return target === "created" || target === "modified";
}

function isTarget(word: string): word is Target {
  return TARGETS.some((target) => target === word);
}

/** The comparison that etcd knows, now that names stand for something. */
export function compareOf(guard: Guard, world: World, client: number): Compare {
  switch (guard.kind) {
    case "compare":
      return guard.compare;
    case "lease": {
      const { id } = world.clients.lease(guard.lease);
      return compare.lease(guard.key, guard.result, id, guard.rangeEnd);
    }
    case "created":
    case "modified": {
      const { kind, key, result, rangeEnd } = guard;
      return compare[kind](key, result, revisionNow(world, guard.revision), rangeEnd);
    }
    case "holds":
      return world.clients.mutex(client, guard.lock).isOwner();
  }
}

/** An operation of a transaction, which may be one itself. */
export type Operation =
  | ({ readonly kind: "get"; readonly revision: Revision } & Keys)
  | {
      readonly kind: "put";
      readonly key: string;
      readonly value: string;
      readonly lease: string | null;
      readonly prevKv: boolean;
    }
  | ({ readonly kind: "delete"; readonly prevKv: boolean } & Keys)
  | Transaction;

export interface Transaction {
  readonly kind: "txn";
  readonly if: readonly Guard[];
  readonly then: readonly Operation[];
  readonly else: readonly Operation[];
}

const WITH_PREV = / with prev$/;
const PUT = /^put ([^\s=]+)=(.*)$/;
const UNDER = /^(.*) under (\S+)$/;

/**
 * `put a=1`, `put a=1 under L with prev`, `get a`, `get k* at newest - 3`, `delete jobs/* with prev`; or a
 * sentence that says what is wrong.
 */
export function parseOperation(text: string): Operation | string {
  const prevKv = WITH_PREV.test(text);
  const rest = text.replace(WITH_PREV, "");
  const [, key, written = ""] = PUT.exec(rest) ?? [];
  if (key !== undefined) {
    const [, value = written, lease = null] = UNDER.exec(written) ?? [];
    return { kind: "put", key, value, lease, prevKv };
  }
  const [, what, name = "", at = null] = /^(get|delete) (\S+)(?: at (.+))?$/.exec(rest) ?? [];
  if (what === undefined || (what === "delete" && at !== null) || (what === "get" && prevKv)) {
    return `"${text}" is no operation; write e.g. "put a=1", "get a at 7" or "delete jobs/* with prev"`;
  }
  const problem = keysProblem(name);
  if (problem !== null) return problem;
  if (what === "delete") return { kind: what, ...keysOf(name), prevKv };
  const revision = at === null ? 0 : parseRevision(at);
  return typeof revision === "string" ? revision : { kind: "get", ...keysOf(name), revision };
}

/** The operation that etcd knows, now that names and revisions stand for something. */
export function requestOf(operation: Operation, world: World, client: number): RequestOp {
  switch (operation.kind) {
    case "get": {
      const { key, rangeEnd } = operation;
      return op.get(key, { rangeEnd, revision: revisionNow(world, operation.revision) });
    }
    case "put": {
      const { key, value, prevKv } = operation;
      const lease = operation.lease === null ? 0n : world.clients.lease(operation.lease).id;
      return op.put(key, value, { lease, prevKv });
    }
    case "delete": {
      const { key, rangeEnd, prevKv } = operation;
      return op.delete(key, { rangeEnd, prevKv });
    }
    case "txn":
      return txnOf(operation, world, client);
  }
}

export function txnOf(transaction: Omit<Transaction, "kind">, world: World, client: number) {
  const each = (operations: readonly Operation[]) =>
    operations.map((operation) => requestOf(operation, world, client));
  const guards = transaction.if.map((guard) => compareOf(guard, world, client));
  return op.txn(guards, each(transaction.then), each(transaction.else));
}

/** The names in an operation: `put a=1 under L` writes a, and refers to L. */
export function namesOfOperation(
  names: Names,
  operation: Operation,
  client: number,
  ...at: Path
): void {
  if (operation.kind === "txn") namesOfTxn(names, operation, client, ...at);
  if (operation.kind !== "put") return;
  names.give("key", operation.key);
  if (operation.lease !== null) names.refer("lease", operation.lease, ...at);
}

export function namesOfTxn(
  names: Names,
  transaction: Omit<Transaction, "kind">,
  client: number,
  ...at: Path
): void {
  for (const [i, guard] of transaction.if.entries()) {
    if (guard.kind === "lease") names.refer("lease", guard.lease, ...at, "if", i);
    if (guard.kind === "holds") referToOwnLock(names, client, guard.lock, ...at, "if", i);
  }
  for (const branch of ["then", "else"] as const) {
    for (const [i, operation] of transaction[branch].entries()) {
      namesOfOperation(names, operation, client, ...at, branch, i);
    }
  }
}
