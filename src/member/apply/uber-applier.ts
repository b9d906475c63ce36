import type { Reply } from "../../api/reply.ts";
import type { InternalRaftRequest, InternalResponse, KvRequest } from "../../api/requests.ts";
import { Auth } from "../../auth/auth.ts";
import { BucketAuthStore } from "../../auth/auth-buckets.ts";
import { PermissionCheck } from "../../auth/permission-check.ts";
import type { AuthInfo, TokenProvider } from "../../auth/tokens.ts";
import { BucketLeaseStore } from "../../lease/lease-store.ts";
import { Lessor } from "../../lease/lessor.ts";
import type { LessorHost, LessorOptions } from "../../lease/options.ts";
import type { AuthMistakes } from "../../museum/auth.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import type { MvccMistakes } from "../../museum/mvcc.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import { Store } from "../../mvcc/store.ts";
import type { Profile } from "../../profile/catalogue.ts";
import { CURRENT_PROFILE } from "../../profile/profile.ts";
import { type Applier, cappedApplier, corruptApplier, NO_SPACE } from "./alarm-appliers.ts";
import { Alarms } from "./alarms.ts";
import { type Applying, BackendApplier } from "./backend-applier.ts";
import { ClusterInfo } from "./cluster-info.ts";
import { Quota } from "./quota.ts";

/** How large the store may grow, in bytes, and how many rows a step of a compaction looks at. */
export interface StoreLimits {
  readonly quotaBytes: number;
  readonly compactionBatch?: number;
  readonly profile?: Profile;
}

/**
 * What one backend holds and requests are executed on (keys, leases, users, alarms, the cluster's
 * version), and the chain of appliers in front of that: corrupt, capped, auth, quota, backend, the
 * first two only while there is such an alarm. A snapshot puts another backend under all of it.
 */
export class UberApplier {
  readonly lessor: Lessor;
  readonly auth: Auth;
  readonly checker: PermissionCheck;
  readonly applying: Applying = { now: 0, index: 0 };
  private readonly limits: StoreLimits;
  private readonly mistakes: AuthMistakes & MvccMistakes;
  private readonly profile: Profile;
  readonly quota: Quota;
  private last: BackendApplier;
  private first: Applier;

  /** `host` null: the lessor makes no checkpoints. `quotaBytes` as in MemberSettings. */
  constructor(
    backend: Backend,
    options: LessorOptions,
    host: LessorHost | null,
    tokens: TokenProvider,
    mistakes: AuthMistakes & MvccMistakes & MemberMistakes,
    limits: StoreLimits = { quotaBytes: 0 },
  ) {
    this.mistakes = mistakes;
    this.limits = limits;
    this.quota = new Quota(limits.quotaBytes, mistakes);
    this.lessor = new Lessor(leasesOf(backend), options, host);
    this.profile = limits.profile ?? CURRENT_PROFILE;
    this.auth = new Auth(usersOf(backend), tokens, mistakes, this.profile);
    this.checker = new PermissionCheck(
      this.auth,
      (id) => this.lessor.lookup(id)?.keys ?? [],
      mistakes,
    );
    this.last = this.open(backend);
    this.first = this.chain();
  }

  get store(): Store {
    return this.last.store;
  }

  get alarms(): Alarms {
    return this.last.alarms;
  }

  get cluster(): ClusterInfo {
    return this.last.cluster;
  }

  /** Executes a request from the log, the entry's at `index`. */
  apply(request: InternalRaftRequest, index: number): Reply<InternalResponse> {
    this.applying.index = index;
    const reply = this.first(request);
    if (request.op.type === "alarm") this.first = this.chain();
    return reply;
  }

  private chain(): Applier {
    const { last, alarms } = this;
    let first = quotaApplier((request) => last.apply(request), this.quota, last.store.backend);
    first = authApplier(first, this.checker);
    if (alarms.has("NOSPACE")) first = cappedApplier(first, this.quota);
    if (alarms.has("CORRUPT")) first = corruptApplier(first);
    return first;
  }

  /** Answers a request that changes nothing, if this user may ask it. */
  read(user: AuthInfo, request: KvRequest): Reply<InternalResponse> {
    const error = this.checker.check(user, request);
    return error === null ? this.last.read(request) : { response: null, error };
  }

  /** Goes over to another backend, a snapshot's. */
  replace(backend: Backend): void {
    this.lessor.recover(leasesOf(backend));
    this.auth.recover(usersOf(backend));
    this.last = this.open(backend);
    this.first = this.chain();
  }

  /** The leases are known before the store attaches its keys to them. */
  private open(backend: Backend): BackendApplier {
    const { lessor, auth, limits, mistakes, profile } = this;
    const store = new Store(backend, { ...limits, leases: lessor, mistakes });
    const alarms = new Alarms(backend.bucket("alarm"));
    const cluster = new ClusterInfo(backend.bucket("cluster"));
    return new BackendApplier({ store, lessor, auth, alarms, cluster, profile }, this.applying);
  }
}

function leasesOf(backend: Backend): BucketLeaseStore {
  return new BucketLeaseStore(backend.bucket("lease"));
}

function usersOf(backend: Backend): BucketAuthStore {
  return new BucketAuthStore(
    backend.bucket("auth"),
    backend.bucket("authUsers"),
    backend.bucket("authRoles"),
  );
}

/**
 * Looks at the room left in the backend (quotaApplierV3). Members' files differ in size, their states must
 * not: what does not fit is done all the same, and answered with an error. The alarm that follows, through
 * the log, stops all members at one entry.
 */
function quotaApplier(next: Applier, quota: Quota, backend: Backend): Applier {
  return (request) => {
    const fits = quota.fits(backend.size, request.op);
    const reply = next(request);
    return fits || reply.error !== null ? reply : NO_SPACE;
  };
}

/**
 * Asks whether the user in the request's header may do that (apply_auth.go). All members ask it at the same
 * place of the log, so that all refuse the same requests.
 */
function authApplier(next: Applier, checker: PermissionCheck): Applier {
  return (request) => {
    const { username, authRevision } = request.header;
    const error = checker.checkApplied({ username, revision: authRevision }, request.op);
    return error === null ? next(request) : { response: null, error };
  };
}
