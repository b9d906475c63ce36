import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** The JSON gateway, and the plain pages beside it. */
export const GATEWAY = {
  grpcGateway: {
    about:
      "Whose manners the gateway has: of 1, JSON is read by Go's rules (what comes twice counts as it came last), what is wrong with a path is said in plain text, and an error has its text twice; of 2, by protobuf's own, and errors are google.rpc.Status.",
    source: "registerGateway of server/embed/serve.go; seen on the four judges",
    values: since("3.6", 2, 1),
  },
  errorCodeFirst: {
    about: "In an error of a gateway of version 1, the code stands before the second text.",
    source: "internal/errors.proto of grpc-gateway 1.16.0; seen on 3.4.23",
    values: { "3.4": false, "3.5": true, "3.6": true, "3.7": true },
  },
  enumsByProtoName: {
    about:
      "Who names no value of an enum is told the enum's name as in the .proto file, and his own word with its quotes; else the name of the Go type.",
    source: "jsonpb of golang/protobuf 1.5.4; seen on 3.4.23",
    values: since("3.5", true, false),
  },
  preconditionStatus: {
    about: "The HTTP status of the code FailedPrecondition.",
    source: "runtime/errors.go of grpc-gateway 1.6.4; seen on 3.4.23",
    values: since("3.5", 400, 412),
  },
  alwaysSendsTrailers: {
    about:
      "A member's error has a trailer, whoever asks; else it has one for who says that he takes trailers.",
    source: "runtime/errors.go of grpc-gateway 1.6.4; seen on 3.4.23",
    values: since("3.5", false, true),
  },
  hasHashKvPath: {
    about:
      "HashKV has a path of its own, `/v3/maintenance/hashkv`; else none that leads there, for Hash has the one that it shares.",
    source: "api/etcdserverpb/rpc.proto; seen on 3.4.23 and 3.5.35",
    values: since("3.5", true, false),
  },
  redirectsForNow: {
    about:
      "A path with dots or double slashes leads to the one without by the status 307, which escapes once more what is escaped in it; else by 301.",
    source: "net/http of Go 1.19 and 1.26; seen on 3.4.23 and 3.5.35",
    values: since("3.5", true, false),
  },
  figuresTwice: {
    about: "Which metrics of the store come twice, the second time as those for debugging.",
    source: "seen on the four judges",
    values: { "3.4": "all", "3.5": "ranges", "3.6": "none", "3.7": "none" },
  },
  countsKnownPeers: {
    about: "There is a metric of the members that a member knows, itself too.",
    source: "buildMembershipMetric of server/etcdserver/api/membership/cluster.go in 3.7.3",
    values: since("3.6", true, false),
  },
  metricsSayEscaping: {
    about: "The type of what `/metrics` answers says how names are escaped.",
    source: "prometheus/common; seen on the four judges",
    values: since("3.6", true, false),
  },
  setsLogLevel: {
    about: "There is `/config/local/log`, where the level of the log is put.",
    source: "server/etcdserver/api/etcdhttp of 3.4.23",
    values: since("3.5", false, true),
  },
} as const satisfies Behaviours;

export type GatewayProfile = ProfileOf<typeof GATEWAY>;
