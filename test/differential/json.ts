import type { AuthResponse } from "../../src/api/auth-responses.ts";
import type {
  Compare,
  KeyValue,
  KvRequest,
  KvResponse,
  Permission,
  RequestOp,
  ResponseHeader,
  ResponseOp,
  TxnRequest,
} from "../../src/api/requests.ts";
import { binaryToBytes } from "../../src/base/bytes.ts";

/**
 * Our requests and responses in the JSON of etcd's gateway (protobuf's JSON mapping with the field
 * names of the .proto files): 64-bit integers as strings, bytes in base64, zeros left out.
 */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export function base64(bytes: Uint8Array | string): string {
  const raw = typeof bytes === "string" ? binaryToBytes(bytes) : bytes;
  return Buffer.from(raw).toString("base64");
}

/** Leaves out what protobuf's JSON leaves out: zeros, empty texts and lists, what is not there. */
export function message(fields: Record<string, Json | bigint | undefined>): JsonObject {
  const out: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null || value === false) continue;
    if (value === "" || value === 0 || value === 0n) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    out[name] = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  }
  return out as JsonObject;
}

// ---- requests -----------------------------------------------------------------------------------

export function kvPath(type: KvRequest["type"]): string {
  return `kv/${type === "deleteRange" ? "deleterange" : type}`;
}

export function kvBody(op: KvRequest): JsonObject {
  switch (op.type) {
    case "range": {
      const r = op.request;
      return message({
        key: base64(r.key),
        range_end: base64(r.rangeEnd),
        limit: r.limit,
        revision: r.revision,
        sort_order: r.sortOrder,
        sort_target: r.sortTarget,
        serializable: r.serializable,
        keys_only: r.keysOnly,
        count_only: r.countOnly,
        min_mod_revision: r.minModRevision,
        max_mod_revision: r.maxModRevision,
        min_create_revision: r.minCreateRevision,
        max_create_revision: r.maxCreateRevision,
      });
    }
    case "put": {
      const r = op.request;
      return message({
        key: base64(r.key),
        value: base64(r.value),
        lease: r.lease,
        prev_kv: r.prevKv,
        ignore_value: r.ignoreValue,
        ignore_lease: r.ignoreLease,
      });
    }
    case "deleteRange": {
      const { key, rangeEnd, prevKv } = op.request;
      return message({ key: base64(key), range_end: base64(rangeEnd), prev_kv: prevKv });
    }
    case "txn":
      return txnBody(op.request);
    case "compaction":
      return message({ revision: op.request.revision, physical: op.request.physical });
  }
}

const OP_NAMES = {
  range: "range",
  put: "put",
  deleteRange: "delete_range",
  txn: "txn",
} as const satisfies Record<RequestOp["type"], string>;

function txnBody({ compare, success, failure }: TxnRequest): JsonObject {
  const ops = (list: readonly RequestOp[]): Json[] =>
    list.map((op) => ({ [`request_${OP_NAMES[op.type]}`]: kvBody(op) }));
  return message({
    compare: compare.map(compareBody),
    success: ops(success),
    failure: ops(failure),
  });
}

function compareBody(c: Compare): JsonObject {
  const head = { result: c.result, target: c.target, key: base64(c.key) };
  const end = message({ range_end: base64(c.rangeEnd) });
  switch (c.target) {
    // A member of a oneof that is sent counts as set, zero or not.
    case "VERSION":
      return { ...head, ...end, version: String(c.version) };
    case "CREATE":
      return { ...head, ...end, create_revision: String(c.createRevision) };
    case "MOD":
      return { ...head, ...end, mod_revision: String(c.modRevision) };
    case "VALUE":
      return { ...head, ...end, value: base64(c.value) };
    case "LEASE":
      return { ...head, ...end, lease: String(c.lease) };
  }
}

// ---- responses ----------------------------------------------------------------------------------

/** Without the fields that name a member or its term. */
export function headerJson(header: ResponseHeader): JsonObject {
  return message({ revision: header.revision });
}

function keyValueJson(kv: KeyValue): JsonObject {
  return message({
    key: base64(kv.key),
    create_revision: kv.createRevision,
    mod_revision: kv.modRevision,
    version: kv.version,
    value: base64(kv.value),
    lease: kv.lease,
  });
}

export function kvAnswer(answer: KvResponse): JsonObject {
  const header = headerJson(answer.response.header);
  switch (answer.type) {
    case "range": {
      const { kvs, more, count } = answer.response;
      return message({ header, kvs: kvs.map(keyValueJson), more, count });
    }
    case "put": {
      const { prevKv } = answer.response;
      return message({ header, prev_kv: prevKv === null ? null : keyValueJson(prevKv) });
    }
    case "deleteRange": {
      const { deleted, prevKvs } = answer.response;
      return message({ header, deleted, prev_kvs: prevKvs.map(keyValueJson) });
    }
    case "txn": {
      const { succeeded, responses } = answer.response;
      return message({ header, succeeded, responses: responses.map(opAnswer) });
    }
    case "compaction":
      return message({ header });
  }
}

function opAnswer(op: ResponseOp): JsonObject {
  return { [`response_${OP_NAMES[op.type]}`]: kvAnswer(op) };
}

export function permissionJson({ permType, key, rangeEnd }: Permission): JsonObject {
  const type = permType === "READ" ? "" : permType;
  return message({ permType: type, key: base64(key), range_end: base64(rangeEnd) });
}

export function authAnswer(answer: AuthResponse): JsonObject {
  const header = headerJson(answer.response.header);
  switch (answer.type) {
    case "authStatus": {
      const { enabled, authRevision } = answer.response;
      return message({ header, enabled, authRevision });
    }
    case "authenticate":
      return message({ header, token: answer.response.token });
    case "authUserGet":
    case "authRoleList":
      return message({ header, roles: answer.response.roles });
    case "authUserList":
      return message({ header, users: answer.response.users });
    case "authRoleGet":
      return message({ header, perm: answer.response.perm.map(permissionJson) });
    default:
      return message({ header });
  }
}
