import { type ApiError, GrpcCode } from "../../src/api/errors.ts";
import type { KvRequest } from "../../src/api/requests.ts";
import { minTtl } from "../../src/lease/lease-id.ts";
import { BucketLeaseStore } from "../../src/lease/lease-store.ts";
import { Lessor } from "../../src/lease/lessor.ts";
import { LESSOR_DEFAULTS } from "../../src/lease/options.ts";
import { apiErrorOf } from "../../src/mvcc/apply-error.ts";
import { KvApplier } from "../../src/mvcc/apply-kv.ts";
import { headerAt } from "../../src/mvcc/apply-range.ts";
import { Backend } from "../../src/mvcc/backend.ts";
import { readMvccBugs } from "../../src/mvcc/bugs.ts";
import { checkRequest } from "../../src/mvcc/check-request.ts";
import { Store } from "../../src/mvcc/store.ts";
import { type Call, isAuthCall, isLeaseCall, type LeaseCall } from "./calls.ts";
import { headerJson, type Json, type JsonObject, kvAnswer, message } from "./json.ts";
import type { HashAnswer } from "./real.ts";
import type { Revisions } from "./revisions.ts";

/** The time at which everything happens here: no lease ends. */
export const NOW = 0;

const NO_BUGS: ReadonlySet<string> = new Set();

/** Our state machine with the checks in front of it, without a log: what a member would answer. */
export class OurServer {
  readonly store: Store;
  protected readonly backend: Backend;
  protected readonly lessor: Lessor;
  readonly #kv: KvApplier;

  constructor(bugs: ReadonlySet<string> = NO_BUGS) {
    this.backend = Backend.inMemory(readMvccBugs(bugs));
    const options = { ...LESSOR_DEFAULTS, minTtl: minTtl(10, 100_000), bugs };
    this.lessor = new Lessor(new BucketLeaseStore(this.backend.bucket("lease")), options, null);
    this.lessor.promote(NOW, 0);
    this.store = new Store(this.backend, { leases: this.lessor, bugs: readMvccBugs(bugs) });
    this.#kv = new KvApplier(this.store, this.lessor);
  }

  get revisions(): Revisions {
    return { now: this.store.revision, compacted: this.store.compactRevision };
  }

  /** What a client with this token ("": none) is answered. */
  call(call: Call, _token: string): JsonObject {
    if (isAuthCall(call)) throw new Error(`no ${call.type} here`);
    return isLeaseCall(call) ? this.lease(call) : this.kv(call);
  }

  protected kv(call: KvRequest): JsonObject {
    const refused = checkRequest(call);
    if (refused !== null) return errorJson(refused);
    const { response, error } = this.#kv.apply(call);
    while (this.store.compacting) this.store.compactStep();
    return response === null ? errorJson(error as ApiError) : kvAnswer(response);
  }

  protected lease(call: LeaseCall): JsonObject {
    const { lessor } = this;
    switch (call.type) {
      case "leaseGrant": {
        const lease = lessor.grant(NOW, call.request.id, call.request.ttl);
        if (isError(lease)) return errorJson(lease);
        return this.answer({ ID: lease.id, TTL: lease.ttl });
      }
      case "leaseRevoke": {
        this.store.begin();
        const error = lessor.revoke(call.request.id, (key) => this.store.deleteRange(key, ""));
        this.store.end();
        return error === null ? this.answer({}) : errorJson(error);
      }
      case "leaseKeepAlive": {
        let ttl = 0;
        lessor.renew(NOW, call.request.id, (renewal) => {
          if (renewal.kind === "renewed") ttl = renewal.ttl;
        });
        return { result: this.answer({ ID: call.request.id, TTL: ttl }) };
      }
      case "leaseTimeToLive": {
        const { id, keys } = call.request;
        const left = lessor.timeToLive(NOW, id, keys);
        if (isError(left)) return this.answer({ ID: id, TTL: -1 });
        return this.answer({
          ID: id,
          TTL: left.ttl,
          grantedTTL: left.grantedTtl,
          keys: left.keys.map((key) => Buffer.from(key, "latin1").toString("base64")),
        });
      }
      case "leaseLeases":
        return this.answer({ leases: lessor.list().map(({ id }) => message({ ID: id })) });
    }
  }

  protected answer(fields: Record<string, Json | bigint>): JsonObject {
    return message({ header: headerJson(headerAt(this.store.revision)), ...fields });
  }

  /** HashKV, or the error's text. */
  hashKv(revision: number): HashAnswer | string {
    try {
      const { hash, compactRevision } = this.store.hashKv(revision);
      return { hash, compactRevision };
    } catch (thrown) {
      return apiErrorOf(thrown).message;
    }
  }
}

export function errorJson({ code, message }: ApiError): JsonObject {
  return { error: message, code: GrpcCode[code] };
}

export function isError(answer: object): answer is ApiError {
  return "code" in answer;
}
