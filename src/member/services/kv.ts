import type { KvRequest, TxnRequest } from "../../api/requests.ts";
import type { AuthInfo } from "../../auth/tokens.ts";
import { isReadOnly } from "../../mvcc/kv/apply-txn.ts";
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
    else if (!isRead(request)) {
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

/** Nothing needs to go through the log for it. */
function isRead(op: KvRequest): boolean {
  return op.type === "range" || (op.type === "txn" && isReadOnly(op.request));
}

function isSerializable(op: KvRequest): boolean {
  return op.type === "range"
    ? op.request.serializable
    : op.type === "txn" && allSerializable(op.request);
}

/** A transaction needs no agreement on what is newest only if none of its reads does. */
function allSerializable({ success, failure }: TxnRequest): boolean {
  return [...success, ...failure].every((op) => op.type === "range" && op.request.serializable);
}
