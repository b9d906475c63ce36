import { Errors } from "../../api/errors.ts";
import type {
  PutRequest,
  RangeRequest,
  RequestOp,
  ResponseOp,
  TxnRequest,
  TxnResponse,
} from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { LeaseAttachments } from "../lessor-port.ts";
import { RevisionError } from "../revision-error.ts";
import type { Store } from "../store.ts";
import { ApplyError } from "./apply-error.ts";
import { applyRange, headerAt } from "./apply-range.ts";
import { applyDeleteRange, applyPut } from "./apply-writes.ts";
import { holds } from "./compare.ts";

/** A transaction whose guards were evaluated: which branch it takes, and those nested in it. */
interface Path {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOp[];
  /** One for each nested transaction among `ops`, in order. */
  readonly nested: readonly Path[];
}

/**
 * A transaction, etcd's way (server/etcdserver/txn/txn.go): first all guards, nested ones too, on the
 * state before; then everything that could fail on the way is checked; then it is executed, and
 * nothing can fail any more. Throws ApplyError and RevisionError before anything was changed.
 */
export function applyTxn(store: Store, leases: LeaseAttachments, request: TxnRequest): TxnResponse {
  const path = choose(store, request);
  // Known mistake W17: it fails on the way, and what was done until then stays done.
  if (!store.mistakes.keepsHalfTransactions) check(store, leases, path);
  if (isReadOnly(request)) return { ...execute(store, path), header: headerAt(store.revision) };
  store.begin();
  try {
    const response = execute(store, path);
    return { ...response, header: headerAt(store.visibleRevision) };
  } finally {
    store.end();
  }
}

/** Whether no branch, taken or not, can change anything. */
function isReadOnly(request: TxnRequest): boolean {
  const reads = (op: RequestOp): boolean =>
    op.type === "range" || (op.type === "txn" && isReadOnly(op.request));
  return request.success.every(reads) && request.failure.every(reads);
}

function choose(store: Store, request: TxnRequest): Path {
  const succeeded = request.compare.every((compare) => holds(store, compare));
  const ops = succeeded ? request.success : request.failure;
  const nested: Path[] = [];
  for (const op of ops) if (op.type === "txn") nested.push(choose(store, op.request));
  return { succeeded, ops, nested };
}

/** Looks at each operation that is executed, and throws the first error (checkTxn). */
function check(store: Store, leases: LeaseAttachments, path: Path): void {
  const ops = [...opsOf(path)];
  const before: WriteOp[] = [];
  for (const op of store.profile.checksTxnInOrder ? ops : putsFirst(ops)) {
    switch (op.type) {
      case "range":
        checkRange(store, op.request);
        break;
      case "put":
        checkPut(store, leases, op.request);
        // Nothing may fail any more once the first operation is done.
        if (needsKey(op.request) && isDeleted(op.request.key, before)) {
          throw new ApplyError(Errors.keyNotFound);
        }
        before.push(op);
        break;
      case "deleteRange":
        before.push(op);
    }
  }
}

function checkPut(store: Store, leases: LeaseAttachments, request: PutRequest): void {
  if (!store.profile.checksLeaseBeforeKey) checkKey(store, request);
  checkLease(leases, request);
  checkKey(store, request);
}

type PlainOp = Exclude<RequestOp, { readonly type: "txn" }>;

/** What is executed, in its order, nested transactions unfolded. */
function* opsOf({ ops, nested }: Path): Generator<PlainOp> {
  let next = 0;
  for (const op of ops) {
    if (op.type === "txn") yield* opsOf(nested[next++] as Path);
    else yield op;
  }
}

function putsFirst(ops: readonly PlainOp[]): readonly PlainOp[] {
  return [
    ...ops.filter(({ type }) => type !== "range"),
    ...ops.filter(({ type }) => type === "range"),
  ];
}

type WriteOp = Extract<RequestOp, { readonly type: "put" | "deleteRange" }>;

/** Whether the last of the operations that touches the key deletes it. */
function isDeleted(key: string, ops: readonly WriteOp[]): boolean {
  const last = ops.findLast((op) => {
    if (op.type === "put") return op.request.key === key;
    const { key: from, rangeEnd: to } = op.request;
    return to === "" ? key === from : key >= from && (to === "\0" || key < to);
  });
  return last?.type === "deleteRange";
}

function needsKey({ ignoreValue, ignoreLease }: PutRequest): boolean {
  return ignoreValue || ignoreLease;
}

/** A put that takes over a value or a lease needs a key to take it from. Throws ApplyError. */
export function checkKey(store: Store, request: PutRequest): void {
  if (needsKey(request) && store.get(request.key) === null) {
    throw new ApplyError(Errors.keyNotFound);
  }
}

/** Throws ApplyError if the lease is not there. */
export function checkLease(leases: LeaseAttachments, { lease }: PutRequest): void {
  if (lease !== 0n && !leases.exists(lease)) throw new ApplyError(Errors.leaseNotFound);
}

function checkRange(store: Store, { revision }: RangeRequest): void {
  if (revision === 0) return;
  if (revision > store.revision) throw new RevisionError("future");
  if (revision < store.compactRevision) throw new RevisionError("compacted");
}

function execute(store: Store, path: Path): TxnResponse {
  let next = 0;
  const responses: ResponseOp[] = [];
  for (const op of path.ops) {
    if (op.type === "txn") {
      const response = execute(store, path.nested[next++] as Path);
      responses.push({ type: "txn", response });
    } else responses.push(executeOp(store, op));
  }
  assert(next === path.nested.length, "every nested transaction was executed");
  // Only the outermost header has a revision.
  return { header: headerAt(0), succeeded: path.succeeded, responses };
}

function executeOp(store: Store, op: Exclude<RequestOp, { type: "txn" }>): ResponseOp {
  switch (op.type) {
    case "range":
      return { type: "range", response: applyRange(store, op.request) };
    case "put":
      return { type: "put", response: applyPut(store, op.request) };
    case "deleteRange":
      return { type: "deleteRange", response: applyDeleteRange(store, op.request) };
  }
}
