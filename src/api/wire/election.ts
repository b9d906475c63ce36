import type * as api from "../concurrency-requests.ts";
import { KeyValue } from "./key-value.ts";
import { BINARY, BLOB, INT, INT_ID, optional } from "./kinds.ts";
import { message } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Election service's messages (api/v3election/v3election.proto). */

export const LeaderKey = message<api.LeaderKey>("v3electionpb.LeaderKey", {
  name: [1, BINARY],
  key: [2, BINARY],
  rev: [3, INT],
  lease: [4, INT_ID],
});

export const CampaignRequest = message<api.CampaignRequest>("v3electionpb.CampaignRequest", {
  name: [1, BINARY],
  lease: [2, INT_ID],
  value: [3, BLOB],
});

export const CampaignResponse = message<api.CampaignResponse>("v3electionpb.CampaignResponse", {
  header: HEADER,
  leader: [2, LeaderKey],
});

export const LeaderRequest = message<api.LeaderRequest>("v3electionpb.LeaderRequest", {
  name: [1, BINARY],
});

export const LeaderResponse = message<api.LeaderResponse>("v3electionpb.LeaderResponse", {
  header: HEADER,
  kv: [2, KeyValue],
});

export const ResignRequest = message<api.ResignRequest>("v3electionpb.ResignRequest", {
  leader: [1, optional(LeaderKey)],
});

export const ResignResponse = message<api.HeaderResponse>("v3electionpb.ResignResponse", {
  header: HEADER,
});

export const ProclaimRequest = message<api.ProclaimRequest>("v3electionpb.ProclaimRequest", {
  leader: [1, optional(LeaderKey)],
  value: [2, BLOB],
});

export const ProclaimResponse = message<api.HeaderResponse>("v3electionpb.ProclaimResponse", {
  header: HEADER,
});
