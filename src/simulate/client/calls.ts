import { Errors } from "../../api/errors.ts";
import type { ResponseOf, ServiceRequest } from "../../api/requests.ts";
import { MILLISECOND } from "../../base/time.ts";
import type { CallOptions, Client } from "../../client/client.ts";
import type { Task } from "../../client/task.ts";
import type { Engine } from "../engine.ts";
import { etcdError, programError, TimeoutError } from "./errors.ts";

/**
 * How one call differs from others.
 *
 * @public
 */
export interface EtcdCallOptions {
  /** Milliseconds for the whole call, whatever attempts it takes; then a {@link TimeoutError}. Default: no end. */
  readonly timeout?: number;
  /** The member to ask first, by number. */
  readonly to?: number;
}

/** What all parts of a client ask by: calls and programs of clientv3, as promises. */
export class Calls {
  readonly engine: Engine;
  /** What does the work, without promises. */
  readonly core: Client;

  constructor(engine: Engine, core: Client) {
    this.engine = engine;
    this.core = core;
  }

  get id(): number {
    return this.core.id;
  }

  /** Makes a call of etcd's API, as plain data. `what`: as a person says it. */
  request<R extends ServiceRequest>(
    what: string,
    request: R,
    { timeout, to }: EtcdCallOptions = {},
    more: CallOptions = {},
  ): Promise<ResponseOf<R["type"]>> {
    const options: CallOptions = {
      ...(timeout === undefined
        ? {}
        : { deadlineUs: Math.max(1, Math.round(timeout * MILLISECOND)) }),
      ...(to === undefined ? {} : { to }),
      ...more,
    };
    return this.engine.promise(`${what} of client ${this.id}`, ({ resolve, reject }) => {
      this.core.call(
        request,
        ({ response, error, outcome }) => {
          if (response !== null) resolve(response.response as ResponseOf<R["type"]>);
          else {
            const ending = outcome === "ambiguous" ? "ambiguous" : "certain";
            reject(etcdError(error ?? Errors.canceled, ending));
          }
        },
        options,
      );
    });
  }

  /** Runs a program of the client, for `timeout` milliseconds at most. */
  program<T>(what: string, begin: () => Task<T>, timeout?: number): Promise<T> {
    return this.engine.promise(`${what} of client ${this.id}`, ({ resolve, reject }) => {
      const running = this.core.run(begin());
      const timer =
        timeout === undefined
          ? null
          : this.core.conn.after(Math.round(timeout * MILLISECOND), () => running.cancel());
      running.ended.listen((state) => {
        timer?.cancel();
        if (state === "done") resolve(running.value as T);
        else if (running.error !== null) reject(programError(running.error));
        else {
          const text = `${what}: not within ${timeout} ms`;
          reject(new TimeoutError("DeadlineExceeded", text, "ambiguous"));
        }
      });
    });
  }
}
