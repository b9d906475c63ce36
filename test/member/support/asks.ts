import { putRequest } from "../../../src/api/build.ts";
import type {
  AlarmAction,
  AlarmType,
  RequestOp,
  ServiceRequest,
  TxnRequest,
} from "../../../src/api/requests.ts";
import { binaryToBytes } from "../../../src/base/bytes.ts";
import { MEMBER_DEFAULTS } from "../../../src/member/defaults.ts";
import { defaultMember } from "../../../src/member/membership/founding.ts";

/** Requests in few words. */

/** A founder's id, as clients know it. */
export const idOf = (node: number): bigint => defaultMember(node, MEMBER_DEFAULTS.clusterToken).id;

export const put = (key: string, value = ""): RequestOp & { readonly type: "put" } => ({
  type: "put",
  request: putRequest(key, binaryToBytes(value)),
});

export function alarm<A extends AlarmAction>(action: A, type: AlarmType, memberId = idOf(1)) {
  return { type: "alarm", request: { action, memberId, alarm: type } } as const;
}

export const alarms = alarm("GET", "NONE", 0n);
export const status = { type: "status", request: {} } as const;
export const defragment = { type: "defragment", request: {} } as const;
export const hash = { type: "hash", request: {} } as const;
export const snapshot = { type: "snapshot", request: {} } as const;
export const hashKv = (revision: number) => ({ type: "hashKv", request: { revision } }) as const;
export const moveLeader = (targetId: bigint) =>
  ({ type: "moveLeader", request: { targetId } }) as const;
export const downgrade = (action: "VALIDATE" | "ENABLE" | "CANCEL", version = "") =>
  ({ type: "downgrade", request: { action, version } }) as const;
export const grant = (id: bigint) => ({ type: "leaseGrant", request: { id, ttl: 100 } }) as const;
export const revoke = (id: bigint) => ({ type: "leaseRevoke", request: { id } }) as const;
export const compact = (revision: number, physical = false) =>
  ({ type: "compaction", request: { revision, physical } }) as const;
export const txn = (...success: readonly RequestOp[]): ServiceRequest & { type: "txn" } => ({
  type: "txn",
  request: { compare: [], success, failure: [] } satisfies TxnRequest,
});

/** With auth on, and a token of root's. */
export const AUTH_ON: readonly ServiceRequest[] = [
  {
    type: "authUserAdd",
    request: { name: "root", password: "r", options: { noPassword: false }, hashedPassword: "" },
  },
  { type: "authRoleAdd", request: { name: "root" } },
  { type: "authUserGrantRole", request: { user: "root", role: "root" } },
  {
    type: "authUserAdd",
    request: { name: "ann", password: "a", options: { noPassword: false }, hashedPassword: "" },
  },
  { type: "authEnable", request: {} },
];

export const signIn = (name: string, password: string) =>
  ({ type: "authenticate", request: { name, password, simpleToken: "" } }) as const;
