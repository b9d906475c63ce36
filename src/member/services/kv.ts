import type { KvRequest, RequestOp, TxnRequest } from "../../api/requests.ts";
import type { AuthInfo } from "../../auth/tokens.ts";
import { checkRequest } from "../../mvcc/kv/check-request.ts";
import type { ServerContext } from "../rpc/server-context.ts";

/**
 * The KV service: writes are proposed and answered when their entry is applied here; reads ask for a
 * read index, or are served at once if they are serializable.
 */
export class KvService {
  private readonly context: ServerContext;

  constructor(context: ServerContext) {
    this.context = context;
  }

  handle(callId: number, token: string, request: KvRequest): void {
    const { context } = this;
    const error = checkRequest(request, context.config.maxTxnOps);
    if (error !== null) context.fail(callId, error);
    else if (request.type === "compaction" && context.config.profile.onlyRootCompacts) {
      context.asAdmin(callId, token, (user) => this.propose(callId, user, request));
    } else if (!isRead(request)) {
      context.asUser(callId, token, (user) => this.propose(callId, user, request));
    } else if (isSerializable(request)) this.serve(callId, token, request);
    else context.linearizable(callId, () => this.serve(callId, token, request));
  }

  private propose(callId: number, user: AuthInfo, request: KvRequest): void {
    const { context } = this;
    const error = context.machine.checker.checkProposed(user, request);
    if (error === null) context.proposer.propose(request, user, callId);
    else context.fail(callId, error);
  }

  private serve(callId: number, token: string, request: KvRequest): void {
    const { context } = this;
    context.asUser(callId, token, (user) =>
      context.respondApplied(callId, context.machine.read(user, request)),
    );
  }
}

/**
 * Nothing needs to go through the log for it. As in etcd (v3_server.go Txn, txn/util.go) a transaction
 * of reads is one of ranges alone: what is nested in it is not looked at, and goes through the log.
 */
function isRead(op: KvRequest): boolean {
  return op.type === "range" || (op.type === "txn" && allRanges(op.request));
}

function allRanges(request: TxnRequest): boolean {
  return everyOp(request, ({ type }) => type === "range");
}

/** A transaction needs no agreement on what is newest only if none of its reads does. */
function isSerializable(op: KvRequest): boolean {
  const serializable = (each: RequestOp | KvRequest) =>
    each.type === "range" && each.request.serializable;
  return serializable(op) || (op.type === "txn" && everyOp(op.request, serializable));
}

function everyOp({ success, failure }: TxnRequest, holds: (op: RequestOp) => boolean): boolean {
  return success.every(holds) && failure.every(holds);
}
