import { type ApiError, Errors } from "../api/errors.ts";
import type { InternalOp, PutRequest, RequestOp, TxnRequest } from "../api/requests.ts";
import type { AuthMistakes } from "../museum/auth.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { Auth, Principal } from "./auth.ts";
import { OPEN_END } from "./key-ranges.ts";
import type { AuthInfo } from "./tokens.ts";

/** The keys attached to a lease; nothing for a lease that there is not. */
export type KeysOfLease = (id: bigint) => Iterable<string>;

type Access = "read" | "write";

/**
 * May this user do that? Asked when a request is applied, and of reads again when they are answered
 * (server/etcdserver/apply/apply_auth.go, v3_server.go). Every answer is null or the error that the
 * client gets. With auth off everybody may everything.
 */
export class PermissionCheck {
  private readonly auth: Auth;
  private readonly keysOfLease: KeysOfLease;
  private readonly mistakes: AuthMistakes;

  constructor(auth: Auth, keysOfLease: KeysOfLease, mistakes: AuthMistakes = NO_MISTAKES) {
    this.auth = auth;
    this.keysOfLease = keysOfLease;
    this.mistakes = mistakes;
  }

  /** A request from the log, by the user and auth revision in its header. */
  check(info: AuthInfo, op: InternalOp): ApiError | null {
    if (!this.auth.enabled) return null;
    switch (op.type) {
      case "range":
      case "put":
      case "deleteRange":
      case "txn":
        return this.checkOp(info, op);
      case "leaseRevoke":
        return this.checkLeaseWrite(info, op.request.id);
      case "authUserGet":
        return op.request.name === info.username ? null : this.checkAdmin(info);
      case "authRoleGet":
        return this.hasRole(info, op.request.role) ? null : this.checkAdmin(info);
      case "authStatus":
        return this.auth.profile.authStatusFor === "anybody" ? null : this.checkAdmin(info);
      case "authEnable":
      case "authDisable":
      case "authUserAdd":
      case "authUserDelete":
      case "authUserChangePassword":
      case "authUserGrantRole":
      case "authUserRevokeRole":
      case "authUserList":
      case "authRoleAdd":
      case "authRoleDelete":
      case "authRoleGrantPermission":
      case "authRoleRevokePermission":
      case "authRoleList":
        return this.checkAdmin(info);
      default:
        // What members propose by themselves, sign-ins, and what was checked before it was proposed.
        return null;
    }
  }

  /**
   * A write from the log. Known mistake A7: whether its user may was checked when it was asked for,
   * and that is good enough (PR 5793).
   */
  checkApplied(info: AuthInfo, op: InternalOp): ApiError | null {
    return this.wasChecked(op) ? null : this.check(info, op);
  }

  /** A write that is asked for: etcd leaves it to the log's order. */
  checkProposed(info: AuthInfo, op: InternalOp): ApiError | null {
    return this.wasChecked(op) ? this.check(info, op) : null;
  }

  /**
   * Known mistake A7: writes are checked when they are asked for, and not when they are applied: a
   * permission that is revoked in between still counts.
   */
  private wasChecked({ type }: InternalOp): boolean {
    if (!this.mistakes.checksWritesEarly) return false;
    return type === "put" || type === "deleteRange" || type === "txn";
  }

  /** Membership, compaction, alarms, defragmentation, hashes, snapshots, moving the leader, downgrades. */
  checkAdmin(info: AuthInfo): ApiError | null {
    if (!this.auth.enabled) return null;
    if (info.username === "") return Errors.userEmpty;
    const user = this.auth.principal(info.username);
    if (user === null) return Errors.userNotFound;
    return user.isRoot ? null : Errors.permissionDenied;
  }

  /**
   * Some user or other: for leases, whatever is asked of them, and to see members, alarms and a
   * member's status.
   */
  checkSignedIn(info: AuthInfo): ApiError | null {
    // Known mistake A8: all that was open to strangers.
    if (this.mistakes.admitsStrangers) return null;
    return this.auth.enabled && info.username === "" ? Errors.userEmpty : null;
  }

