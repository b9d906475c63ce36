import type { ServiceRequest } from "../../api/requests.ts";
import type { CallOptions, Client } from "../../client/client.ts";
import { CallError } from "../../client/client.ts";
import type { KeepAlive } from "../../client/lease/keep-alive-channel.ts";
import type { Outcome } from "../../client/outcome.ts";
import type { Leader } from "../../client/recipes/election.ts";
import { LeasingKv } from "../../client/recipes/leasing.ts";
import type { Mutex } from "../../client/recipes/mutex.ts";
import type { Running, Task } from "../../client/task.ts";
import type { ClientWatcher } from "../../client/watch/client-watcher.ts";
import type { Cluster } from "../../sim/cluster.ts";
import { SelectorError } from "../language/selectors.ts";
import { suggestion } from "../read/suggest.ts";
import { ClientCall } from "./client-call.ts";
import { Programs } from "./programs/programs.ts";

/** A lease that a client was granted. */
export interface OwnLease {
  readonly client: number;
  readonly id: bigint;
  keepAlive: KeepAlive | null;
}

/** The clients of a run, and what the scenario calls that which they asked for and hold. */
export class ClientBook {
  /** By `as:`, else by the key. */
  readonly named = new Map<string, ClientCall>();
  /** All that clients asked for, in that order. */
  readonly calls: ClientCall[] = [];
  /** How long the texts of all calls are, which hold what is written. */
  askedBytes = 0;
  /** How much of it is under way. */
  pending = 0;
  /** The number of the step that is being taken. */
  step = 0;
  /** The changes of membership among them, by name. */
  readonly changes = new Map<string, { readonly member: number; readonly adds: boolean }>();
  readonly leases = new Map<string, OwnLease>();
  readonly watches = new Map<string, ClientWatcher>();
  /** What observers of elections were told. */
  readonly observed = new Map<string, Leader[]>();
  /** Programs of several clients. */
  readonly programs = new Programs();
  /** Locks that clients hold or wait for, by client and name. */
  readonly mutexes = new Map<string, Mutex>();
  readonly #leasing = new Map<string, LeasingKv>();
  readonly #cluster: Cluster;
  readonly #changed: () => void;

  /** @param changed is called when something ended that the trace does not tell of */
  constructor(cluster: Cluster, changed: () => void) {
    this.#cluster = cluster;
    this.#changed = changed;
  }

  client(id: number): Client {
    return this.#cluster.client(id);
  }

  /** What a client reads and writes through under this prefix; `ttl` counts where it is the first time. */
  leasing(id: number, prefix: string, ttl: number): LeasingKv {
    const name = `${id} ${prefix}`;
    const kv = this.#leasing.get(name) ?? new LeasingKv(this.client(id), prefix, ttl);
    this.#leasing.set(name, kv);
    return kv;
  }

  /** Makes a call; `name` null: nobody will refer to it. */
  ask(
    id: number,
    request: ServiceRequest,
    text: string,
    name: string | null,
    options: CallOptions = {},
    answered: (call: ClientCall) => void = () => undefined,
  ): ClientCall {
    const call = this.#begin(id, text, request, name);
    this.programs.asked(request);
    this.client(id).call(
      request,
      ({ response, outcome, error }) => {
        call.response = response;
        this.#end(call, outcome, error?.message ?? "");
        answered(call);
      },
      options,
    );
    return call;
  }

  /** Runs a program in a client. It may set the answer that its outcome is judged by. */
  perform(
    id: number,
    text: string,
    name: string | null,
    program: (client: Client, call: ClientCall) => Task<void>,
  ): Running<void> {
    const call = this.#begin(id, text, null, name);
    const client = this.client(id);
    const running = client.run(program(client, call));
    running.ended.listen((state) => {
      const { error } = running;
      const failed = error instanceof CallError ? error.outcome : "fail";
      this.#end(call, state === "done" ? "ok" : failed, error?.message ?? "");
      this.#changed();
    });
    return running;
  }

  #begin(
    client: number,
    text: string,
    request: ServiceRequest | null,
    name: string | null,
  ): ClientCall {
    const call = new ClientCall(client, text, request, this.#cluster.now, this.step);
    this.calls.push(call);
    this.askedBytes += text.length;
    this.pending++;
    if (name !== null) this.named.set(name, call);
    return call;
  }

  #end(call: ClientCall, outcome: Outcome, error: string): void {
    this.pending--;
    call.outcome = outcome;
    call.error = error;
    call.completedAt = this.#cluster.now;
  }

  lease(name: string): OwnLease {
    const grant = this.named.get(name);
    const lease = this.leases.get(name);
    if (lease !== undefined) return lease;
    const why =
      grant === undefined
        ? `: grant it first, with lease: {ttl: 5s, as: ${name}}`
        : grant.outcome === "pending"
          ? `: wait for its answer first, with when: {answered: ${name}}`
          : `: ${grant.error}; grant it again, when the cluster can`;
    throw new SelectorError(`no lease "${name}" was granted${why}`);
  }

  watch(name: string): ClientWatcher {
    return lookUp("watch", name, this.watches);
  }

  mutex(client: number, name: string): Mutex {
    const mutex = this.mutexes.get(mutexName(client, name));
    if (mutex === undefined) {
      throw new SelectorError(
        `client ${client} took no lock "${name}" yet: wait with when: {holds: {${name}: ${client}}}`,
      );
    }
    return mutex;
  }
}

export function mutexName(client: number, name: string): string {
  return `${client} ${name}`;
}

/** What a name stands for; throws SelectorError with what was perhaps meant. */
export function lookUp<T>(noun: string, name: string, known: ReadonlyMap<string, T>): T {
  const value = known.get(name);
  if (value !== undefined) return value;
  throw new SelectorError(`there is no ${noun} "${name}"${hint(name, known)}`);
}

function hint(name: string, known: ReadonlyMap<string, unknown>): string {
  return suggestion(name, [...known.keys()]);
}
