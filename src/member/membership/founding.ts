import type { NodeId } from "../../raft/types.ts";
import { clusterId, founderId } from "./ids.ts";
import type { MemberRecord } from "./record.ts";

/** What a cluster's membership is set up with (server/embed/config.go). */
export interface MembershipOptions {
  /** `--initial-cluster-token`: goes into the ids of founders and cluster. */
  readonly clusterToken: string;
  /** `--max-learners`. */
  readonly maxLearners: number;
}

const PEER_PORT = 2380;
const CLIENT_PORT = 2379;

/** The member on machine `node` if nobody said otherwise: `m4` at http://m4:2380. */
export function defaultMember(node: NodeId, token: string, isLearner = false): MemberRecord {
  const name = `m${node}`;
  const peerUrls = [`http://${name}:${PEER_PORT}`];
  return {
    id: founderId(peerUrls, token),
    node,
    peerUrls,
    isLearner,
    name,
    clientUrls: [`http://${name}:${CLIENT_PORT}`],
  };
}

/** The id of a cluster that these founded. */
export function foundedBy(nodes: readonly NodeId[], token: string): bigint {
  return clusterId(nodes.map((node) => defaultMember(node, token).id));
}
