import type { AuthenticateRequest, AuthOp } from "../../api/requests.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { NOBODY } from "../../auth/tokens.ts";
import type { Random } from "../../base/random.ts";
import type { ServerContext } from "../rpc/server-context.ts";

/** The Auth service: everything goes through the log, passwords only as hashes. */
export class AuthService {
  private readonly context: ServerContext;
  /** Salts are drawn from it. */
  private readonly random: Random;

  constructor(context: ServerContext) {
    this.context = context;
    this.random = context.host.random.fork("salts");
  }

  handle(callId: number, token: string, op: AuthOp): void {
    const { context } = this;
    if (op.type === "authenticate") {
      context.linearizable(callId, () => this.signIn(callId, op.request));
      return;
    }
    const hashed = hashPassword(op, this.random, context.config.bcryptCost);
    if ("code" in hashed) context.fail(callId, hashed);
    else context.asUser(callId, token, (user) => context.proposer.propose(hashed, user, callId));
  }

  /** Checks the password here, and again if it may have changed before the sign-in was applied. */
  private signIn(callId: number, { name, password }: AuthenticateRequest): void {
    const { context } = this;
    const { auth } = context.machine;
    const checked = auth.checkPassword(name, password);
    if (typeof checked !== "number") {
      context.fail(callId, checked);
      return;
    }
    const request = { name, password: "", simpleToken: auth.tokens.prefix() };
    context.proposer.proposeFor({ type: "authenticate", request }, NOBODY, (reply) => {
      if (reply.error !== null || auth.stillAt(checked)) context.respondApplied(callId, reply);
      else this.signIn(callId, { name, password, simpleToken: "" });
    });
  }
}
