import type { InternalRaftRequest, KvRequest } from "../api/requests.ts";
import { Auth } from "../auth/auth.ts";
import { AuthChecker } from "../auth/auth-checker.ts";
import { BucketAuthStore } from "../auth/auth-store.ts";
import type { AuthInfo, TokenProvider } from "../auth/tokens.ts";
import { BucketLeaseStore } from "../lease/lease-store.ts";
import { Lessor } from "../lease/lessor.ts";
import type { LessorHost, LessorOptions } from "../lease/options.ts";
import type { Backend } from "../mvcc/backend.ts";
import type { MvccBugs } from "../mvcc/bugs.ts";
import { Store } from "../mvcc/store.ts";
import { type Applier, type Applying, BackendApplier } from "./applier.ts";
import { AuthApplier } from "./auth-applier.ts";
import type { ApplyReply } from "./types.ts";

/**
 * The three things that one backend holds and requests are executed on (keys, leases, users), and
 * the chain of appliers in front of them. A snapshot puts another backend under all of them.
 */
export class Machines {
  readonly lessor: Lessor;
  readonly auth: Auth;
  readonly checker: AuthChecker;
  readonly applying: Applying = { now: 0, index: 0 };
  private readonly bugs: MvccBugs;
  private last: BackendApplier;
  private first: Applier;

  /** `host` null: the lessor makes no checkpoints. */
  constructor(
    backend: Backend,
    options: LessorOptions,
    host: LessorHost | null,
    tokens: TokenProvider,
    bugs: MvccBugs,
  ) {
    this.bugs = bugs;
    this.lessor = new Lessor(leasesOf(backend), options, host);
    this.auth = new Auth(usersOf(backend), tokens, options.bugs);
    this.checker = new AuthChecker(
      this.auth,
      (id) => this.lessor.lookup(id)?.keys ?? [],
      options.bugs,
    );
    this.last = this.open(backend);
    this.first = new AuthApplier(this.last, this.checker);
  }

  get store(): Store {
    return this.last.store;
  }

  /** Executes a request from the log, the entry's at `index`. */
  apply(request: InternalRaftRequest, index: number): ApplyReply {
    this.applying.index = index;
    return this.first.apply(request);
  }

  /** Answers a request that changes nothing, if this user may ask it. */
  read(user: AuthInfo, request: KvRequest): ApplyReply {
    const error = this.checker.check(user, request);
    return error === null ? this.last.read(request) : { response: null, error };
  }

  /** Goes over to another backend, a snapshot's. */
  replace(backend: Backend): void {
    this.lessor.recover(leasesOf(backend));
    this.auth.recover(usersOf(backend));
    this.last = this.open(backend);
    this.first = new AuthApplier(this.last, this.checker);
  }

  /** The leases are known before the store attaches its keys to them. */
  private open(backend: Backend): BackendApplier {
    const store = new Store(backend, { leases: this.lessor, bugs: this.bugs });
    return new BackendApplier(store, this.lessor, this.auth, this.applying);
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
