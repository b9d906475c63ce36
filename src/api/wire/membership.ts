import type * as api from "../cluster-requests.ts";
import { BOOL, repeated, TEXT, UINT_ID } from "./kinds.ts";
import { message } from "./message.ts";

/** What members log of themselves and of the cluster (api/membershippb/membership.proto). */

export const ClusterVersionSetRequest = message<api.ClusterVersionSetRequest>(
  "membershippb.ClusterVersionSetRequest",
  { version: [1, TEXT] },
);

const Attributes = message<api.MemberAttributes>("membershippb.Attributes", {
  name: [1, TEXT],
  clientUrls: [2, repeated(TEXT)],
});

export const ClusterMemberAttrSetRequest = message<api.ClusterMemberAttrSetRequest>(
  "membershippb.ClusterMemberAttrSetRequest",
  { memberId: [1, UINT_ID], attributes: [2, Attributes] },
);

export const DowngradeInfoSetRequest = message<api.DowngradeInfoSetRequest>(
  "membershippb.DowngradeInfoSetRequest",
  { enabled: [1, BOOL], version: [2, TEXT] },
);
