import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** Users: who may do what, and how they show who they are. */
export const AUTH = {
  looksAtTokensWhileOff: {
    about:
      "While auth is off a token is looked at all the same, and refused, for none is known then.",
    source: "seen on 3.4.23; AuthInfoFromCtx of server/auth/store.go",
    values: since("3.5", false, true),
  },
  looksAtTokenOfSignIn: {
    about: "Who signs in and shows a token with it must show a good one.",
    source: "seen on 3.4.23; processInternalRaftRequestOnce of server/etcdserver/v3_server.go",
    values: since("3.5", false, true),
  },
  acceptsBearer: {
    about: "A token may come with `Bearer ` before it.",
    source: "AuthInfoFromCtx of server/auth/store.go; CHANGELOG-3.6: 3.6.13",
    values: since("3.5", true, false),
  },
  hashesPasswordsEarly: {
    about:
      "A password is hashed before it is proposed, whoever asks, and refused if it is longer than 72 bytes; else each member hashes it when the request is applied, and no more than 72 bytes of it.",
    source: "UserAdd of server/etcdserver/v3_server.go in 3.5.35; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  refusesEmptyRanges: {
    about: "No permission is granted on an empty key, or on a range that holds no key.",
    source: "isValidPermissionRange of server/auth/range_perm_cache.go; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  showsAllKeysOfRoot: {
    about: "Of the role root, where there is one, all keys are shown; else what was granted to it.",
    source: "RoleGet of server/auth/store.go in 3.6.16 and in 3.5.35",
    values: since("3.6", true, false),
  },
  authStatusFor: {
    about: "Who is told whether auth is on.",
    source: "needAdminPermission of server/etcdserver/apply in 3.6.16; etcd-io/etcd#20802",
    values: { "3.4": "nobody: no such method", "3.5": "root", "3.6": "root", "3.7": "anybody" },
  },
  onlyRootCompacts: {
    about: "While auth is on root alone compacts; else anybody does.",
    source:
      "Compact of server/etcdserver/api/v3rpc/key.go in 3.5.35; CVE-2026-33413; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  leasesNeedUser: {
    about:
      "While auth is on leases are granted, renewed, looked at and listed for users alone, who may write, or read, the keys of a lease; else for anybody, and only grants and revokes look at a token.",
    source: "requireAuthInfo of server/etcdserver/v3_server.go in 3.5.35; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  maintenanceNeedsUser: {
    about:
      "While auth is on members, alarms and a member's status are shown to users alone, and root alone raises and disarms alarms and moves the leader; else anybody does, and only for alarms a token is looked at.",
    source: "server/etcdserver/api/v3rpc/maintenance.go in 3.5.35; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  promotesThroughFollower: {
    about:
      "While auth is on a learner may be promoted through any member; else only through the leader: the others hand the request on without its token, are refused, and ask again until its time is up.",
    source: "promoteMemberHTTP of server/etcdserver/cluster_util.go in 3.5.35; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  codesMaintenanceRefusals: {
    about:
      "Who may not defragment, hash or take a snapshot is refused with gRPC's code; else with code Unknown and the text of the auth package.",
    source:
      "authMaintenanceServer of server/etcdserver/api/v3rpc/maintenance.go in 3.6.16, in 3.5.35",
    values: since("3.6", true, false),
  },
} as const satisfies Behaviours;

export type AuthProfile = ProfileOf<typeof AUTH>;
