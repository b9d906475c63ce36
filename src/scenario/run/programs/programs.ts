import type { ServiceRequest } from "../../../api/requests.ts";
import type { Traffic } from "../../../sim/workloads/traffic/traffic.ts";
import type { BankProgram } from "./bank-program.ts";
import type { MirrorProgram } from "./mirror-program.ts";
import { type Judged, Program, type ProgramFinding } from "./program.ts";
import type { QueueProgram } from "./queue-program.ts";

/** Random operations: what they come to is for others to judge. */
class TrafficProgram extends Program<Traffic> {}

/** The programs of several clients in a run, by what the scenario calls them. */
export class Programs {
  readonly banks = new Map<string, BankProgram>();
  readonly queues = new Map<string, QueueProgram>();
  readonly mirrors = new Map<string, MirrorProgram>();
  readonly traffic = new Map<string, TrafficProgram>();

  addTraffic(name: string, traffic: Traffic): void {
    this.traffic.set(name, new TrafficProgram(traffic, null));
  }

  /** All that they were to do is done. */
  get done(): boolean {
    return this.#all().every(({ done }) => done);
  }

  /** Lets them come to an end. */
  stop(): void {
    for (const { workers } of this.#all()) workers.stop();
  }

  /** To be called with all that others ask for. */
  asked(request: ServiceRequest): void {
    for (const program of this.#all()) program.asked(request);
  }

  /** What they show to be wrong now that the run is over. */
  finish(judged: Judged): ProgramFinding[] {
    return this.#all().flatMap((program) => program.finish(judged));
  }

  #all(): Program[] {
    const { banks, queues, mirrors, traffic } = this;
    return [banks, queues, mirrors, traffic].flatMap((programs): Program[] => [
      ...programs.values(),
    ]);
  }
}
