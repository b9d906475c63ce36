import type { Duration } from "../base/time.ts";
import type { FaultPoint } from "./fault-points.ts";
import type { DiskOptions, LinkOptions } from "./options.ts";

/**
 * What a crash does to bytes that were not synced, and to names (creations, renames and removals of files) whose
 * directory was not synced since. `random` draws one of the first four.
 *
 *  - `lose`, `keep`: nothing of either is left, or all of it;
 *  - `prefix`: of each file so many bytes, of the names so many changes, from the first one on;
 *  - `tear`: of each file some sectors, others are zeros; names as with `prefix`;
 *  - `rewind`: all bytes, and of the names so many changes, from the first one on, as a journal has it;
 *  - `forget`: all bytes, and each change of a name by itself, as POSIX allows;
 *  - `scatter`: each sector of each file by itself, and each change of a name: writes reach the disk in any order.
 *
 * @public
 */
export type CrashMode =
  | "lose"
  | "keep"
  | "prefix"
  | "tear"
  | "rewind"
  | "forget"
  | "scatter"
  | "random";

/**
 * One thing somebody does to the world. Plain data, so that a run can be saved as a scenario.
 *
 * @public
 */
export type Fault =
  | { readonly type: "crash"; readonly member: number; readonly disk: CrashMode }
  /** Crashes instead of carrying out the `operations`-th command of its disk from now on. */
  | {
      readonly type: "crash-at";
      readonly member: number;
      readonly operations: number;
      readonly disk: CrashMode;
    }
  /** Crashes when the process passes this point of its code, the `count`-th time from now on. */
  | {
      readonly type: "crash-at";
      readonly member: number;
      readonly point: FaultPoint;
      readonly count: number;
      readonly disk: CrashMode;
    }
  /** `version`: of the program that is started from now on; absent: the same as before. */
  | { readonly type: "restart"; readonly member: number; readonly version?: string }
  | { readonly type: "pause"; readonly member: number }
  | { readonly type: "resume"; readonly member: number }
  /** Members in different groups can't hear each other; members in no group form one more group. */
  | { readonly type: "partition"; readonly groups: readonly (readonly number[])[] }
  /** Each of them hears its two neighbours, in this order, and nobody else. */
  | { readonly type: "ring"; readonly members: readonly number[] }
  /** Two halves that don't hear each other; `member` hears both. */
  | {
      readonly type: "bridge";
      readonly member: number;
      readonly halves: readonly [readonly number[], readonly number[]];
    }
  /** One way: nothing from `from` reaches `to`. */
  | { readonly type: "cut"; readonly from: readonly number[]; readonly to: readonly number[] }
  /** Clients and members don't hear each other: calls get lost, streams stall. */
  | {
      readonly type: "client-cut";
      readonly clients: readonly number[];
      readonly members: readonly number[];
    }
  /** A client's process stands still. */
  | { readonly type: "client-pause"; readonly client: number }
  | { readonly type: "client-resume"; readonly client: number }
  /** A client's clock runs this much faster. */
  | { readonly type: "client-drift"; readonly client: number; readonly ppm: number }
  /** All links work again, those of clients too; link options return to the cluster's. */
  | { readonly type: "heal" }
  /** Messages from → to wait until `unclog`. */
  | { readonly type: "clog"; readonly from: readonly number[]; readonly to: readonly number[] }
  | { readonly type: "unclog" }
  /**
   * Members are clogged one by one, in an order that is drawn, and freed in another one; after `overUs` all
   * are free again. `unclog` and `heal` end it.
   */
  | { readonly type: "swizzle"; readonly members: readonly number[]; readonly overUs: Duration }
  /** Raft's messages from → to arrive at another member, until `heal`: an old address, a mad switch. */
  | {
      readonly type: "misdeliver";
      readonly from: readonly number[];
      readonly to: number;
      readonly at: number;
    }
  /** Changes the given options of the links from → to (all links where absent). */
  | {
      readonly type: "link";
      readonly from?: readonly number[];
      readonly to?: readonly number[];
      readonly options: Partial<LinkOptions>;
    }
  /** The member's clocks, both of them, run this much faster (negative: slower), in parts per million. */
  | { readonly type: "drift"; readonly member: number; readonly ppm: number }
  /**
   * The member's wall clock jumps (negative: back), as when NTP sets it. That reaches what etcd makes
   * of a date: when a JWT ends, by the member that signs it and by the one that reads it; the id of a
   * member that is added through this one; the ids of proposals of a process that starts later, which
   * tell its entries from those of its earlier lives.
   *
   * All else is measured by Go's monotonic clock, which no jump moves: Raft's ticks, leases and their
   * checkpoints, simple tokens, time-outs, periodic compaction, how long peers have been connected.
   * The ids of leases are drawn by chance, not made of the date as in etcd: nobody can tell, but that
   * etcd could refuse a grant for an id that a set-back clock made again. The ids of ReadIndex
   * requests hold the monotonic time of each request, to the microsecond.
   */
  | { readonly type: "skew"; readonly member: number; readonly us: Duration }
  /**
   * Each entry that the member applies takes so long from now on; 0: no time, as always. Meanwhile the
   * member goes on with all else, as etcd does, which applies on a goroutine of its own: it votes,
   * acknowledges, sends and commits, and answers what does not wait for what is not applied.
   */
  | { readonly type: "slow-apply"; readonly member: number; readonly us: Duration }
  | { readonly type: "disk-slow"; readonly member: number; readonly options: DiskOptions }
  | { readonly type: "disk-full"; readonly member: number; readonly full: boolean }
  /** Flips `bits` bits in durable bytes of the newest file whose name ends with `suffix` (".wal", ".snap", ".db"). */
  | {
      readonly type: "bit-rot";
      readonly member: number;
      readonly suffix: string;
      readonly bits: number;
      /** Impossible where no quorum would be left whose disks never rotted. */
      readonly atlas?: boolean;
    }
  /**
   * The machine of a member that is down gets an empty disk. Started again, it knows nothing, and joins as
   * etcd does with its data-dir deleted and --initial-cluster-state existing: under its old id. Those who
   * count on what it had acknowledged make it panic, or worse.
   */
  | { readonly type: "wipe"; readonly member: number }
  /**
   * All machines, which are down, get the files that `etcdutl snapshot restore` makes of a backup: each
   * of `members` those of a founder of another cluster, whose revisions begin where the backup ends (or
   * so much later, and compacted up to there, with `bumpRevision` > 0). The other machines are out of use
   * from then on. What was written after the backup never happened: whoever judges a run begins anew.
   */
  | {
      readonly type: "snapshot-restore";
      readonly members: readonly number[];
      /** The blob of a Snapshot response. */
      readonly backup: Uint8Array;
      readonly bumpRevision: number;
    }
  /**
   * Starts a member, which is down as all others are, with --force-new-cluster: it goes on alone with
   * what it knows to be committed. The other machines are out of use from then on.
   */
  | { readonly type: "force-new-cluster"; readonly member: number }
  /** The next messages of this type (e.g. "MsgApp"; "any") from → to are lost, `count` of them. */
  | {
      readonly type: "drop-next";
      readonly from: number;
      readonly to: number;
      readonly message: string;
      readonly count: number;
    }
  /** The n-th message of this type that is under way from → to is lost, or arrives now. */
  | {
      readonly type: "lose" | "deliver";
      readonly from: number;
      readonly to: number;
      readonly message: string;
      readonly nth: number;
    }
  /** Makes a follower's election timer fire now. */
  | { readonly type: "campaign"; readonly member: number }
  /**
   * A value in a member's database becomes another one of the same length, behind everyone's back: in
   * memory, and on disk as soon as what was applied is committed.
   */
  | {
      readonly type: "corrupt";
      readonly member: number;
      readonly key: string;
      readonly value: string;
    }
  /** Starts the process of a machine that is new: its member was, or will be, added through the API. */
  | { readonly type: "start"; readonly member: number }
  // Administration, as an operator does through the API of `via` (default: the leader).
  | { readonly type: "transfer"; readonly to: number }
  | { readonly type: "add-member"; readonly member: number; readonly learner: boolean }
  | { readonly type: "promote"; readonly member: number }
  | { readonly type: "remove-member"; readonly member: number }
  | {
      readonly type: "change";
      readonly add: readonly number[];
      readonly remove: readonly number[];
      readonly learners: readonly number[];
    }
  | { readonly type: "snapshot"; readonly member: number };
