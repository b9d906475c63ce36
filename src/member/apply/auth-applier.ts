import type { Reply } from "../../api/reply.ts";
import type { InternalRaftRequest, InternalResponse } from "../../api/requests.ts";
import type { AuthChecker } from "../../auth/auth-checker.ts";
import type { Applier } from "./backend-applier.ts";

/**
 * The link that asks whether the user in the request's header may do that
 * (server/etcdserver/apply/apply_auth.go). All members ask it at the same place of the log, so that
 * all refuse the same requests.
 */
export class AuthApplier implements Applier {
  private readonly next: Applier;
  private readonly checker: AuthChecker;

  constructor(next: Applier, checker: AuthChecker) {
    this.next = next;
    this.checker = checker;
  }

  apply(request: InternalRaftRequest): Reply<InternalResponse> {
    const { username, authRevision } = request.header;
    const error = this.checker.checkApplied({ username, revision: authRevision }, request.op);
    return error === null ? this.next.apply(request) : { response: null, error };
  }
}
