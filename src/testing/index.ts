/**
 * The library `detcd/testing`: a whole etcd cluster for a test of your own client, behind real gRPC and JSON, without
 * Docker; it can be broken, and its time passes when you say so.
 *
 * @packageDocumentation
 */

export type { Entry } from "../simulate/client/entries.ts";
export { EtcdError } from "../simulate/client/errors.ts";
export { startCluster, withCluster } from "./start-cluster.ts";
export type { TestClient } from "./test-client.ts";
export type { ClusterSetting, LostAnswer, Refusal, TestCluster } from "./test-cluster.ts";
