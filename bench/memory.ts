import { putRequest } from "../src/api/build.ts";
import { SECOND } from "../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../src/sim/cluster.ts";

/**
 * npm run bench:memory
 * One member with its log, its backend and its simulated disk (whose bytes are in memory, too):
 * 1,000,000 revisions of 100,000 keys with values of 64 bytes, then a compaction of nearly all.
 */
const KEYS = 100_000;
const REVISIONS = 1_000_000;
/** Puts under way at once. */
const BATCH = 100;
const TARGET_MB = 600;

const collect = globalThis.gc;
if (collect === undefined) throw new Error("run with --expose-gc: npm run bench:memory");

const MB = 1024 * 1024;
const started = process.memoryUsage();

function row(what: string, cluster: Cluster): number {
  collect?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const used = (heapUsed + arrayBuffers - started.heapUsed - started.arrayBuffers) / MB;
  const disk = cluster.node(1).disk.totalBytes / MB;
  const resident = (rss - started.rss) / MB;
  const number = (n: number): string => n.toFixed(0).padStart(6);
  console.log(
    `${what.padEnd(44)}${number(used)} MB in use, of which disk${number(disk)} MB; resident${number(resident)} MB`,
  );
  return used;
}

const value = new Uint8Array(64).fill(7);
const names = Array.from({ length: KEYS }, (_, i) => `/registry/${String(i).padStart(6, "0")}`);
// Asked for beside the simulation's clients, whose history of operations would count as well.
const cluster = new Cluster({ ...DEFAULT_CLUSTER, members: 1 });
const node = cluster.node(1);
const nobody = { responded: () => undefined, connectionLost: () => undefined };
const revision = () => cluster.view(1).revision;

while (cluster.leader() === 0) cluster.step();
row("an empty member", cluster);
for (let n = 0; n < REVISIONS; ) {
  const wanted = revision() + BATCH;
  for (let i = 0; i < BATCH; i++, n++) {
    const request = putRequest(names[(n * 7_919) % KEYS] as string, value);
    node.request(
      { kind: "call", callId: n, token: "", request: { type: "put", request } },
      0,
      nobody,
    );
  }
  while (revision() < wanted) cluster.step();
}
cluster.runUntil(cluster.now + SECOND);
const full = row(
  `${REVISIONS.toLocaleString("en-US")} revisions of ${KEYS.toLocaleString("en-US")} keys`,
  cluster,
);
node.request(
  {
    kind: "call",
    callId: REVISIONS,
    token: "",
    request: { type: "compaction", request: { revision: REVISIONS, physical: true } },
  },
  0,
  nobody,
);
cluster.runUntil(cluster.now + 60 * SECOND);
const compacted = row("after the compaction", cluster);
console.log(
  `${full < TARGET_MB ? "under" : "OVER"} ${TARGET_MB} MB; the compaction gave ${(full - compacted).toFixed(0)} MB back`,
);
process.exitCode = full < TARGET_MB && compacted < full / 2 ? 0 : 1;
