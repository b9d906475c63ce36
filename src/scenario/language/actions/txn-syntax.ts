import { compare, op } from "../../../api/build.ts";
import type { Compare, CompareResult, RequestOp } from "../../../api/requests.ts";
import { nearest } from "../../read/suggest.ts";
import type { World } from "../../run/world.ts";
import type { Names } from "../names.ts";
import { keysOf, keysProblem } from "./key-ranges.ts";

/** How transactions are written: guards as `value of a = 1`, operations as `put b=2`, `get jobs/*`. */

const RESULTS: Readonly<Record<string, CompareResult>> = {
  "=": "EQUAL",
  "!=": "NOT_EQUAL",
  "<": "LESS",
  ">": "GREATER",
};
const TARGETS = ["value", "version", "created", "modified", "lease"] as const;

/** What a guard compares: some name things that get their ids in the run. */
export type Guard =
  | { readonly kind: "compare"; readonly compare: Compare }
  | {
      readonly kind: "lease";
      readonly key: string;
      readonly result: CompareResult;
      readonly lease: string;
    }
  | { readonly kind: "holds"; readonly lock: string };

const GUARD = /^(\S+) of (\S+) (=|!=|<|>) (\S+)$/;

/** `version of a = 0`, `holds jobs` (the lock of this name); or a sentence that says what is wrong. */
export function parseGuard(text: string): Guard | string {
  const holds = /^holds (\S+)$/.exec(text);
  if (holds !== null) return { kind: "holds", lock: holds[1] as string };
  const [, target, key = "", sign = "", operand = ""] = GUARD.exec(text) ?? [];
  if (target === undefined) {
    return `"${text}" is no guard; write e.g. "value of a = 1", "version of a = 0" or "holds jobs"`;
  }
  const result = RESULTS[sign] as CompareResult;
  if (target === "lease") return { kind: "lease", key, result, lease: operand };
  const made =
    target === "value"
      ? compare.value(key, result, operand)
      : numeric(target, key, result, operand);
  return typeof made === "string" ? made : { kind: "compare", compare: made };
}

function numeric(
  target: string,
  key: string,
  result: CompareResult,
  operand: string,
): Compare | string {
  const number = Number(operand);
  if (!isTarget(target)) {
    const near = nearest(target, TARGETS);
    const hint = near === null ? ` (known: ${TARGETS.join(", ")})` : `, did you mean "${near}"?`;
    return `a key has no "${target}"${hint}`;
  }
  if (!Number.isSafeInteger(number) || number < 0) {
    return `the ${target} of a key is a whole number, not "${operand}"`;
  }
  if (target === "version") return compare.version(key, result, number);
  if (target === "created") return compare.created(key, result, number);
  return compare.modified(key, result, number);
}

/** The comparison that etcd knows, now that names stand for something. */
export function compareOf(guard: Guard, world: World, client: number): Compare {
  switch (guard.kind) {
    case "compare":
      return guard.compare;
    case "lease":
      return compare.lease(guard.key, guard.result, world.clients.lease(guard.lease).id);
    case "holds":
      return world.clients.mutex(client, guard.lock).isOwner();
  }
}

function isTarget(word: string): word is (typeof TARGETS)[number] {
  return TARGETS.some((target) => target === word);
}

/** `put a=1`, `get a`, `delete jobs/*`; or a sentence that says what is wrong. */
export function parseOperation(text: string): RequestOp | string {
  const put = /^put ([^\s=]+)=(.*)$/.exec(text);
  if (put !== null) return op.put(put[1] as string, put[2] as string);
  const other = /^(get|delete) (\S+)$/.exec(text);
  if (other === null) {
    return `"${text}" is no operation; write e.g. "put a=1", "get a" or "delete jobs/*"`;
  }
  const problem = keysProblem(other[2] as string);
  if (problem !== null) return problem;
  const { key, rangeEnd } = keysOf(other[2] as string);
  return other[1] === "get" ? op.get(key, { rangeEnd }) : op.delete(key, { rangeEnd });
}

/** `put a=1` writes a. */
export function giveWrittenKey(names: Names, operation: RequestOp): void {
  if (operation.type === "put") names.give("key", operation.request.key);
}