  /** A watch; its empty key is the first one. */
  checkWatch(info: AuthInfo, key: string, rangeEnd: string): ApiError | null {
    // Known mistake A3: the open end was made "" before the check, where that is a single key: who may
    // read that key watches all from it on.
    const end = rangeEnd === OPEN_END && this.mistakes.checksOpenRangeAsKey ? "" : rangeEnd;
    return this.permitted(info, "read", key === "" ? "\0" : key, end);
  }

  /** Whoever renews or revokes a lease, or attaches a key, decides about the lease's other keys. */
  checkLeaseWrite(info: AuthInfo, id: bigint): ApiError | null {
    return this.checkLease(info, "write", id);
  }

  checkLeaseRenew(info: AuthInfo, id: bigint): ApiError | null {
    return this.checkSignedIn(info) ?? this.checkLeaseWrite(info, id);
  }

  /** A lease's time to live with its keys; and each lease of a list. */
  checkLeaseRead(info: AuthInfo, id: bigint): ApiError | null {
    return this.checkLease(info, "read", id);
  }

  private checkLease(info: AuthInfo, access: Access, id: bigint): ApiError | null {
    if (this.checkAdmin(info) === null) return null;
    for (const key of this.keysOfLease(id)) {
      const error = this.permitted(info, access, key, "");
      if (error !== null) return error;
    }
    return null;
  }

  private hasRole(info: AuthInfo, role: string): boolean {
    return this.auth.principal(info.username)?.roles.includes(role) ?? false;
  }

  private checkOp(info: AuthInfo, op: RequestOp): ApiError | null {
    switch (op.type) {
      case "range":
        return this.permitted(info, "read", op.request.key, op.request.rangeEnd);
      case "put":
        return this.checkPut(info, op.request);
      case "deleteRange": {
        const { key, rangeEnd, prevKv } = op.request;
        const error = this.permitted(info, "write", key, rangeEnd);
        if (error !== null || !prevKv) return error;
        return this.permitted(info, "read", key, rangeEnd);
      }
      case "txn":
        return this.checkTxn(info, op.request);
    }
  }

  private checkPut(info: AuthInfo, { key, lease, prevKv }: PutRequest): ApiError | null {
    const error = this.permitted(info, "write", key, "");
    if (error !== null) return error;
    if (lease !== 0n) {
      const ofLease = this.checkLeaseWrite(info, lease);
      if (ofLease !== null) return ofLease;
    }
    return prevKv ? this.permitted(info, "read", key, "") : null;
  }

  /** Both branches, whichever will run: which one it is tells about the compared keys. */
  private checkTxn(info: AuthInfo, { compare, success, failure }: TxnRequest): ApiError | null {
    for (const { key, rangeEnd } of compare) {
      const error = this.permitted(info, "read", key, rangeEnd);
      if (error !== null) return error;
    }
    return this.checkBranch(info, success) ?? this.checkBranch(info, failure);
  }

  private checkBranch(info: AuthInfo, branch: readonly RequestOp[]): ApiError | null {
    for (const op of branch) {
      // Known mistake A1: within another transaction everybody may everything.
      if (op.type === "txn" && this.mistakes.skipsNestedTxns) continue;
      // Known mistake A2: by prevKv a put also reads, and its lease takes the key along with others.
      const error =
        op.type === "put" && this.mistakes.skipsReadsOfPuts
          ? this.permitted(info, "write", op.request.key, "")
          : this.checkOp(info, op);
      if (error !== null) return error;
    }
    return null;
  }

  private permitted(
    info: AuthInfo,
    access: Access,
    key: string,
    rangeEnd: string,
  ): ApiError | null {
    const { auth } = this;
    if (!auth.enabled) return null;
    if (info.revision === 0) return Errors.userEmpty;
    if (info.revision < auth.revision) return Errors.authOldRevision;
    const user = auth.principal(info.username);
    if (user === null) return Errors.permissionDenied;
    return may(user, access, key, rangeEnd) ? null : Errors.permissionDenied;
  }
}

function may(user: Principal, access: Access, key: string, rangeEnd: string): boolean {
  if (user.isRoot) return true;
  const ranges = access === "read" ? user.read : user.write;
  return ranges.hasRange(key, rangeEnd);
}
