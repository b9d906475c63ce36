import { decodeInternalRaftRequest } from "../../api/wire/internal-raft-request.ts";
import { hash52 } from "../../base/digest.ts";
import { type Disk, DiskFullError } from "../../base/disk.ts";
import { type FaultPoints, NO_POINTS } from "../../base/fault-points.ts";
import { ProtobufWriter } from "../../base/protobuf.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import { BackendError } from "../../mvcc/backend/commit-record.ts";
import { MemoryStorage } from "../../raft/storage.ts";
import {
  type ConfState,
  EMPTY,
  EMPTY_CONF_STATE,
  type Entry,
  EntryType,
  type HardState,
  type Index,
  type Snapshot,
} from "../../raft/types.ts";
import {
  createWal,
  type OpenedWal,
  openWal,
  type SnapshotPoint,
  Snapshotter,
  validSnapshots,
  type Wal,
  WalError,
  type WalOptions,
  walExists,
} from "../../wal/index.ts";
import { ClusterInfo } from "../apply/cluster-info.ts";
import { decodeConfState } from "../apply/conf-state.ts";
import type { MemberHost } from "../host.ts";
import type { MemberConfig } from "../settings.ts";
import { BackendFiles } from "./backend-files.ts";
import { type ForcedLog, forceNewCluster } from "./force-new-cluster.ts";
import { refusalOfData } from "./newer-data.ts";

export const WAL_DIRECTORY = "member/wal";
export const SNAP_DIRECTORY = "member/snap";

/** The member's data can't be trusted; it must not start. The message says what is wrong and where. */
export class RefuseToStart extends Error {
  override name = "RefuseToStart";
}

/** What a member finds on its disk when it starts, or makes there when it is new. */
export interface Recovered {
  /** False for a first start. */
  readonly restart: boolean;
  readonly wal: Wal;
  readonly snapshotter: Snapshotter;
  readonly storage: MemoryStorage;
  readonly files: BackendFiles;
  readonly backend: Backend;
  readonly snapshot: Snapshot | null;
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
  /** What raft starts with, and the entry that it is as of: the snapshot's, or the last one applied. */
  readonly conf: ConfState;
  readonly confIndex: Index;
  /** What was mended, in words; empty if nothing. */
  readonly repaired: string;
}

const NO_STATE: HardState = { term: 0, vote: 0, commit: 0 };

/** Whether the member has run before on this disk. */
export function hasRun(disk: Disk): boolean {
  return walExists(disk, WAL_DIRECTORY);
}

/** Throws RefuseToStart. */
export function recover(config: MemberConfig, host: MemberHost): Recovered {
  try {
    return hasRun(host.disk) ? reopen(config, host) : begin(config, host);
  } catch (error) {
    const known = [WalError, DiskFullError, BackendError];
    if (known.some((kind) => error instanceof kind)) {
      throw new RefuseToStart((error as Error).message);
    }
    throw error;
  }
}

/** A first start: an empty log. */
function begin(config: MemberConfig, { disk, points = NO_POINTS }: MemberHost): Recovered {
  const options = walOptions(config, points);
  const files = new BackendFiles(disk, SNAP_DIRECTORY, config.mistakes, points);
  return {
    restart: false,
    wal: createWal(disk, WAL_DIRECTORY, walMetadata(config), options),
    snapshotter: new Snapshotter(disk, SNAP_DIRECTORY, options),
    storage: new MemoryStorage(),
    files,
    backend: files.open(0),
    snapshot: null,
    hardState: NO_STATE,
    entries: [],
    conf: EMPTY_CONF_STATE,
    confIndex: 0,
    repaired: "",
  };
}

