/**
 * The library `detcd`: run failure scenarios, drive a simulated etcd cluster from code, and check
 * what clients and members did, or test client code of your own against it. Everything follows from a
 * seed, and is synchronous but for `simulate`, whose workload may await.
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
export type { Explained } from "./fuzz/explain.ts";
export type { Failure } from "./fuzz/failure.ts";
export { type FuzzPlan, type FuzzResult, fuzz } from "./fuzz/fuzz.ts";
export { type PlanOptions, plan } from "./fuzz/plan.ts";
export type { CampaignReport, CampaignSettings, FailedCase } from "./fuzz/report.ts";
export { InputError, type Problem } from "./scenario/read/input-error.ts";
export { parseScenario } from "./scenario/read/parse.ts";
export { type ScenarioData, type StepData, scenario } from "./scenario/read/scenario-data.ts";
export type {
  ExpectationReport,
  MemberReport,
  ScenarioReport,
  Verdict,
} from "./scenario/run/report.ts";
export { type RunOptions, runScenario, type ScenarioRun } from "./scenario/run/run.ts";
export type { TakenStep } from "./scenario/run/world.ts";
export type { Scenario } from "./scenario/scenario.ts";
export { Cluster, type ClusterHooks } from "./sim/cluster.ts";
export { DEFAULT_CLUSTER } from "./sim/defaults.ts";
export type { CrashMode, Fault } from "./sim/fault.ts";
export type { FaultPoint } from "./sim/fault-points.ts";
export { FaultError } from "./sim/faults.ts";
export type { ClusterOptions, DiskOptions, LinkOptions } from "./sim/options.ts";
export type { MemberStatus, MemberView } from "./sim/view.ts";
export type { EtcdCallOptions } from "./simulate/client/calls.ts";
export type { Election, Leader, Leadership } from "./simulate/client/election.ts";
export type {
  DeleteResult,
  Entry,
  GetAllResult,
  GetResult,
  PutResult,
} from "./simulate/client/entries.ts";
export {
  CompactedError,
  type ErrorOutcome,
  EtcdError,
  LeaseNotFoundError,
  LockedError,
  LostError,
  TimeoutError,
  UnavailableError,
} from "./simulate/client/errors.ts";
export type {
  EtcdClient,
  EtcdClientOptions,
  EtcdGetOptions,
  EtcdPutOptions,
  MemberStatusResult,
} from "./simulate/client/etcd-client.ts";
export type { Lease, LostReason } from "./simulate/client/lease.ts";
export type { Lock, LockOptions } from "./simulate/client/lock.ts";
export type { Keys } from "./simulate/client/text.ts";
export type {
  Txn,
  TxnColumn,
  TxnComparison,
  TxnGuard,
  TxnOp,
  TxnOpResult,
  TxnResult,
} from "./simulate/client/txn.ts";
export type { EtcdWatchOptions, WatchedEvent, Watcher } from "./simulate/client/watcher.ts";
export type { SimulationOptions } from "./simulate/environment.ts";
export { HostError } from "./simulate/host-guard.ts";
export type { InvariantCheck } from "./simulate/invariants.ts";
export {
  type LogLine,
  SimulationError,
  type SimulationFailure,
  type SimulationReplay,
  type SimulationReport,
} from "./simulate/report.ts";
export type { Sim, SimRandom } from "./simulate/sim.ts";
export { simulate } from "./simulate/simulate.ts";
export { TraceDigest } from "./trace/digest.ts";
export type { TraceEvent } from "./trace/events.ts";
export { ListSink } from "./trace/recorder.ts";
export type { TraceHeader } from "./trace/schema/header.ts";
export { Layer } from "./trace/schema/kind.ts";
export type { TraceSink } from "./trace/trace.ts";
