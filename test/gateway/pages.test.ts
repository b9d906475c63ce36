import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { utf8Decode } from "../../src/base/utf8.ts";
import { debugVarsPage } from "../../src/gateway/pages/debug-vars.ts";
import { FIGURES, type Figure } from "../../src/gateway/pages/figures.ts";
import type { MemberFacts } from "../../src/gateway/pages/member-facts.ts";
import { metricsPage } from "../../src/gateway/pages/metrics.ts";
import { RELEASES } from "../../src/profile/lines.ts";
import { profileOf } from "../../src/profile/profile.ts";
import { RealEtcd, releases } from "../support/real-etcd.ts";
import { Ours } from "./support/ours.ts";

const LATEST = RELEASES["3.7"];

function factsOf(some: Partial<MemberFacts> = {}): MemberFacts {
  return { ...new Ours(LATEST).facts(), memberId: 0xabcn, knownMembers: [0xabcn, 1n], ...some };
}

function metrics(facts: MemberFacts, version: string = LATEST): string {
  return utf8Decode(metricsPage(facts, profileOf(version)).body);
}

describe("/metrics", () => {
  test("tells what is counted, by name, and nothing else", () => {
    const figures = { etcd_server_proposals_failed_total: 7, etcd_server_has_leader: 1 };
    expect(metrics(factsOf({ figures, calls: null, serverVersion: 'x"\\\n' }))).toBe(
      `# HELP etcd_cluster_version Which version is running. 1 for 'cluster_version' label with current cluster version
# TYPE etcd_cluster_version gauge
etcd_cluster_version{cluster_version="3.7"} 1
# HELP etcd_network_known_peers The current number of known peers.
# TYPE etcd_network_known_peers gauge
etcd_network_known_peers{Local="abc",Remote="1"} 1
etcd_network_known_peers{Local="abc",Remote="abc"} 1
# HELP etcd_server_has_leader Whether or not a leader exists. 1 is existence, 0 is not.
# TYPE etcd_server_has_leader gauge
etcd_server_has_leader 1
# HELP etcd_server_id Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.
# TYPE etcd_server_id gauge
etcd_server_id{server_id="abc"} 1
# HELP etcd_server_proposals_failed_total The total number of failed proposals seen.
# TYPE etcd_server_proposals_failed_total counter
etcd_server_proposals_failed_total 7
# HELP etcd_server_version Which version is running. 1 for 'server_version' label with current version.
# TYPE etcd_server_version gauge
etcd_server_version{server_version="x\\"\\\\\\n"} 1
`,
    );
  });

  test.each([
    [0, "0"],
    [-1, "-1"],
    [999_999, "999999"],
    [1_000_000, "1e+06"],
    [2_147_483_648, "2.147483648e+09"],
    [-1_234_560, "-1.23456e+06"],
    [Number.MAX_SAFE_INTEGER, "9.007199254740991e+15"],
  ])("writes %d as Go does", (value, text) => {
    const figures = { etcd_server_quota_backend_bytes: value };
    expect(metrics(factsOf({ figures, calls: null }))).toContain(
      `\netcd_server_quota_backend_bytes ${text}\n`,
    );
  });

  test("counts calls by what they ended with", () => {
    const handled = { OK: 3, Unavailable: 1 };
    const counts = { started: 5, messagesReceived: 5, messagesSent: 3, handled };
    const told = metrics(factsOf({ calls: new Map([["range", counts]]) }));
    const labels = 'grpc_method="Range",grpc_service="etcdserverpb.KV",grpc_type="unary"';
    for (const line of [
      `grpc_server_handled_total{grpc_code="OK",${labels}} 3`,
      `grpc_server_handled_total{grpc_code="Unavailable",${labels}} 1`,
      `grpc_server_handled_total{grpc_code="NotFound",${labels}} 0`,
      `grpc_server_started_total{${labels}} 5`,
      `grpc_server_msg_sent_total{${labels}} 3`,
    ]) {
      expect(told).toContain(`\n${line}\n`);
    }
  });
});

const judges = releases().filter(({ version }) =>
  Object.values<string>(RELEASES).includes(version),
);
if (judges.length === 0) test.skip("pages: no judge in PATH, none in the cache", () => undefined);

/** Comments and samples, without figures and without who it is. */
function shapes(text: string): string[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) =>
    line.startsWith("#") ? line : line.replace(/ \S+$/, "").replace(/"[0-9a-f]{12,16}"/g, '"*"'),
  );
}

/** Methods that etcd serves beside its own; those of locks and elections once they were called. */
const FOREIGN = /grpc\.health|grpc\.reflection|v3lockpb|v3electionpb/;

describe.each(judges)("pages beside a real etcd $version", ({ version, folder }) => {
  test("are made of the same names", async () => {
    const directory = mkdtempSync(join(tmpdir(), "detcd-pages-"));
    const etcd = await RealEtcd.startOf(folder, join(directory, "data"));
    try {
      const real = async (path: string) => {
        const response = await fetch(`${etcd.endpoint}${path}`);
        return { type: response.headers.get("content-type"), text: await response.text() };
      };
      const ours = new Ours(version).facts();
      const all = Object.fromEntries(Object.keys(FIGURES).map((name) => [name, 1])) as Readonly<
        Record<Figure, number>
      >;
      const own = metricsPage({ ...ours, figures: all }, profileOf(version));
      const theirs = await real("/metrics");
      expect(own.headers).toContainEqual(["Content-Type", theirs.type]);
      const told = shapes(theirs.text);
      const tells = shapes(utf8Decode(own.body));
      expect(tells.filter((line) => !told.includes(line))).toEqual([]);
      const ofCalls = told.filter((line) => line.startsWith("grpc_server") && !FOREIGN.test(line));
      expect(tells.filter((line) => line.startsWith("grpc_server"))).toEqual(ofCalls);

      const vars = JSON.parse(utf8Decode(debugVarsPage(ours).body));
      const realVars = JSON.parse((await real("/debug/vars")).text);
      const names = (status: { progress: object }) => [
        Object.keys(status),
        Object.values(status.progress).map((each) => Object.keys(each)),
      ];
      expect(names(vars["raft.status"])).toEqual(names(realVars["raft.status"]));
      expect(Object.keys(realVars)).toEqual(expect.arrayContaining(Object.keys(vars)));
    } finally {
      await etcd.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
