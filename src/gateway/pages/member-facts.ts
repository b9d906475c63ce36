import type { GrpcCodeName } from "../../api/errors.ts";
import type { MethodType } from "../../api/wire/method-table.ts";
import type { Figure } from "./figures.ts";

/** What a member says of itself to who looks at its pages: the driver fills it in. */
export interface MemberFacts {
  /** Its release: "3.7.3". */
  readonly serverVersion: string;
  /** The cluster's, "3.7.0"; "": it is not decided yet. */
  readonly clusterVersion: string;
  /** That of its storage, "3.7.0"; "": it is not known yet. */
  readonly storageVersion: string;
  readonly memberId: bigint;
  /** All members that it knows of, itself too. */
  readonly knownMembers: readonly bigint[];
  /** Its metrics that are one number. What is not counted is not told. */
  readonly figures: Readonly<Partial<Record<Figure, number>>>;
  /** Of the calls that it served, by method; of others there were none. null: nobody counts them. */
  readonly calls: ReadonlyMap<MethodType, CallCounts> | null;
  readonly raft: RaftFacts;
  /** With what its process was started. */
  readonly commandLine: readonly string[];
}

export interface CallCounts {
  readonly started: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  /** Of those that ended, by what they ended with. */
  readonly handled: Readonly<Partial<Record<GrpcCodeName, number>>>;
}

/** raft.Status; ids are those of members, 0n: nobody. */
export interface RaftFacts {
  readonly term: number;
  readonly vote: bigint;
  readonly commit: number;
  readonly applied: number;
  readonly lead: bigint;
  readonly state: "StateFollower" | "StateCandidate" | "StatePreCandidate" | "StateLeader";
  /** Of a leader: how far its peers are. */
  readonly progress: readonly {
    readonly id: bigint;
    readonly match: number;
    readonly next: number;
    readonly state: "StateProbe" | "StateReplicate" | "StateSnapshot";
  }[];
  readonly leadTransferee: bigint;
}
