import { leaseIdHex } from "../../api/lease-id.ts";
import type {
  AlarmRequest,
  AuthOp,
  ClusterOp,
  Compare,
  InternalOp,
  Permission,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import { fewText, keysText, printable } from "../../trace/names.ts";

/** What requests do, in a few words for the eye. Passwords, hashes and tokens are never among them. */

/** What a log entry or a call does: `put a=1`, `grant lease 7b for 10 s`, `disarm alarm NOSPACE`. */
export function operationText(op: InternalOp): string {
  switch (op.type) {
    case "put":
    case "deleteRange":
    case "range":
    case "txn":
      return kvText(op);
    case "compaction":
      return `compact up to revision ${op.request.revision}`;
    case "leaseGrant":
      return `grant lease ${leaseIdHex(op.request.id)} for ${op.request.ttl} s`;
    case "leaseRevoke":
      return `revoke lease ${leaseIdHex(op.request.id)}`;
    case "leaseCheckpoint": {
      const left = op.request.checkpoints.map(
        ({ id, remainingTtl }) => `${leaseIdHex(id)} has ${remainingTtl} s left`,
      );
      return `checkpoint: lease ${fewText(left)}`;
    }
    case "alarm":
    case "clusterVersionSet":
    case "clusterMemberAttrSet":
    case "downgradeInfoSet":
    case "v2":
      return clusterText(op);
    default:
      return authText(op);
  }
}

// ---- keys --------------------------------------------------------------------------------------

function kvText(op: RequestOp): string {
  switch (op.type) {
    case "put":
      return putText(op.request);
    case "deleteRange":
      return `delete ${keysText(op.request.key, op.request.rangeEnd)}`;
    case "range":
      return getText(op.request);
    case "txn":
      return txnText(op.request);
  }
}

function putText({ key, value, lease, ignoreValue, ignoreLease }: PutRequest): string {
  const what = ignoreValue
    ? `${printable(key)} anew`
    : `${printable(key)}=${printable(bytesToBinary(value))}`;
  const bound = ignoreLease
    ? " keeping its lease"
    : lease === 0n
      ? ""
      : ` on lease ${leaseIdHex(lease)}`;
  return `put ${what}${bound}`;
}

function getText({ key, rangeEnd, revision }: RangeRequest): string {
  const at = revision > 0 ? ` at revision ${revision}` : "";
  return `get ${keysText(key, rangeEnd)}${at}`;
}

/** `txn if a is absent: put a=1; else: get a`. */
function txnText({ compare, success, failure }: TxnRequest): string {
  const then = fewText(success.map(kvText));
  if (compare.length === 0) return `txn: ${then}`;
  const otherwise = failure.length === 0 ? "" : `; else: ${fewText(failure.map(kvText))}`;
  return `txn if ${fewText(compare.map(compareText), 3, " and ")}: ${then}${otherwise}`;
}

const SIGNS = { EQUAL: "=", GREATER: ">", LESS: "<", NOT_EQUAL: "≠" } as const;

/** `a is absent`, `value of a = x`, `mod revision of a > 7`. */
function compareText(compare: Compare): string {
  const key = keysText(compare.key, compare.rangeEnd);
  const sign = SIGNS[compare.result];
  switch (compare.target) {
    case "VALUE":
      return `value of ${key} ${sign} ${printable(bytesToBinary(compare.value))}`;
    case "LEASE":
      return `lease of ${key} ${sign} ${leaseIdHex(compare.lease) || "none"}`;
    case "VERSION":
      return (
        existence(compare.version, compare, key) ?? `version of ${key} ${sign} ${compare.version}`
      );
    case "CREATE": {
      const { createRevision } = compare;
      return (
        existence(createRevision, compare, key) ??
        `create revision of ${key} ${sign} ${createRevision}`
      );
    }
    case "MOD": {
      const { modRevision } = compare;
      return (
        existence(modRevision, compare, key) ?? `mod revision of ${key} ${sign} ${modRevision}`
      );
    }
  }
}

/** A key that is not there counts as one of version and revisions 0: how clients ask for that. */
function existence(operand: number, { result }: Compare, key: string): string | null {
  if (operand !== 0) return null;
  if (result === "EQUAL") return `${key} is absent`;
  return result === "GREATER" || result === "NOT_EQUAL" ? `${key} is there` : null;
}

// ---- the cluster -------------------------------------------------------------------------------

function clusterText(op: ClusterOp): string {
  switch (op.type) {
    case "alarm":
      return alarmText(op.request);
    case "clusterVersionSet":
      return `set the cluster version to ${op.request.version}`;
    case "clusterMemberAttrSet": {
      const { memberId, attributes } = op.request;
      return `member ${idText(memberId)} is ${printable(attributes.name)} at ${fewText(attributes.clientUrls.map(printable))}`;
    }
    case "downgradeInfoSet":
      return op.request.enabled ? `downgrade to ${op.request.version}` : "end the downgrade";
    case "v2":
      return `v2 ${op.request.method} ${printable(op.request.path)}`;
  }
}

function alarmText({ action, memberId, alarm }: AlarmRequest): string {
  const of = memberId === 0n ? "all members" : `member ${idText(memberId)}`;
  switch (action) {
    case "GET":
      return "list alarms";
    case "ACTIVATE":
      return `raise alarm ${alarm} of ${of}`;
    case "DEACTIVATE":
      return `disarm alarm ${alarm} of ${of}`;
  }
}

/** As etcdctl prints ids. */
function idText(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16);
}

// ---- auth: names alone --------------------------------------------------------------------------

function authText(op: AuthOp): string {
  switch (op.type) {
    case "authEnable":
      return "enable auth";
    case "authDisable":
      return "disable auth";
    case "authStatus":
      return "ask for the auth status";
    case "authenticate":
      return `sign in ${printable(op.request.name)}`;
    case "authUserAdd":
      return `add user ${printable(op.request.name)}`;
    case "authUserDelete":
      return `delete user ${printable(op.request.name)}`;
    case "authUserGet":
      return `get user ${printable(op.request.name)}`;
    case "authUserList":
      return "list users";
    case "authUserChangePassword":
      return `change the password of user ${printable(op.request.name)}`;
    case "authUserGrantRole":
      return `grant role ${printable(op.request.role)} to user ${printable(op.request.user)}`;
    case "authUserRevokeRole":
      return `revoke role ${printable(op.request.role)} from user ${printable(op.request.user)}`;
    case "authRoleAdd":
      return `add role ${printable(op.request.name)}`;
    case "authRoleDelete":
      return `delete role ${printable(op.request.role)}`;
    case "authRoleGet":
      return `get role ${printable(op.request.role)}`;
    case "authRoleList":
      return "list roles";
    case "authRoleGrantPermission": {
      const { name, permission } = op.request;
      const what = permission === null ? "do nothing" : permissionText(permission);
      return `allow role ${printable(name)} to ${what}`;
    }
    case "authRoleRevokePermission": {
      const { role, key, rangeEnd } = op.request;
      return `take ${keysText(key, rangeEnd)} away from role ${printable(role)}`;
    }
  }
}

const MAY = { READ: "read", WRITE: "write", READWRITE: "read and write" } as const;

function permissionText({ permType, key, rangeEnd }: Permission): string {
  return `${MAY[permType]} ${keysText(key, rangeEnd)}`;
}
