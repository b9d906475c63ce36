import { GrpcCode, type GrpcCodeName } from "../../api/errors.ts";
import { METHODS, type MethodType } from "../../api/wire/method-table.ts";
import type { Profile } from "../../profile/catalogue.ts";
import { answer, type HttpAnswer } from "../http.ts";
import { hasMethod } from "../routes.ts";
import { FIGURES, type Figure, TWINS } from "./figures.ts";
import type { CallCounts, MemberFacts } from "./member-facts.ts";
import { type Family, prometheusText, type Sample } from "./prometheus-text.ts";

/** `/metrics`: etcd's, as far as members of ours can be asked for them. Of Go's runtime and of times nothing is told. */
export function metricsPage(facts: MemberFacts, profile: Profile): HttpAnswer {
  const escaping = profile.metricsSayEscaping ? "; escaping=underscores" : "";
  const type = `text/plain; version=0.0.4; charset=utf-8${escaping}`;
  const families = [
    ...labelled(facts, profile),
    ...figures(facts, profile),
    ...calls(facts, profile),
  ];
  return answer(200, [["Content-Type", type]], prometheusText(families));
}

function figures(facts: MemberFacts, { figuresTwice }: Profile): Family[] {
  const twins = { all: TWINS, ranges: TWINS.slice(0, 1), none: [] }[figuresTwice];
  const told = Object.entries(facts.figures) as [Figure, number][];
  return told.flatMap(([name, value]) => {
    const [type, help] = FIGURES[name];
    const samples = [{ labels: [], value }];
    const names = [name, ...twins.filter(([of]) => of === name).map(([, twin]) => twin)];
    return names.map((each) => ({ name: each, type, help, samples }));
  });
}

/** What is told by a label, whose value is always 1. */
function labelled(facts: MemberFacts, { countsKnownPeers }: Profile): Family[] {
  const { serverVersion, clusterVersion, memberId, knownMembers } = facts;
  const id = memberId.toString(16);
  const gauge = (name: string, help: string, labels: readonly Sample["labels"][]): Family => ({
    name,
    type: "gauge",
    help,
    samples: labels.map((each) => ({ labels: each, value: 1 })),
  });
  const minor = clusterVersion.split(".").slice(0, 2).join(".");
  return [
    gauge(
      "etcd_cluster_version",
      "Which version is running. 1 for 'cluster_version' label with current cluster version",
      minor === "" ? [] : [[["cluster_version", minor]]],
    ),
    gauge(
      "etcd_server_version",
      "Which version is running. 1 for 'server_version' label with current version.",
      [[["server_version", serverVersion]]],
    ),
    gauge(
      "etcd_server_id",
      "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.",
      [[["server_id", id]]],
    ),
    gauge(
      "etcd_network_known_peers",
      "The current number of known peers.",
      countsKnownPeers
        ? knownMembers.map((peer) => [
            ["Local", id],
            ["Remote", peer.toString(16)],
          ])
        : [],
    ),
  ];
}

const NO_CALLS: CallCounts = { started: 0, messagesReceived: 0, messagesSent: 0, handled: {} };
const TYPES = { neither: "unary", server: "server_stream", both: "bidi_stream" } as const;

/** Every method of the line, whether it was called or not (go-grpc-prometheus). */
function calls(facts: MemberFacts, profile: Profile): Family[] {
  if (facts.calls === null) return [];
  const { calls } = facts;
  const methods = (Object.keys(METHODS) as MethodType[]).filter((type) => hasMethod(type, profile));
  const codes = Object.keys(GrpcCode) as GrpcCodeName[];
  const family = (
    name: string,
    help: string,
    samplesOf: (counts: CallCounts, labels: Sample["labels"]) => readonly Sample[],
  ): Family => ({
    name: `grpc_server_${name}_total`,
    type: "counter",
    help,
    samples: methods.flatMap((type) => samplesOf(calls.get(type) ?? NO_CALLS, labelsOf(type))),
  });
  return [
    family(
      "handled",
      "Total number of RPCs completed on the server, regardless of success or failure.",
      ({ handled }, labels) =>
        codes.map((code) => ({
          labels: [["grpc_code", code], ...labels],
          value: handled[code] ?? 0,
        })),
    ),
    family(
      "msg_received",
      "Total number of RPC stream messages received on the server.",
      ({ messagesReceived }, labels) => [{ labels, value: messagesReceived }],
    ),
    family(
      "msg_sent",
      "Total number of gRPC stream messages sent by the server.",
      ({ messagesSent }, labels) => [{ labels, value: messagesSent }],
    ),
    family("started", "Total number of RPCs started on the server.", ({ started }, labels) => [
      { labels, value: started },
    ]),
  ];
}

function labelsOf(type: MethodType): Sample["labels"] {
  const { path, streams } = METHODS[type];
  const [, service = "", method = ""] = path.split("/");
  return [
    ["grpc_method", method],
    ["grpc_service", service],
    ["grpc_type", TYPES[streams]],
  ];
}
