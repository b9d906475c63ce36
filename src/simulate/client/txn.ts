import { compare, op } from "../../api/build.ts";
import type { Compare, CompareResult, RequestOp, ResponseOp } from "../../api/requests.ts";
import {
  allOf,
  type DeleteResult,
  entryOf,
  entryOrNull,
  type GetAllResult,
  type PutResult,
} from "./entries.ts";
import { type Keys, keyOf, rangeOf } from "./text.ts";

/**
 * What a guard of a transaction looks at: `value`, `version` (0: there is no such key), `created` and
 * `modified` (revisions), `lease`.
 *
 * @public
 */
export type TxnColumn = "value" | "version" | "created" | "modified" | "lease";

/**
 * How a guard compares.
 *
 * @public
 */
export type TxnComparison = "==" | "!=" | "<" | ">";

/**
 * A guard of a transaction, made by others: a lock's, or a leadership's.
 *
 * @public
 */
export interface TxnGuard {
  readonly compare: Compare;
}

/**
 * One operation of a transaction: `{put: "a", value: "1"}`, `{get: "a"}`, `{delete: {prefix: "a/"}}`.
 *
 * @public
 */
export type TxnOp =
  | { readonly put: string; readonly value: string; readonly lease?: bigint }
  | { readonly get: Keys }
  | { readonly delete: Keys };

/**
 * What one operation of a transaction came to.
 *
 * @public
 */
export type TxnOpResult =
  | ({ readonly type: "put" } & PutResult)
  | ({ readonly type: "get" } & GetAllResult)
  | ({ readonly type: "delete" } & DeleteResult);

/**
 * Whether all guards held, and what was done then, or else otherwise.
 *
 * @public
 */
export interface TxnResult {
  readonly succeeded: boolean;
  readonly revision: number;
  readonly results: readonly TxnOpResult[];
}

type Commit = (
  compares: readonly Compare[],
  success: readonly RequestOp[],
  failure: readonly RequestOp[],
) => Promise<TxnResult>;

const RESULTS: Readonly<Record<TxnComparison, CompareResult>> = {
  "==": "EQUAL",
  "!=": "NOT_EQUAL",
  "<": "LESS",
  ">": "GREATER",
};

/**
 * A transaction: all guards of `if` must hold for `then` to be done, else `else` is. Nothing is sent before
 * `commit`.
 *
 * @public
 */
export class Txn {
  readonly #compares: Compare[] = [];
  readonly #success: RequestOp[] = [];
  readonly #failure: RequestOp[] = [];
  readonly #commit: Commit;

  constructor(commit: Commit) {
    this.#commit = commit;
  }

  if(guard: TxnGuard): this;
  if(
    key: string,
    column: TxnColumn,
    comparison: TxnComparison,
    operand: string | number | bigint,
  ): this;
  if(
    guard: TxnGuard | string,
    column: TxnColumn = "version",
    comparison: TxnComparison = "==",
    operand: string | number | bigint = 0,
  ): this {
    this.#compares.push(
      typeof guard === "string"
        ? compareOf(keyOf(guard), column, RESULTS[comparison], operand)
        : guard.compare,
    );
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: etcd's name; and whoever awaits it is told.
  then(...ops: readonly TxnOp[]): this {
    if (typeof ops[0] === "function") {
      throw new TypeError("a transaction is not a promise: await what its commit() returns");
    }
    this.#success.push(...ops.map(requestOf));
    return this;
  }

  else(...ops: readonly TxnOp[]): this {
    this.#failure.push(...ops.map(requestOf));
    return this;
  }

  commit(): Promise<TxnResult> {
    return this.#commit(this.#compares, this.#success, this.#failure);
  }
}

function compareOf(
  key: string,
  column: TxnColumn,
  result: CompareResult,
  operand: string | number | bigint,
): Compare {
  switch (column) {
    case "value":
      return compare.value(key, result, keyOf(String(operand)));
    case "lease":
      return compare.lease(key, result, BigInt(operand));
    default:
      return compare[column](key, result, Number(operand));
  }
}

function requestOf(given: TxnOp): RequestOp {
  if ("put" in given) {
    return op.put(keyOf(given.put), keyOf(given.value), { lease: given.lease ?? 0n });
  }
  const { key, rangeEnd } = rangeOf("get" in given ? given.get : given.delete);
  return "get" in given ? op.get(key, { rangeEnd }) : op.delete(key, { rangeEnd });
}

export function resultOf(answer: ResponseOp): TxnOpResult {
  switch (answer.type) {
    case "put":
      return {
        type: "put",
        revision: answer.response.header.revision,
        previous: entryOrNull(answer.response.prevKv),
      };
    case "range":
      return { type: "get", ...allOf(answer.response) };
    case "deleteRange":
      return {
        type: "delete",
        revision: answer.response.header.revision,
        deleted: answer.response.deleted,
        previous: answer.response.prevKvs.map(entryOf),
      };
    default:
      throw new TypeError("a transaction holds no other one");
  }
}
