import type { EmptyRequest } from "../auth-requests.ts";
import type * as api from "../lease-requests.ts";
import { BINARY, BOOL, INT, INT_ID, repeated, TEXT } from "./kinds.ts";
import { message } from "./message.ts";
import { HEADER } from "./response-header.ts";

/** The Lease service's messages, and what members log of leases (api/etcdserverpb/rpc.proto). */

const ID = { name: "ID" };
const TTL = { name: "TTL" };

export const LeaseGrantRequest = message<api.LeaseGrantRequest>("etcdserverpb.LeaseGrantRequest", {
  ttl: [1, INT, TTL],
  id: [2, INT_ID, ID],
});

export const LeaseGrantResponse = message<api.LeaseGrantResponse>(
  "etcdserverpb.LeaseGrantResponse",
  { header: HEADER, id: [2, INT_ID, ID], ttl: [3, INT, TTL], error: [4, TEXT] },
);

export const LeaseRevokeRequest = message<api.LeaseRevokeRequest>(
  "etcdserverpb.LeaseRevokeRequest",
  { id: [1, INT_ID, ID] },
);

export const LeaseRevokeResponse = message<api.LeaseRevokeResponse>(
  "etcdserverpb.LeaseRevokeResponse",
  { header: HEADER },
);

const LeaseCheckpoint = message<api.LeaseCheckpoint>("etcdserverpb.LeaseCheckpoint", {
  id: [1, INT_ID, ID],
  remainingTtl: [2, INT, { name: "remaining_TTL" }],
});

export const LeaseCheckpointRequest = message<api.LeaseCheckpointRequest>(
  "etcdserverpb.LeaseCheckpointRequest",
  { checkpoints: [1, repeated(LeaseCheckpoint)] },
);

export const LeaseKeepAliveRequest = message<api.LeaseKeepAliveRequest>(
  "etcdserverpb.LeaseKeepAliveRequest",
  { id: [1, INT_ID, ID] },
);

export const LeaseKeepAliveResponse = message<api.LeaseKeepAliveResponse>(
  "etcdserverpb.LeaseKeepAliveResponse",
  { header: HEADER, id: [2, INT_ID, ID], ttl: [3, INT, TTL] },
);

export const LeaseTimeToLiveRequest = message<api.LeaseTimeToLiveRequest>(
  "etcdserverpb.LeaseTimeToLiveRequest",
  { id: [1, INT_ID, ID], keys: [2, BOOL] },
);

export const LeaseTimeToLiveResponse = message<api.LeaseTimeToLiveResponse>(
  "etcdserverpb.LeaseTimeToLiveResponse",
  {
    header: HEADER,
    id: [2, INT_ID, ID],
    ttl: [3, INT, TTL],
    grantedTtl: [4, INT, { name: "grantedTTL" }],
    keys: [5, repeated(BINARY)],
  },
);

export const LeaseLeasesRequest = message<EmptyRequest>("etcdserverpb.LeaseLeasesRequest", {});

const LeaseStatus = message<api.LeaseStatus>("etcdserverpb.LeaseStatus", { id: [1, INT_ID, ID] });

export const LeaseLeasesResponse = message<api.LeaseLeasesResponse>(
  "etcdserverpb.LeaseLeasesResponse",
  { header: HEADER, leases: [2, repeated(LeaseStatus)] },
);
