import type { ServiceRequest } from "../../src/api/requests.ts";
import { type Duration, SECOND } from "../../src/base/time.ts";
import type { MemberPeers } from "../../src/member/host.ts";
import { ALONE, Lone } from "../member/support/lone-member.ts";
import { answerJson, errorJson } from "./answers.ts";
import type { Call } from "./calls.ts";
import type { JsonObject } from "./json.ts";
import type { Revisions } from "./revisions.ts";

export const BCRYPT_COST = 4;

/** A learner may be added, but nobody is there. */
class Deaf extends Lone {
  override get peers(): MemberPeers {
    return { ...ALONE, send: () => undefined };
  }
}

/** One member of ours, with its log, its disk and its checks: what it answers a client. */
export class OurServer {
  readonly #member: Deaf;

  /** `bugs`: mistakes beside those of the release. */
  constructor(release: string, bugs: readonly string[] = []) {
    const settings = {
      ...{ serverVersion: release, bugs, bcryptCost: BCRYPT_COST },
      monitorVersions: true,
    };
    this.#member = new Deaf(settings, undefined, { silent: true });
    this.#member.pass(SECOND);
  }

  /** Lets time go by. */
  pass(us: Duration): void {
    this.#member.pass(us);
  }

  get revisions(): Revisions {
    const { revision, compactRevision } = this.#member.member.view();
    return { now: revision, compacted: compactRevision };
  }

  /** What a client with this token ("": none) is answered. */
  call(call: Call, token: string): JsonObject {
    const { response, error } = this.#member.ask1(call as ServiceRequest, token);
    if (response !== null) return answerJson(response);
    if (error === null) throw new Error(`${call.type} is answered with nothing`);
    return errorJson(error);
  }
}
