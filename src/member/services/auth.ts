import type { AuthenticateRequest, AuthOp } from "../../api/requests.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { NOBODY } from "../../auth/tokens.ts";
import type { Random } from "../../base/random.ts";
import type { Desk } from "../rpc/server-context.ts";

/** The Auth service: everything goes through the log, passwords only as hashes. */
export class AuthService {
  private readonly desk: Desk;
  /** Salts are drawn from it. */
  private readonly random: Random;

  constructor(desk: Desk) {
    this.desk = desk;
    this.random = desk.host.random.fork("salts");
  }

  handle(callId: number, token: string, op: AuthOp): void {
    const { desk } = this;
    if (op.type === "authenticate") {
      desk.linearizable(callId, () => this.signIn(callId, op.request));
      return;
    }
    const hashed = hashPassword(op, this.random, desk.config.bcryptCost);
    if ("code" in hashed) desk.fail(callId, hashed);
    else desk.asUser(callId, token, (user) => desk.proposer.propose(hashed, user, callId));
  }

  /** Checks the password here, and again if it may have changed before the sign-in was applied. */
  private signIn(callId: number, { name, password }: AuthenticateRequest): void {
    const { desk } = this;
    const { auth } = desk.machine;
    const checked = auth.checkPassword(name, password);
    if (typeof checked !== "number") {
      desk.fail(callId, checked);
      return;
    }
    const request = { name, password: "", simpleToken: auth.tokens.prefix() };
    desk.proposer.proposeFor({ type: "authenticate", request }, NOBODY, (reply) => {
      if (reply.error !== null || auth.stillAt(checked)) desk.reply(callId, reply);
      else this.signIn(callId, { name, password, simpleToken: "" });
    });
  }
}
