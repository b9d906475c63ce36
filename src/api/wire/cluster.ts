import type * as api from "../member-requests.ts";
import { BOOL, repeated, TEXT, UINT_ID } from "./kinds.ts";
import { message } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Cluster service's messages (api/etcdserverpb/rpc.proto). */

const ID = { name: "ID" };
const PEER_URLS = { name: "peerURLs" };
const IS_LEARNER = { name: "isLearner" };

const Member = message<api.ClusterMember>("etcdserverpb.Member", {
  id: [1, UINT_ID, ID],
  name: [2, TEXT],
  peerUrls: [3, repeated(TEXT), PEER_URLS],
  clientUrls: [4, repeated(TEXT), { name: "clientURLs" }],
  isLearner: [5, BOOL, IS_LEARNER],
});

export const MemberAddRequest = message<api.MemberAddRequest>("etcdserverpb.MemberAddRequest", {
  peerUrls: [1, repeated(TEXT), PEER_URLS],
  isLearner: [2, BOOL, IS_LEARNER],
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
  { id: [1, UINT_ID, ID], peerUrls: [2, repeated(TEXT), PEER_URLS] },
);
export const MemberUpdateResponse = withMembers("etcdserverpb.MemberUpdateResponse");

export const MemberListRequest = message<api.MemberListRequest>("etcdserverpb.MemberListRequest", {
  linearizable: [1, BOOL],
});
export const MemberListResponse = withMembers("etcdserverpb.MemberListResponse");

export const MemberPromoteRequest = withId("etcdserverpb.MemberPromoteRequest");
export const MemberPromoteResponse = withMembers("etcdserverpb.MemberPromoteResponse");

function withId(name: string) {
  return message<api.MemberIdRequest>(name, { id: [1, UINT_ID, ID] });
}

function withMembers(name: string) {
  return message<api.MembersResponse>(name, { header: HEADER, members: [2, repeated(Member)] });
}
