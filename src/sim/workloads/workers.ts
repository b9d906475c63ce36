import type { Client } from "../../client/client.ts";
import { type Running, type Task, TaskError } from "../../client/task.ts";

/** Where workloads find their clients. */
export interface ClientSource {
  client(id: number): Client;
}

/** Programs of several clients that belong together. */
export abstract class Workers {
  /** Set by {@link stop}: whoever goes round looks at it. */
  stopping = false;
  /** How often something failed that a client has to reckon with, and why last. */
  failures = 0;
  lastFailure = "";
  private readonly running: Running<void>[] = [];

  protected start(client: Client, program: Task<void>): void {
    this.running.push(client.run(program));
  }

  /** Whether all have ended. */
  get done(): boolean {
    return this.running.every(({ state }) => state !== "running");
  }

  /** Lets everybody come to an end. */
  stop(): void {
    this.stopping = true;
  }

  /** Ends everybody where they stand. */
  cancel(): void {
    this.stopping = true;
    for (const running of this.running) running.cancel();
  }

  /** Runs a part that may fail as clients' programs may; false if it did. */
  protected *attempt(part: Task<void>): Task<boolean> {
    try {
      yield* part;
      return true;
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      this.failures++;
      this.lastFailure = error.message;
      return false;
    }
  }
}
