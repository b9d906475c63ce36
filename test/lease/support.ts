import { Errors } from "../../src/api/errors.ts";
import type { LeaseCheckpointRequest } from "../../src/api/requests.ts";
import { OrderedMap } from "../../src/base/ordered-map.ts";
import type { Instant } from "../../src/base/time.ts";
import { Lease, type Renewal } from "../../src/lease/lease.ts";
import { BucketLeaseStore, type LeaseBucket } from "../../src/lease/lease-store.ts";
import { Lessor } from "../../src/lease/lessor.ts";
import {
  type CheckpointDone,
  LESSOR_DEFAULTS,
  type LessorHost,
  type LessorOptions,
} from "../../src/lease/options.ts";
import { mistakesOf } from "../../src/museum/switches.ts";

/** A bucket of which nothing is ever lost. */
export class MemoryBucket implements LeaseBucket {
  readonly pairs = new OrderedMap<Uint8Array>();

  put(key: string, value: Uint8Array): void {
    this.pairs.set(key, value);
  }

  delete(key: string): void {
    this.pairs.delete(key);
  }

  forEach(visit: (key: string, value: Uint8Array) => void): void {
    for (const [key, value] of this.pairs.entries()) visit(key, value);
  }
}

/** Keeps proposed checkpoints until the test lets them through. */
export class SlowLog implements LessorHost {
  readonly proposed: {
    readonly request: LeaseCheckpointRequest;
    readonly done: CheckpointDone;
  }[] = [];

  proposeCheckpoint(request: LeaseCheckpointRequest, done: CheckpointDone): void {
    this.proposed.push({ request, done });
  }

  /** Applies the oldest proposal, then says that it is done. */
  apply(now: Instant, lessor: Lessor): LeaseCheckpointRequest {
    const first = this.proposed.shift();
    if (first === undefined) throw new Error("nothing was proposed");
    for (const checkpoint of first.request.checkpoints) lessor.checkpoint(now, checkpoint);
    first.done(now, null);
    return first.request;
  }

  /** The oldest proposal gets lost. */
  lose(now: Instant): void {
    const first = this.proposed.shift();
    if (first === undefined) throw new Error("nothing was proposed");
    first.done(now, Errors.timeout);
  }
}

export interface Rig {
  readonly bucket: MemoryBucket;
  readonly store: BucketLeaseStore;
  readonly log: SlowLog;
  readonly lessor: Lessor;
}

export function rig(
  options: Partial<Omit<LessorOptions, "mistakes">> & { readonly bugs?: readonly string[] } = {},
): Rig {
  const bucket = new MemoryBucket();
  const store = new BucketLeaseStore(bucket);
  const log = new SlowLog();
  const mistakes = mistakesOf(options.bugs ?? []);
  const lessor = new Lessor(store, { ...LESSOR_DEFAULTS, ...options, mistakes }, log);
  return { bucket, store, log, lessor };
}

/** Grants, or throws what the lessor says. */
export function granted(lessor: Lessor, now: Instant, id: bigint, ttl: number): Lease {
  const lease = lessor.grant(now, id, ttl);
  if (!(lease instanceof Lease)) throw new Error(lease.message);
  return lease;
}

/** What a keep-alive was answered so far. */
export function renewal(lessor: Lessor, now: Instant, id: bigint): Renewal[] {
  const answers: Renewal[] = [];
  lessor.renew(now, id, (answer) => answers.push(answer));
  return answers;
}
