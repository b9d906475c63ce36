import type { LiveRun } from "../../live/live-run.ts";

/** A member, as `GET /state` tells of it. */
export interface MemberState {
  readonly member: string;
  readonly endpoint: string;
  readonly status: string;
  readonly role: string;
  readonly term: number;
  /** Whom it follows; null: it knows of no leader. */
  readonly leader: string | null;
  readonly applied: number;
  readonly revision: number;
}

export interface ClusterState {
  readonly etcd: string;
  readonly seed: number;
  /** Virtual time since the start of the run. */
  readonly virtualMs: number;
  /** null: nobody leads. */
  readonly leader: string | null;
  /** Links that do not deliver, as `m1→m2`. */
  readonly cut: readonly string[];
  readonly members: readonly MemberState[];
}

export function stateOf({ cluster }: LiveRun, endpoint: (member: number) => string): ClusterState {
  const name = (id: number) => (id === 0 ? null : `m${id}`);
  return {
    etcd: cluster.options.serverVersion,
    seed: cluster.options.seed,
    virtualMs: cluster.now / 1000,
    leader: name(cluster.leader()),
    cut: cluster.network.cutList().map(([from, to]) => `m${from}→m${to}`),
    members: cluster.views().map(({ id, status, role, term, lead, applied, revision }) => ({
      ...{ member: `m${id}`, endpoint: endpoint(id), status, role, term },
      ...{ leader: name(lead), applied, revision },
    })),
  };
}
