import { leaseIdHex } from "../../api/lease-id.ts";
import type {
  HealthRequest,
  RangeRequest,
  ServiceRequest,
  ServiceResponse,
} from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import { isWrite } from "../../client/retry-policy.ts";
import { operationText } from "../../member/tracing/request-text.ts";
import { printable } from "../../member/tracing/summaries.ts";
import type { ClientOp, ClientResult } from "../../trace/events.ts";

/** Calls as the trace tells them. */

/** What the checkers know as an operation on one key; everything else is a call or concerns a lease. */
export function clientOp(call: ServiceRequest): ClientOp {
  switch (call.type) {
    case "put": {
      const { key, value, lease, ignoreValue, ignoreLease } = call.request;
      if (lease !== 0n || ignoreValue || ignoreLease) break;
      return { type: "put", key, value: bytesToBinary(value) };
    }
    case "range": {
      const { key, serializable } = call.request;
      if (!isPlainGet(call.request)) break;
      return { type: "get", key, serializable };
    }
    case "deleteRange": {
      if (call.request.rangeEnd !== "") break;
      return { type: "delete", key: call.request.key };
    }
    case "leaseGrant": {
      const { id, ttl } = call.request;
      return { type: "lease", method: "grant", lease: leaseIdHex(id), ttl };
    }
    case "leaseRevoke":
      return { type: "lease", method: "revoke", lease: leaseIdHex(call.request.id), ttl: 0 };
    case "leaseKeepAlive":
      return { type: "lease", method: "keep-alive", lease: leaseIdHex(call.request.id), ttl: 0 };
    case "leaseTimeToLive":
      return { type: "lease", method: "time-to-live", lease: leaseIdHex(call.request.id), ttl: 0 };
  }
  const puts = putsOf(call);
  const told = { type: "call", method: call.type, writes: isWrite(call) } as const;
  return puts.length === 0 ? told : { ...told, puts };
}

/** What it may write, in whichever branch. */
function putsOf(call: ServiceRequest): { readonly key: string; readonly value: string }[] {
  if (call.type === "put") {
    const { key, value, ignoreValue } = call.request;
    return ignoreValue ? [] : [{ key, value: bytesToBinary(value) }];
  }
  if (call.type !== "txn") return [];
  return [...call.request.success, ...call.request.failure].flatMap(putsOf);
}

/** The newest value of one key, and all of it. */
function isPlainGet(range: RangeRequest): boolean {
  const { rangeEnd, revision, keysOnly, countOnly } = range;
  if (rangeEnd !== "" || revision > 0 || keysOnly || countOnly) return false;
  const bounds =
    range.minModRevision + range.maxModRevision + range.minCreateRevision + range.maxCreateRevision;
  return bounds === 0;
}

export function callText(call: ServiceRequest): string {
  switch (call.type) {
    case "put":
      return `put ${printable(call.request.key)}=${printable(bytesToBinary(call.request.value))}`;
    case "range": {
      const { key, rangeEnd, revision, serializable } = call.request;
      const at = revision > 0 ? ` at revision ${revision}` : "";
      return `get ${rangeText(key, rangeEnd)}${at}${serializable ? " (serializable)" : ""}`;
    }
    case "deleteRange":
      return `delete ${rangeText(call.request.key, call.request.rangeEnd)}`;
    case "leaseGrant":
      return `grant a lease of ${call.request.ttl} s`;
    case "leaseRevoke":
      return `revoke lease ${leaseIdHex(call.request.id)}`;
    case "leaseKeepAlive":
      return `keep lease ${leaseIdHex(call.request.id)} alive`;
    case "leaseTimeToLive":
      return `ask how long lease ${leaseIdHex(call.request.id)} lives`;
    case "leaseLeases":
      return "list the leases";
    case "memberAdd": {
      const { peerUrls, isLearner } = call.request;
      return `add a ${isLearner ? "learner" : "member"} at ${peerUrls.join(", ")}`;
    }
    case "memberRemove":
      return `remove member ${memberText(call.request.id)}`;
    case "memberUpdate":
      return `move member ${memberText(call.request.id)} to ${call.request.peerUrls.join(", ")}`;
    case "memberPromote":
      return `promote member ${memberText(call.request.id)}`;
    case "memberList":
      return "list the members";
    case "status":
      return "ask for a member's status";
    case "defragment":
      return "defragment a member's backend";
    case "hash":
      return "ask for the backend's hash";
    case "hashKv":
      return `ask for the hash at ${revisionText(call.request.revision)}`;
    case "snapshot":
      return "fetch a snapshot";
    case "health":
      return `probe ${healthPath(call.request)}`;
    case "moveLeader":
      return `make member ${memberText(call.request.targetId)} the leader`;
    case "downgrade":
      return `downgrade: ${call.request.action.toLowerCase()} ${call.request.version}`.trimEnd();
    default:
      return operationText(call);
  }
}

/** `/readyz?verbose`. */
function healthPath({ endpoint, check, exclude, serializable, verbose }: HealthRequest): string {
  const options = [
    ...exclude.map((name) => `exclude=${name}`),
    ...(serializable ? ["serializable=true"] : []),
    ...(verbose ? ["verbose"] : []),
  ];
  const path = `/${endpoint}${check === null ? "" : `/${check}`}`;
  return options.length === 0 ? path : `${path}?${options.join("&")}`;
}

/** As etcdctl prints member ids. */
function memberText(id: bigint): string {
  return id.toString(16);
}

function revisionText(revision: number): string {
  return revision === 0 ? "the newest revision" : `revision ${revision}`;
}

/** `a`; `[a, b)`; `[a, …)` where the range is open. */
export function rangeText(key: string, end: string): string {
  if (end === "") return printable(key);
  return `[${printable(key)}, ${end === "\0" ? "…" : printable(end)})`;
}

export function resultOf(reply: ServiceResponse): ClientResult {
  const revision = "header" in reply.response ? (reply.response.header?.revision ?? 0) : 0;
  switch (reply.type) {
    case "range": {
      const kv = reply.response.kvs[0];
      return kv === undefined
        ? { revision, value: null }
        : { revision, value: bytesToBinary(kv.value), modRevision: kv.modRevision };
    }
    case "deleteRange":
      return { revision, deleted: reply.response.deleted };
    case "txn":
      return { revision, succeeded: reply.response.succeeded };
    case "leaseGrant":
    case "leaseKeepAlive": {
      const { id, ttl } = reply.response;
      return { revision, lease: leaseIdHex(id), ttl };
    }
    case "leaseTimeToLive": {
      const { id, ttl } = reply.response;
      return { revision, lease: leaseIdHex(id), ttl };
    }
    default:
      return { revision };
  }
}