/** A restart: the newest usable snapshot, and the log from there. */
function reopen(config: MemberConfig, host: MemberHost): Recovered {
  const { disk, points = NO_POINTS } = host;
  const options = walOptions(config, points);
  const storage = new MemoryStorage();
  const snapshotter = new Snapshotter(disk, SNAP_DIRECTORY, options);
  // Only snapshots that the log knows of and that were committed may be started from.
  const valid = validSnapshots(disk, WAL_DIRECTORY, options);
  const { startsFromLog } = config.profile;
  const filed = startsFromLog ? null : snapshotter.loadNewest(valid);
  const start = (startsFromLog ? valid.at(-1) : filed?.metadata) ?? { index: 0, term: 0 };
  // Before the log is mended: from then on the disk may be busy with a sync.
  const files = new BackendFiles(disk, SNAP_DIRECTORY, config.mistakes, points);
  const backend = files.open(start.index);
  files.removeOlder(backend.consistentIndex);
  const info = new ClusterInfo(backend.bucket("cluster"));
  const refusal = refusalOfData(config.serverVersion, config.profile, info);
  if (refusal !== "") throw new RefuseToStart(refusal);
  const opened = openWal(disk, WAL_DIRECTORY, { index: start.index, term: start.term }, options);
  // Known mistake B7: it goes on with what is there, knows of no voters, and waits for ever.
  if (neverBegan(opened) && !config.mistakes.keepsHalfStart) {
    for (const file of [WAL_DIRECTORY, SNAP_DIRECTORY].flatMap((dir) => disk.list(dir)))
      disk.remove(file);
    const repaired =
      `its first start was never finished, of which ${opened.entries.length} ` +
      `${opened.entries.length === 1 ? "entry is" : "entries are"} left: it begins anew`;
    return { ...begin(config, host), repaired };
  }
  refuseUnreadable(config, opened);
  const snapshot = startsFromLog ? standIn(start, backend) : filed;
  const conf = snapshot?.metadata.confState ?? EMPTY_CONF_STATE;
  const { hardState, entries } =
    config.forceNewCluster === true ? forced(config, conf, opened, backend) : opened;
  if (snapshot !== null) storage.applySnapshot(snapshot);
  storage.setHardState(hardState);
  storage.append(entries);
  return {
    restart: true,
    wal: opened.wal,
    snapshotter,
    storage,
    files,
    backend,
    snapshot,
    hardState,
    entries,
    conf,
    confIndex: startsFromLog ? backend.consistentIndex : start.index,
    repaired: [...snapshotter.findings, tornText(backend), opened.repaired]
      .filter((text) => text !== "")
      .join("; "),
  };
}

/**
 * What stands for the snapshot that the log mentions (server/etcdserver/bootstrap.go of 3.7): who belongs to
 * the cluster the backend says, which may be ahead of it. null: there is nothing to tell.
 */
function standIn({ index, term }: SnapshotPoint, { confState }: Backend): Snapshot | null {
  if (confState.length === 0 && index === 0) return null;
  return { data: EMPTY, metadata: { index, term, confState: decodeConfState(confState) } };
}

function forced(
  config: MemberConfig,
  conf: ConfState,
  opened: OpenedWal,
  backend: Backend,
): ForcedLog {
  const { hardState, entries } = opened;
  const applied = backend.consistentIndex;
  const log = forceNewCluster(config, conf, hardState, entries, applied);
  if (log === null) {
    throw new RefuseToStart("the configuration is joint: nobody can be removed from it by force");
  }
  opened.wal.save(log.hardState, log.added, true);
  return log;
}

/**
 * A log of entries without a term. The first that is written are entries and then the term and vote, with
 * one sync: whoever has not that much on its disk has voted for nobody and acknowledged nothing.
 */
function neverBegan({ hardState, entries }: OpenedWal): boolean {
  return hardState.term === 0 && entries.length > 0;
}

/**
 * etcd decodes all that is committed behind the snapshot, although it is in the backend already, and
 * panics at each start where it can't.
 */
function refuseUnreadable({ profile }: MemberConfig, { hardState, entries }: OpenedWal): void {
  if (profile.readsV2Requests) return;
  const entry = entries.find((each) => each.index <= hardState.commit && isV2Request(each));
  if (entry === undefined) return;
  throw new RefuseToStart(
    `entry ${entry.index} is a request of the v2 store, by which members up to 3.5 publish themselves, ` +
      "and this release reads none: let 3.6 run until it has written a snapshot",
  );
}

function isV2Request({ type, data }: Entry): boolean {
  // Its first field is an id, which other requests have elsewhere: most need not be decoded.
  if (type !== EntryType.Normal || data[0] !== 0x08) return false;
  return decodeInternalRaftRequest(data).op.type === "v2";
}

function tornText({ torn }: Backend): string {
  return torn === 0 ? "" : `an unfinished commit of ${torn} bytes cut off the backend`;
}

export function walOptions(config: MemberConfig, points: FaultPoints): WalOptions {
  const { segmentBytes, profile, mistakes } = config;
  return { segmentBytes, profile, mistakes, points };
}

/** etcdserverpb.Metadata: who wrote this log. */
export function walMetadata(config: MemberConfig): Uint8Array {
  const cluster = new Uint8Array(config.initialVoters);
  const writer = new ProtobufWriter(32);
  writer.varintField(1, config.id);
  writer.varintField(2, hash52(cluster));
  return writer.finish();
}
