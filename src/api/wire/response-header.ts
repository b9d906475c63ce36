import type * as api from "../kv-requests.ts";
import { INT, idSize, intSize, UINT, UINT_ID } from "./kinds.ts";
import { message } from "./message.ts";

export const ResponseHeader = message<api.ResponseHeader>(
  "etcdserverpb.ResponseHeader",
  {
    clusterId: [1, UINT_ID],
    memberId: [2, UINT_ID],
    revision: [3, INT],
    raftTerm: [4, UINT],
  },
  { size },
);

/** By hand, because every response to a watch is sized. */
function size({ clusterId, memberId, revision, raftTerm }: api.ResponseHeader): number {
  return idSize(clusterId) + idSize(memberId) + intSize(revision) + intSize(raftTerm);
}

/** The one field of many responses, and the first of most. */
export const HEADER = [1, ResponseHeader] as const;
