import type { Duration } from "../../base/time.ts";
import type { Client } from "../../client/client.ts";
import { Election } from "../../client/recipes/election.ts";
import { Session } from "../../client/recipes/session.ts";
import type { Task } from "../../client/task.ts";
import { type ClientSource, Workers } from "./workers.ts";

export interface CandidatesPlan {
  readonly clients: readonly number[];
  readonly name: string;
  /** Of the sessions, in seconds. */
  readonly ttl: number;
  /** How long each leads before it resigns, and how often it proclaims something meanwhile. */
  readonly reignUs: Duration;
  readonly proclamations: number;
  readonly rounds: number;
}

/** Clients that stand for election, lead for a while, and resign. */
export class Candidates extends Workers {
  readonly plan: CandidatesPlan;
  /** Who was elected, in order. */
  readonly elected: number[] = [];

  constructor(source: ClientSource, plan: CandidatesPlan) {
    super();
    this.plan = plan;
    for (const id of plan.clients) {
      const client = source.client(id);
      this.start(client, this.stand(client));
    }
  }

  private *stand(client: Client): Task<void> {
    for (let round = 0; round < this.plan.rounds && !this.stopping; round++) {
      yield* this.attempt(this.round(client, round));
    }
  }

  private *round(client: Client, round: number): Task<void> {
    const { name, ttl, reignUs, proclamations } = this.plan;
    const session = yield* Session.open(client, ttl);
    try {
      const election = new Election(session, name);
      yield* election.campaign(`c${client.id}.${round}.0`);
      this.elected.push(client.id);
      for (let said = 1; said <= proclamations && election.leads; said++) {
        yield* client.sleep(Math.floor(reignUs / proclamations), session.done);
        yield* election.proclaim(`c${client.id}.${round}.${said}`);
      }
      yield* election.resign();
    } finally {
      yield* session.close();
    }
  }
}
