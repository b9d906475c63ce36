import type { QueueTraffic } from "../../../sim/workloads/queue-traffic.ts";
import { QUEUE_ONCE } from "./invariants.ts";
import { type Judged, Program, type ProgramFinding } from "./program.ts";

/** Items through a queue: each is taken once, and what was acknowledged is taken or still there. */
export class QueueProgram extends Program<QueueTraffic> {
  constructor(queue: QueueTraffic) {
    super(queue, queue.plan.name);
  }

  /** Everything was sent, and all of that taken; consumers wait on. */
  override get done(): boolean {
    const { producing, sent, taken, takenInDoubt } = this.workers;
    return producing === 0 && taken.length + takenInDoubt >= sent.length;
  }

  protected override judge(judged: Judged): ProgramFinding[] {
    const { plan } = this.workers;
    return this.wrong(judged).map((what) => ({
      invariant: QUEUE_ONCE,
      text: `${what} of the queue ${plan.name}`,
    }));
  }

  /** In words, what went wrong with which item. */
  wrong({ cluster, members }: Judged): string[] {
    const { sent, taken, takenInDoubt, claiming, plan } = this.workers;
    const twice = taken.find((item, i) => taken.indexOf(item) < i);
    const found = twice === undefined ? [] : [`two consumers took item ${twice}`];
    const known = new Set(taken);
    for (const member of members) {
      const left = new Set(cluster.entries(member, plan.name, 0)?.values());
      const missing = sent.filter((item) => !known.has(item) && !left.has(item));
      // A consumer that never learned whether it took an item has perhaps taken it.
      if (missing.length <= takenInDoubt + claiming) continue;
      const many = missing.length > 1 ? ` and ${missing.length - 1} others` : "";
      found.push(`nobody took item ${missing[0]}${many}, and member ${member} does not have it,`);
      break;
    }
    return found;
  }
}
