import type { Reply } from "../../api/reply.ts";
import type {
  AlarmRequest,
  InternalRaftRequest,
  InternalResponse,
  KvRequest,
  KvResponse,
  LeaseOp,
} from "../../api/requests.ts";
import { applyAuth } from "../../auth/apply-auth-request.ts";
import type { Auth } from "../../auth/auth.ts";
import { isAuthOp } from "../../auth/is-auth-op.ts";
import type { Instant } from "../../base/time.ts";
import { Lease } from "../../lease/lease.ts";
import type { Lessor } from "../../lease/lessor.ts";
import { apiErrorOf } from "../../mvcc/kv/apply-error.ts";
import { applyRange, headerAt } from "../../mvcc/kv/apply-range.ts";
import { applyTxn, checkKey, checkLease } from "../../mvcc/kv/apply-txn.ts";
import { applyDeleteRange, applyPut } from "../../mvcc/kv/apply-writes.ts";
import type { LeaseAttachments } from "../../mvcc/lessor-port.ts";
import type { Store } from "../../mvcc/store.ts";
import type { MemberProfile } from "../../profile/member.ts";
import type { Alarms } from "./alarms.ts";
import type { ClusterInfo } from "./cluster-info.ts";

const DONE: Reply<InternalResponse> = { response: null, error: null };

/** What is known of an entry besides its request. */
export interface Applying {
  /** The member's own clock: leases and tokens end by it, nothing replicated depends on it. */
  now: Instant;
  index: number;
}

/** What requests are executed on: all of it is in one backend. */
export interface Executed {
  readonly store: Store;
  readonly lessor: Lessor;
  readonly auth: Auth;
  readonly alarms: Alarms;
  readonly cluster: ClusterInfo;
  readonly profile: MemberProfile;
}

/**
 * The last link: requests executed on the store, the leases, the users, and the rest
 * (server/etcdserver/apply/applier_backend.go).
 */
export class BackendApplier {
  readonly store: Store;
  private readonly lessor: Lessor;
  private readonly auth: Auth;
  readonly alarms: Alarms;
  readonly cluster: ClusterInfo;
  private readonly profile: MemberProfile;
  private readonly applying: Applying;

  constructor({ store, lessor, auth, alarms, cluster, profile }: Executed, applying: Applying) {
    this.store = store;
    this.lessor = lessor;
    this.auth = auth;
    this.alarms = alarms;
    this.cluster = cluster;
    this.profile = profile;
    this.applying = applying;
  }

  apply({ op }: InternalRaftRequest): Reply<InternalResponse> {
    switch (op.type) {
      case "put":
      case "deleteRange":
      case "range":
      case "txn":
      case "compaction":
        return applyKv(this.store, this.lessor, op);
      case "leaseGrant":
      case "leaseRevoke":
      case "leaseCheckpoint":
        return this.applyLease(op);
      case "alarm":
        return this.applyAlarm(op.request);
      case "clusterVersionSet":
        this.cluster.setVersion(op.request.version);
        return DONE;
      case "downgradeInfoSet":
        this.cluster.setDowngrade(op.request.enabled ? op.request.version : null);
        return DONE;
      default:
        if (isAuthOp(op)) {
          const { now, index } = this.applying;
          return applyAuth(this.auth, op, { now, index, header: headerAt(this.store.revision) });
        }
        return {
          response: null,
          error: { code: "Unimplemented", message: `detcd: ${op.type} is not implemented yet` },
        };
    }
  }

  private applyLease(op: LeaseOp): Reply<InternalResponse> {
    const { lessor, store } = this;
    const { now } = this.applying;
    switch (op.type) {
      case "leaseGrant": {
        const lease = lessor.grant(now, op.request.id, op.request.ttl);
        if (!(lease instanceof Lease)) return { response: null, error: lease };
        const { id, ttl } = lease;
        const response = { header: headerAt(store.revision), id, ttl, error: "" };
        return { response: { type: op.type, response }, error: null };
      }
      case "leaseRevoke": {
        store.begin();
        const error = lessor.revoke(op.request.id, (key) => store.deleteRange(key, ""));
        store.end();
        if (error !== null) return { response: null, error };
        const response = { header: headerAt(store.revision) };
        return { response: { type: op.type, response }, error: null };
      }
      case "leaseCheckpoint": {
        for (const checkpoint of op.request.checkpoints) lessor.checkpoint(now, checkpoint);
        const response = { header: headerAt(store.revision) };
        return { response: { type: op.type, response }, error: null };
      }
    }
  }

  /** Raising an alarm that is on, or disarming one that is not, changes nothing. */
  private applyAlarm({ action, memberId, alarm }: AlarmRequest): Reply<InternalResponse> {
    const { alarms } = this;
    const one = { memberId, alarm };
    let listed = alarms.get(alarm);
    if (action === "ACTIVATE") {
      const raised = alarm !== "NONE" || this.profile.raisesAlarmsOfNoKind;
      listed = raised ? [one] : [];
      if (raised) alarms.activate(one);
    } else if (action === "DEACTIVATE") listed = alarms.deactivate(one) ? [one] : [];
    const response = { header: headerAt(this.store.revision), alarms: listed };
    return { response: { type: "alarm", response }, error: null };
  }

  /** Answers a request that changes nothing. */
  read(request: KvRequest): Reply<InternalResponse> {
    return applyKv(this.store, this.lessor, request);
  }
}

/**
 * A request of the KV service executed on a store. What it does depends on the store and the request
 * alone, so that all members stay equal. One that fails changes nothing.
 */
export function applyKv(store: Store, leases: LeaseAttachments, op: KvRequest): Reply<KvResponse> {
  try {
    return { response: executeKv(store, leases, op), error: null };
  } catch (thrown) {
    return { response: null, error: apiErrorOf(thrown) };
  }
}

function executeKv(store: Store, leases: LeaseAttachments, op: KvRequest): KvResponse {
  switch (op.type) {
    case "range":
      return { type: "range", response: applyRange(store, op.request) };
    case "put": {
      checkLease(leases, op.request);
      checkKey(store, op.request);
      store.begin();
      const response = applyPut(store, op.request);
      store.end();
      return { type: "put", response };
    }
    case "deleteRange": {
      store.begin();
      const response = applyDeleteRange(store, op.request);
      store.end();
      return { type: "deleteRange", response };
    }
    case "txn":
      return { type: "txn", response: applyTxn(store, leases, op.request) };
    case "compaction":
      store.compact(op.request.revision);
      return { type: "compaction", response: { header: headerAt(store.revision) } };
  }
}
