import type { ServiceRequest } from "../../src/api/requests.ts";
import { SECOND } from "../../src/base/time.ts";
import { Trio } from "../member/support/three-members.ts";
import { answerJson, errorJson } from "./answers.ts";
import type { Call } from "./calls.ts";
import type { Ours } from "./duel.ts";
import type { JsonObject } from "./json.ts";
import { BCRYPT_COST } from "./ours.ts";
import type { Revisions } from "./revisions.ts";

/** A member of three of ours, over a simulated network; the first knows the others. */
export class OurMember implements Ours {
  readonly others: readonly OurMember[];
  readonly #trio: Trio;
  readonly #id: number;

  private constructor(trio: Trio, id: number, others: readonly OurMember[]) {
    this.#trio = trio;
    this.#id = id;
    this.others = others;
  }

  /** The first of them leads, or does not. `bugs`: mistakes beside those of the release. */
  static cluster(release: string, leads: boolean, bugs: readonly string[] = []): OurMember {
    const settings = { serverVersion: release, bugs, bcryptCost: BCRYPT_COST };
    const trio = new Trio({ ...settings, monitorVersions: true });
    const first = leads ? trio.leader : trio.followers[0];
    const rest = trio.ids.filter((id) => id !== first);
    const others = rest.map((id) => new OurMember(trio, id, []));
    return new OurMember(trio, first, others);
  }

  get revisions(): Revisions {
    const { revision, compactRevision } = this.#trio.cluster.view(this.#id);
    return { now: revision, compacted: compactRevision };
  }

  call(call: Call, token: string): JsonObject {
    const { response, error } = this.#trio.ask(this.#id, call as ServiceRequest, token);
    // The others hear of what is committed.
    this.#trio.pass(SECOND / 5);
    if (response !== null) return answerJson(response);
    if (error === null) throw new Error(`${call.type} is answered with nothing`);
    return errorJson(error);
  }
}
