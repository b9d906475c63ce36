import { type ApiError, GrpcCode } from "../../src/api/errors.ts";
import type { ClusterMember, ServiceResponse } from "../../src/api/requests.ts";
import { authAnswer, headerJson, type Json, type JsonObject, kvAnswer, message } from "./json.ts";

/** A response, or an error, as etcd's gateway writes it: what both sides are compared by. */

export function errorJson({ code, message }: ApiError): JsonObject {
  return { error: message, code: GrpcCode[code] };
}

export function answerJson(answer: ServiceResponse): JsonObject {
  if (!("header" in answer.response)) return {};
  const header = answer.response.header === null ? null : headerJson(answer.response.header);
  switch (answer.type) {
    case "range":
    case "put":
    case "deleteRange":
    case "txn":
    case "compaction":
      return kvAnswer(answer);
    case "leaseGrant":
      return message({ header, ID: answer.response.id, TTL: answer.response.ttl });
    case "leaseRevoke":
      return message({ header });
    case "leaseKeepAlive":
      return { result: message({ header, ID: answer.response.id, TTL: answer.response.ttl }) };
    case "leaseTimeToLive": {
      const { id, ttl, grantedTtl, keys } = answer.response;
      const encoded = keys.map((key) => Buffer.from(key, "latin1").toString("base64"));
      return message({ header, ID: id, TTL: ttl, grantedTTL: grantedTtl, keys: encoded });
    }
    case "leaseLeases":
      return message({
        header,
        leases: answer.response.leases.map(({ id }) => message({ ID: id })),
      });
    case "authEnable":
    case "authDisable":
    case "authStatus":
    case "authenticate":
    case "authUserAdd":
    case "authUserDelete":
    case "authUserGet":
    case "authUserList":
    case "authUserChangePassword":
    case "authUserGrantRole":
    case "authUserRevokeRole":
    case "authRoleAdd":
    case "authRoleDelete":
    case "authRoleGet":
    case "authRoleList":
    case "authRoleGrantPermission":
    case "authRoleRevokePermission":
      return authAnswer(answer);
    case "alarm":
      return message({
        header,
        alarms: answer.response.alarms.map(({ memberId, alarm }) => ({
          memberId: String(memberId),
          alarm,
        })),
      });
    case "hashKv": {
      const { hash, compactRevision, hashRevision } = answer.response;
      return message({
        ...{ header, hash, compact_revision: compactRevision },
        hash_revision: hashRevision,
      });
    }
    // Sizes are a member's own.
    case "status": {
      const { version, storageVersion, dbSizeQuota, downgradeInfo, isLearner } = answer.response;
      return message({
        ...{ header, version, storageVersion, dbSizeQuota, isLearner },
        downgradeInfo: downgradeInfo?.enabled ? downgradeInfo.targetVersion : null,
        // Go's map of alarms has no order; Google's protobuf library has one space or two between fields.
        errors: answer.response.errors.map((error) => error.replace(/ {2}/g, " ")).sort(),
      });
    }
    case "downgrade":
      return message({ header, version: answer.response.version });
    case "memberAdd":
    case "memberRemove":
    case "memberUpdate":
    case "memberList":
    case "memberPromote":
      // They come in the order of their ids.
      return message({
        header,
        members: answer.response.members
          .map(memberJson)
          .sort((a, b) => text(a).localeCompare(text(b))),
      });
    default:
      throw new Error(`no program asks for ${answer.type}`);
  }
}

const text = (json: Json): string => JSON.stringify(json);

/** Names and ids differ from one cluster to the next, and so do the URLs of who was there first. */
function memberJson({ isLearner, peerUrls }: ClusterMember): Json {
  return message({ isLearner, peerURLs: isLearner ? peerUrls : [] });
}

/** Takes out what differs from one moment, or one map of Go's, to the next. */
export function comparable(answer: JsonObject): JsonObject {
  const out: Record<string, Json> = { ...answer };
  const { keys, leases, alarms, grantedTTL, token } = out;
  if (Array.isArray(keys)) Object.assign(out, { keys: [...keys].sort() });
  if (Array.isArray(leases)) Object.assign(out, { leases: inOneOrder(leases) });
  if (Array.isArray(alarms)) Object.assign(out, { alarms: inOneOrder(alarms) });
  if (grantedTTL !== undefined) Object.assign(out, { TTL: "left" });
  if (typeof token === "string") Object.assign(out, { token: "some" });
  return out;
}

function inOneOrder(list: readonly Json[]): string[] {
  return list.map((each) => JSON.stringify(each)).sort();
}
