import type * as api from "../member-requests.ts";
import { BOOL, repeated, TEXT, UINT_ID } from "./kinds.ts";
import { message } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Cluster service's messages (api/etcdserverpb/rpc.proto). */

const Member = message<api.ClusterMember>("etcdserverpb.Member", {
  id: [1, UINT_ID],
  name: [2, TEXT],
  peerUrls: [3, repeated(TEXT)],
  clientUrls: [4, repeated(TEXT)],
  isLearner: [5, BOOL],
});

export const MemberAddRequest = message<api.MemberAddRequest>("etcdserverpb.MemberAddRequest", {
  peerUrls: [1, repeated(TEXT)],
  isLearner: [2, BOOL],
});

export const MemberAddResponse = message<api.MemberAddResponse>("etcdserverpb.MemberAddResponse", {
  header: HEADER,
  member: [2, Member],
  members: [3, repeated(Member)],
});

export const MemberRemoveRequest = withId("etcdserverpb.MemberRemoveRequest");
export const MemberRemoveResponse = withMembers("etcdserverpb.MemberRemoveResponse");

export const MemberUpdateRequest = message<api.MemberUpdateRequest>(
  "etcdserverpb.MemberUpdateRequest",
  { id: [1, UINT_ID], peerUrls: [2, repeated(TEXT)] },
);
export const MemberUpdateResponse = withMembers("etcdserverpb.MemberUpdateResponse");

export const MemberListRequest = message<api.MemberListRequest>("etcdserverpb.MemberListRequest", {
  linearizable: [1, BOOL],
});
export const MemberListResponse = withMembers("etcdserverpb.MemberListResponse");

export const MemberPromoteRequest = withId("etcdserverpb.MemberPromoteRequest");
export const MemberPromoteResponse = withMembers("etcdserverpb.MemberPromoteResponse");

function withId(name: string) {
  return message<api.MemberIdRequest>(name, { id: [1, UINT_ID] });
}

function withMembers(name: string) {
  return message<api.MembersResponse>(name, { header: HEADER, members: [2, repeated(Member)] });
}
