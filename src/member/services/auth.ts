import type { AuthenticateRequest, AuthOp } from "../../api/requests.ts";
import { hashPassword } from "../../auth/passwords.ts";
import type { Random } from "../../base/random.ts";
import type { ServerContext } from "../rpc/server-context.ts";

/** The Auth service: everything goes through the log, passwords mostly as hashes. */
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
    const { bcryptCost, profile } = context.config;
    if (op.type === "authenticate") {
      context.linearizable(callId, () => this.signIn(callId, token, op.request));
      return;
    }
    const hashed = profile.hashesPasswordsEarly ? hashPassword(op, this.random, bcryptCost) : op;
    if ("code" in hashed) context.fail(callId, hashed);
    else context.asUser(callId, token, (user) => context.proposer.propose(hashed, user, callId));
  }

  /** Checks the password here, and again if it may have changed before the sign-in was applied. */
  private signIn(callId: number, token: string, { name, password }: AuthenticateRequest): void {
    const { context } = this;
    const { auth } = context.machine;
    const checked = auth.checkPassword(name, password);
    if (typeof checked !== "number") {
      context.fail(callId, checked);
      return;
    }
    const request = { name, password: "", simpleToken: auth.tokens.prefix() };
    const shown = context.config.profile.looksAtTokenOfSignIn ? token : "";
    context.asUser(callId, shown, (user) =>
      context.proposer.proposeFor({ type: "authenticate", request }, user, (reply) => {
        if (reply.error !== null || auth.stillAt(checked)) context.respondApplied(callId, reply);
        else this.signIn(callId, token, { name, password, simpleToken: "" });
      }),
    );
  }
}
