/** gRPC's status codes, as far as etcd uses them (grpc/codes). */
export const GrpcCode = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

export type GrpcCodeName = keyof typeof GrpcCode;

/** What a client gets instead of a response: plain data, compared by identity or by `message`. */
export interface ApiError {
  readonly code: GrpcCodeName;
  readonly message: string;
}

/** Of gRPC's own, or of a place in etcd that does not name itself. */
function plain(code: GrpcCodeName, message: string): ApiError {
  return Object.freeze({ code, message });
}

function error(code: GrpcCodeName, text: string): ApiError {
  return Object.freeze({ code, message: `etcdserver: ${text}` });
}

/** Every error that etcd's servers give (api/v3rpc/rpctypes/error.go), with its code and exact text. */
export const Errors = {
  emptyKey: error("InvalidArgument", "key is not provided"),
  keyNotFound: error("InvalidArgument", "key not found"),
  valueProvided: error("InvalidArgument", "value is provided"),
  leaseProvided: error("InvalidArgument", "lease is provided"),
  tooManyOps: error("InvalidArgument", "too many operations in txn request"),
  duplicateKey: error("InvalidArgument", "duplicate key given in txn request"),
  invalidClientApiVersion: error("InvalidArgument", "invalid client api version"),
  invalidSortOption: error("InvalidArgument", "invalid sort option"),
  rangeStreamUnknown: plain(
    "Unimplemented",
    "unknown method RangeStream for service etcdserverpb.KV",
  ),
  rangeStreamSorted: plain("Unimplemented", "RangeStream does not support custom sort orders"),
  rangeStreamFiltered: plain("Unimplemented", "RangeStream does not support revision filters"),
  compacted: error("OutOfRange", "mvcc: required revision has been compacted"),
  futureRevision: error("OutOfRange", "mvcc: required revision is a future revision"),
  noSpace: error("ResourceExhausted", "mvcc: database space exceeded"),

  leaseNotFound: error("NotFound", "requested lease not found"),
  leaseExists: error("FailedPrecondition", "lease already exists"),
  leaseTtlTooLarge: error("OutOfRange", "too large lease TTL"),

  watchCanceled: error("Canceled", "watch canceled"),

  memberExists: error("FailedPrecondition", "member ID already exist"),
  peerUrlExists: error("FailedPrecondition", "Peer URLs already exists"),
  memberNotEnoughStarted: error(
    "FailedPrecondition",
    "re-configuration failed due to not enough started members",
  ),
  memberBadUrls: error("InvalidArgument", "given member URLs are invalid"),
  memberNotFound: error("NotFound", "member not found"),
  memberNotLearner: error("FailedPrecondition", "can only promote a learner member"),
  learnerNotReady: error(
    "FailedPrecondition",
    "can only promote a learner member which is in sync with leader",
  ),
  tooManyLearners: error("FailedPrecondition", "too many learner members in cluster"),
  clusterIdMismatch: error("FailedPrecondition", "cluster ID mismatch"),

  requestTooLarge: error("InvalidArgument", "request is too large"),
  tooManyRequests: error("ResourceExhausted", "too many requests"),

  rootUserNotExist: error("FailedPrecondition", "root user does not exist"),
  rootRoleNotExist: error("FailedPrecondition", "root user does not have root role"),
  userAlreadyExists: error("FailedPrecondition", "user name already exists"),
  userEmpty: error("InvalidArgument", "user name is empty"),
  userNotFound: error("FailedPrecondition", "user name not found"),
  roleAlreadyExists: error("FailedPrecondition", "role name already exists"),
  roleNotFound: error("FailedPrecondition", "role name not found"),
  roleEmpty: error("InvalidArgument", "role name is empty"),
  authFailed: error("InvalidArgument", "authentication failed, invalid user ID or password"),
  permissionNotGiven: error("InvalidArgument", "permission not given"),
  permissionDenied: error("PermissionDenied", "permission denied"),
  roleNotGranted: error("FailedPrecondition", "role is not granted to the user"),
  permissionNotGranted: error("FailedPrecondition", "permission is not granted to the role"),
  authNotEnabled: error("FailedPrecondition", "authentication is not enabled"),
  invalidAuthToken: error("Unauthenticated", "invalid auth token"),
  invalidAuthManagement: error("InvalidArgument", "invalid auth management"),
  authOldRevision: error("InvalidArgument", "revision of auth store is old"),

  noLeader: error("Unavailable", "no leader"),
  notLeader: error("FailedPrecondition", "not leader"),
  leaderChanged: error("Unavailable", "leader changed"),
  notCapable: error("FailedPrecondition", "not capable"),
  stopped: error("Unavailable", "server stopped"),
  timeout: error("Unavailable", "request timed out"),
  timeoutDueToLeaderFail: error(
    "Unavailable",
    "request timed out, possibly due to previous leader failure",
  ),
  timeoutDueToConnectionLost: error(
    "Unavailable",
    "request timed out, possibly due to connection lost",
  ),
  timeoutWaitAppliedIndex: error(
    "Unavailable",
    "request timed out, waiting for the applied index took too long",
  ),
  timeoutLeaderTransfer: error("Unknown", "request timed out, leader transfer took too long"),
  unhealthy: error("Unavailable", "unhealthy cluster"),
  corrupt: error("DataLoss", "corrupt cluster"),
  notSupportedForLearner: error("FailedPrecondition", "rpc not supported for learner"),
  badLeaderTransferee: error("FailedPrecondition", "bad leader transferee"),

  clusterVersionUnavailable: error(
    "FailedPrecondition",
    "cluster version not found during downgrade",
  ),
  wrongDowngradeVersionFormat: error("InvalidArgument", "wrong downgrade target version format"),
  invalidDowngradeTargetVersion: error("InvalidArgument", "invalid downgrade target version"),
  noInflightDowngrade: error("FailedPrecondition", "no inflight downgrade job"),
  downgradeInProcess: error("FailedPrecondition", "cluster has a downgrade job in progress"),

  canceled: error("Canceled", "request canceled"),
  deadlineExceeded: error("DeadlineExceeded", "context deadline exceeded"),
} as const satisfies Record<string, ApiError>;
