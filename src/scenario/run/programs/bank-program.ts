import type { Cluster } from "../../../sim/cluster.ts";
import type { Bank } from "../../../sim/workloads/bank.ts";
import { BANK_TOTAL } from "./invariants.ts";
import { type Judged, Program, type ProgramFinding } from "./program.ts";

/** Transfers between accounts: no money comes or goes. */
export class BankProgram extends Program<Bank> {
  constructor(bank: Bank) {
    super(bank, `${bank.plan.name}/`);
  }

  /** As a member has it. */
  sumOn(cluster: Cluster, member: number): number {
    const { name, accounts, balance } = this.workers.plan;
    let sum = 0;
    for (let i = 0; i < accounts; i++) {
      sum += Number(cluster.peek(member, `${name}/${i}`) ?? balance);
    }
    return sum;
  }

  protected override judge({ cluster, members }: Judged): ProgramFinding[] {
    const { total, plan } = this.workers;
    const wrong = members.find((member) => this.sumOn(cluster, member) !== total);
    if (wrong === undefined) return [];
    const sum = this.sumOn(cluster, wrong);
    const text = `the bank ${plan.name} holds ${sum} on member ${wrong}, and held ${total} at first`;
    return [{ invariant: BANK_TOTAL, text }];
  }
}
