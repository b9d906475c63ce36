import { op } from "../src/api/build.ts";
import { SECOND } from "../src/base/time.ts";
import { DataMonitor } from "../src/check/data-monitor.ts";
import { LinearizabilityMonitor } from "../src/check/linearizability/linearizability-monitor.ts";
import { RaftMonitor } from "../src/check/raft/raft-monitor.ts";
import type { Call } from "../src/client/client.ts";
import { PATIENT } from "../src/client/retry-policy.ts";
import { Cluster, DEFAULT_CLUSTER } from "../src/sim/cluster.ts";
import type { TraceSink } from "../src/trace/trace.ts";
import type { Bench } from "./measure.ts";

/** Nothing happens in a cluster but heartbeats: how much faster than real time it goes. */
export function idleBench(members: number, target?: number): Bench {
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, members });
  cluster.runUntil(5 * SECOND);
  if (cluster.leader() === 0) throw new Error("no leader after 5 s");
  return {
    name: `idle cluster of ${members}`,
    unit: "virtual s",
    measure: "per second",
    ...(target === undefined ? {} : { target }),
    run() {
      cluster.runUntil(cluster.now + 500 * SECOND);
      return 500;
    },
  };
}

/**
 * A whole fault experiment: 3 members, 200 puts, the leader is killed, the others elect another,
 * 200 puts, the old one restarts, all are equal. Takes a real etcd 4.2 s.
 */
export function experimentBench(target: number): Bench {
  let seed = 0;
  return {
    name: "fault experiment",
    unit: "experiments",
    measure: "ms",
    target,
    run() {
      experiment(++seed);
      return 1;
    },
  };
}

const LIMIT = 120 * SECOND;

function experiment(seed: number): void {
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed });
  const until = (what: string, reached: () => boolean): void => {
    while (!reached()) {
      cluster.step();
      if (cluster.now > LIMIT) throw new Error(`seed ${seed}: no ${what}`);
    }
  };
  const put = (n: number): void => {
    const request = op.put(`key${n % 50}`, `v${n}`);
    const call = cluster.client(1).call(request, () => undefined, { policy: PATIENT });
    until("reply", () => call.outcome !== "pending");
    if (call.outcome !== "ok") throw new Error(`seed ${seed}: put ${n}: ${call.error?.message}`);
  };
  until("leader", () => cluster.leader() !== 0);
  for (let n = 0; n < 200; n++) put(n);
  const old = cluster.leader();
  cluster.inject({ type: "crash", member: old, disk: "lose" });
  until("new leader", () => cluster.leader() !== 0);
  for (let n = 200; n < 400; n++) put(n);
  cluster.inject({ type: "restart", member: old });
  until("agreement", () => {
    const [a, b, c] = cluster.views();
    return a?.applied === b?.applied && b?.applied === c?.applied;
  });
  const hashes = new Set(cluster.views().map((view) => view.stateHash));
  if (hashes.size !== 1) throw new Error(`seed ${seed}: the members differ`);
}

/** Clients put in a closed loop until `total` puts are acknowledged; WAL bytes, syncs and apply included. */
function busyRun(members: number, clients: number, total: number, sinks: TraceSink[]): void {
  let done = 0;
  let started = 0;
  const cluster: Cluster = new Cluster(
    { ...DEFAULT_CLUSTER, members, segmentBytes: 16_000_000 },
    { sinks },
  );
  const start = (client: number): void => {
    if (started === total) return;
    const n = started++;
    const acknowledged = ({ outcome, error }: Call) => {
      if (outcome !== "ok") throw new Error(error?.message);
      done++;
      start(client);
    };
    const request = op.put(`key${n % 1000}`, `value ${n}`);
    cluster.client(client).call(request, acknowledged, { policy: PATIENT });
  };
  while (cluster.leader() === 0) cluster.step();
  cluster.runUntil(cluster.now + SECOND);
  for (let client = 1; client <= clients; client++) start(client);
  while (done < total) cluster.step();
}

export function putsBench(clients: number, target?: number): Bench {
  return {
    name: `cluster of 3, ${clients} clients, puts`,
    unit: "puts",
    measure: "per second",
    ...(target === undefined ? {} : { target }),
    run() {
      busyRun(3, clients, 20_000, []);
      return 20_000;
    },
  };
}

/** The same with every invariant checked on the way. */
export function checkedPutsBench(clients: number, target?: number): Bench {
  return {
    name: `cluster of 3, ${clients} clients, puts, invariants checked`,
    unit: "puts",
    measure: "per second",
    ...(target === undefined ? {} : { target }),
    run() {
      const monitor = new RaftMonitor();
      busyRun(3, clients, 20_000, [monitor]);
      if (monitor.violations.length > 0) throw new Error(monitor.violations[0]?.text);
      return 20_000;
    },
  };
}

const MONITOR_PAIRS = 7;
const TRIES = 4;
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * What the monitor costs on top of a busy run of 5 members: CPU time with it over CPU time
 * without. Each value is the best of four tries with over the best of four without, taken in turn:
 * what else goes on in the machine only ever adds. Both are warm: the compiler is not on the bill.
 */
export function monitorBench(target: number): Bench {
  const alone = (): number => cpuMs(() => busyRun(5, 64, 10_000, []));
  const watched = (): number => {
    const monitor = new RaftMonitor();
    const ms = cpuMs(() => busyRun(5, 64, 10_000, [monitor]));
    if (monitor.violations.length > 0) throw new Error(monitor.violations[0]?.text);
    return ms;
  };
  for (let i = 0; i < 3; i++) {
    alone();
    watched();
  }
  return {
    name: "invariant monitor on a busy cluster of 5",
    unit: "CPU time",
    measure: "%",
    target,
    runs: MONITOR_PAIRS,
    run() {
      let without = Number.POSITIVE_INFINITY;
      let with_ = Number.POSITIVE_INFINITY;
      for (let i = 0; i < TRIES; i++) {
        without = Math.min(without, alone());
        with_ = Math.min(with_, watched());
      }
      return (with_ / without - 1) * 100;
    },
  };
}

/** What a run with random faults pays for all that it is held against, layer Data included. */
export function checkersBench(target: number): Bench {
  return {
    name: "all checkers on a busy cluster of 5",
    unit: "CPU time",
    measure: "%",
    target,
    run() {
      const clients = new LinearizabilityMonitor({ data: true });
      const data = new DataMonitor();
      const without = cpuMs(() => busyRun(5, 64, 10_000, []));
      const with_ = cpuMs(() => busyRun(5, 64, 10_000, [new RaftMonitor(), clients, data]));
      const violation = clients.violations[0] ?? data.violations[0];
      if (violation !== undefined) throw new Error(violation.text);
      return (with_ / without - 1) * 100;
    },
  };
}
