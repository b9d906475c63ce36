/**
 * The library `detcd`: run failure scenarios, drive a simulated etcd cluster from code, and check
 * what clients and members did. Everything is synchronous and follows from a seed.
 *
 * @packageDocumentation
 */

export { compare, op } from "./api/build.ts";
export { type Duration, type Instant, MILLISECOND, type Ppm, SECOND } from "./base/time.ts";
export { DataMonitor, type DataMonitorOptions } from "./check/data-monitor.ts";
export {
  type ClientMonitorOptions,
  LinearizabilityMonitor,
} from "./check/linearizability/linearizability-monitor.ts";
export { type MonitorOptions, RaftMonitor } from "./check/raft/raft-monitor.ts";
export { type Violation, ViolationError, type ViolationLogOptions } from "./check/violation.ts";
export type { CallOptions } from "./client/call.ts";
export { CallError, type Client, type WatchOptions } from "./client/client.ts";
export type { ClientOptions } from "./client/client-conn.ts";
export type { Outcome } from "./client/outcome.ts";
export type { Task } from "./client/task.ts";
export { InputError, type Problem } from "./scenario/read/input-error.ts";
export { parseScenario } from "./scenario/read/parse.ts";
export type { ExpectationReport, MemberReport, ScenarioReport } from "./scenario/run/report.ts";
export { type RunOptions, runScenario, type ScenarioRun } from "./scenario/run/run.ts";
export type { Scenario } from "./scenario/scenario.ts";
export { Cluster, type ClusterHooks } from "./sim/cluster.ts";
export { DEFAULT_CLUSTER } from "./sim/defaults.ts";
export type { CrashMode, Fault } from "./sim/fault.ts";
export type { FaultPoint } from "./sim/fault-points.ts";
export { FaultError } from "./sim/faults.ts";
export type { ClusterOptions, DiskOptions, LinkOptions } from "./sim/options.ts";
export type { MemberStatus, MemberView } from "./sim/view.ts";
export { TraceDigest } from "./trace/digest.ts";
export type { TraceEvent } from "./trace/events.ts";
export { ListSink } from "./trace/recorder.ts";
export type { TraceHeader } from "./trace/schema/header.ts";
export { Layer } from "./trace/schema/kind.ts";
export type { TraceSink } from "./trace/trace.ts";
