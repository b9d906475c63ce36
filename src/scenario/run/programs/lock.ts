import { op } from "../../../api/build.ts";
import type { RequestOp } from "../../../api/requests.ts";
import { type Duration, MILLISECOND } from "../../../base/time.ts";
import type { Client } from "../../../client/client.ts";
import { Election, type Leader } from "../../../client/recipes/election.ts";
import { Mutex } from "../../../client/recipes/mutex.ts";
import { Session } from "../../../client/recipes/session.ts";
import { type Task, TaskError } from "../../../client/task.ts";
import type { ClientCall } from "../client-call.ts";

/** After a round that failed. */
const PAUSE_US: Duration = 100 * MILLISECOND;

export interface LockPlan {
  readonly name: string;
  /** Of the session, in seconds. */
  readonly ttl: number;
  /** How long it works under the lock; null: it keeps it. */
  readonly hold: Duration | null;
  /** How often it does all that, each time in a session of its own. */
  readonly rounds: number;
  /** What it does at the end of its work, before it gives the lock back. */
  readonly write: RequestOp | null;
  /** Whether that is guarded by the fencing token. */
  readonly fenced: boolean;
}

/**
 * A client that takes a lock, works for a while, writes its result, and gives the lock back. As most
 * programs it does not look again whether it still holds the lock before it writes.
 */
export function* workUnderLock(
  client: Client,
  call: ClientCall,
  plan: LockPlan,
  taking: (mutex: Mutex) => void,
): Task<void> {
  let failure: TaskError | null = null;
  for (let round = 1; round < plan.rounds; round++) {
    try {
      yield* workOnce(client, call, plan, taking);
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      failure = error;
      yield* client.sleep(PAUSE_US);
    }
  }
  yield* workOnce(client, call, plan, taking);
  if (failure !== null) throw failure;
}

function* workOnce(
  client: Client,
  call: ClientCall,
  plan: LockPlan,
  taking: (mutex: Mutex) => void,
): Task<void> {
  const session = yield* Session.open(client, plan.ttl);
  const mutex = new Mutex(session, plan.name);
  taking(mutex);
  yield* mutex.lock();
  if (plan.hold === null) return;
  yield* client.sleep(plan.hold);
  if (plan.write !== null) {
    const guards = plan.fenced ? [mutex.isOwner()] : [];
    const response = yield* client.do(op.txn(guards, [plan.write]));
    call.response = { type: "txn", response };
  }
  yield* mutex.unlock();
  yield* session.close();
}

export interface CampaignPlan {
  readonly name: string;
  readonly ttl: number;
  readonly value: string;
  /** How long it leads before it resigns. */
  readonly reign: Duration;
}

/** A client that campaigns in an election, leads for a while, and resigns. */
export function* campaign(client: Client, { name, ttl, value, reign }: CampaignPlan): Task<void> {
  const session = yield* Session.open(client, ttl);
  const election = new Election(session, name);
  yield* election.campaign(value);
  yield* client.sleep(reign, session.done);
  yield* election.resign();
  yield* session.close();
}

/** A client that observes who leads, until the run ends. */
export function* observe(
  client: Client,
  name: string,
  observed: (leader: Leader) => void,
): Task<void> {
  const session = yield* Session.open(client);
  yield* new Election(session, name).observe(observed);
}
