/**
 * The state of etcd-io/raft's TLA+ specification (tla/etcdraft.tla), as far as a trace can reach it.
 * Ids are strings and "0" is nobody, as in the lines of a trace.
 */
export type Role = "StateFollower" | "StateCandidate" | "StateLeader";

export interface SpecEntry {
  readonly term: number;
  /** Voters and learners of a configuration entry; null: a value. */
  readonly conf: {
    readonly voters: readonly string[];
    readonly learners: readonly string[];
  } | null;
}

export interface Durable {
  readonly term: number;
  readonly vote: string;
  readonly log: number;
  readonly commit: number;
  readonly voters: readonly string[];
  readonly learners: readonly string[];
}

export class Server {
  readonly id: string;
  term = 0;
  role: Role = "StateFollower";
  vote = "0";
  log: SpecEntry[] = [];
  commit = 0;
  responded = new Set<string>();
  granted = new Set<string>();
  match = new Map<string, number>();
  pendingChange = 0;
  voters: readonly string[] = [];
  learners: readonly string[] = [];
  durable: Durable;

  constructor(id: string) {
    this.id = id;
    this.durable = this.persisted();
  }

  persisted(): Durable {
    const { term, vote, commit, voters, learners } = this;
    return { term, vote, log: this.log.length, commit, voters, learners };
  }

  get lastTerm(): number {
    return this.log.at(-1)?.term ?? 0;
  }

  termAt(index: number): number {
    return this.log[index - 1]?.term ?? 0;
  }

  isQuorum(ids: ReadonlySet<string>): boolean {
    const inside = [...ids].filter((id) => this.voters.includes(id)).length;
    // votesGranted must be a subset of the configuration to be one of its quorums.
    return inside === ids.size && inside * 2 > this.voters.length;
  }

  /** Does the log hold these entries from `index` on, as far as it goes? */
  hasNoConflict(index: number, entries: readonly SpecEntry[]): boolean {
    if (index > this.log.length + 1) return false;
    return entries.every((entry, k) => {
      const own = this.log[index - 1 + k];
      return own === undefined || own.term === entry.term;
    });
  }

  becomeFollower(term: number): void {
    if (term !== this.term) this.vote = "0";
    this.term = term;
    this.role = "StateFollower";
  }
}

export type SpecMessage =
  | {
      readonly kind: "append";
      readonly sub: "app" | "heartbeat" | "snapshot";
      readonly term: number;
      readonly from: string;
      readonly to: string;
      readonly prevIndex: number;
      readonly prevTerm: number;
      readonly entries: readonly SpecEntry[];
      readonly commit: number;
    }
  | {
      readonly kind: "append-response";
      readonly sub: "app" | "heartbeat" | "snapshot";
      readonly term: number;
      readonly from: string;
      readonly to: string;
      readonly success: boolean;
      readonly match: number;
    }
  | {
      readonly kind: "vote";
      readonly term: number;
      readonly from: string;
      readonly to: string;
      readonly lastIndex: number;
      readonly lastTerm: number;
    }
  | {
      readonly kind: "vote-response";
      readonly term: number;
      readonly from: string;
      readonly to: string;
      readonly granted: boolean;
    };
