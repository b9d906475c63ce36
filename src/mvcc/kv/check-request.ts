import { type ApiError, Errors } from "../../api/errors.ts";
import type {
  DeleteRangeRequest,
  KvRequest,
  PutRequest,
  RequestOp,
  TxnRequest,
} from "../../api/requests.ts";

/** etcd's default for --max-txn-ops. */
export const MAX_TXN_OPS = 128;

/**
 * What a member refuses before it proposes anything (server/etcdserver/api/v3rpc/key.go); null if
 * nothing is wrong with the request.
 */
export function checkRequest(op: KvRequest, maxTxnOps: number = MAX_TXN_OPS): ApiError | null {
  if (op.type === "compaction") return null;
  if (op.type !== "txn") return checkOp(op, maxTxnOps);
  const error = checkTxn(op.request, maxTxnOps);
  if (error !== null) return error;
  const overlaps = touchedBy(op.request.success) === null || touchedBy(op.request.failure) === null;
  return overlaps ? Errors.duplicateKey : null;
}

function checkOp(op: RequestOp, maxTxnOps: number): ApiError | null {
  switch (op.type) {
    case "range":
      return op.request.key === "" ? Errors.emptyKey : null;
    case "put":
      return checkPut(op.request);
    case "deleteRange":
      return op.request.key === "" ? Errors.emptyKey : null;
    case "txn":
      return checkTxn(op.request, maxTxnOps);
  }
}

function checkPut({ key, value, lease, ignoreValue, ignoreLease }: PutRequest): ApiError | null {
  if (key === "") return Errors.emptyKey;
  if (ignoreValue && value.length > 0) return Errors.valueProvided;
  return ignoreLease && lease !== 0n ? Errors.leaseProvided : null;
}

function checkTxn({ compare, success, failure }: TxnRequest, maxTxnOps: number): ApiError | null {
  const ops = Math.max(compare.length, success.length, failure.length);
  if (ops > maxTxnOps) return Errors.tooManyOps;
  if (compare.some(({ key }) => key === "")) return Errors.emptyKey;
  for (const op of [...success, ...failure]) {
    // What a nested one may have is what its parent left.
    const error = checkOp(op, maxTxnOps - ops);
    if (error !== null) return error;
  }
  return null;
}

/** Keys that a branch may put, and ranges that it may delete. */
interface Touched {
  readonly puts: Set<string>;
  readonly deletes: DeleteRangeRequest[];
}

/**
 * What a list of operations touches; null if a key may be put twice, or put and deleted, in one
 * transaction. The two branches of a nested one exclude each other: both may put the same key.
 */
function touchedBy(ops: readonly RequestOp[]): Touched | null {
  const puts = new Set<string>();
  const deletes: DeleteRangeRequest[] = [];
  for (const op of ops) if (op.type === "deleteRange") deletes.push(op.request);
  for (const op of ops) {
    if (op.type !== "txn") continue;
    const then = touchedBy(op.request.success);
    const otherwise = touchedBy(op.request.failure);
    if (then === null || otherwise === null) return null;
    for (const key of then.puts) {
      if (puts.has(key) || isDeleted(key, deletes)) return null;
    }
    for (const key of otherwise.puts) {
      if ((puts.has(key) && !then.puts.has(key)) || isDeleted(key, deletes)) return null;
    }
    for (const key of then.puts) puts.add(key);
    for (const key of otherwise.puts) puts.add(key);
    deletes.push(...then.deletes, ...otherwise.deletes);
  }
  for (const op of ops) {
    if (op.type !== "put") continue;
    const { key } = op.request;
    if (puts.has(key) || isDeleted(key, deletes)) return null;
    puts.add(key);
  }
  return { puts, deletes };
}

/**
 * etcd compares the end as it stands, so that a deletion of everything from a key on (end "\0")
 * covers nothing here.
 */
function isDeleted(key: string, deletes: readonly DeleteRangeRequest[]): boolean {
  return deletes.some((range) =>
    range.rangeEnd === "" ? key === range.key : key >= range.key && key < range.rangeEnd,
  );
}
