import type { Disk } from "../../base/disk.ts";
import { NO_POINTS } from "../../base/fault-points.ts";
import { BoltError, sourceOf } from "../../bolt/index.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import { markCompacted } from "../../mvcc/scheduled-compaction.ts";
import { encodeConfChange } from "../../raft/pb/index.ts";
import {
  ConfChangeType,
  type ConfState,
  EMPTY,
  EMPTY_CONF_STATE,
  type Entry,
  EntryType,
} from "../../raft/types.ts";
import { createWal, Snapshotter } from "../../wal/index.ts";
import { encodeConfState } from "../apply/conf-state.ts";
import { readDatabase } from "../backup/read-database.ts";
import { databaseIn } from "../backup/snapshot-file.ts";
import { foundingContexts } from "../membership/change-context.ts";
import { defaultMember, foundedBy } from "../membership/founding.ts";
import { MemberBuckets } from "../membership/member-buckets.ts";
import type { MemberConfig } from "../settings.ts";
import { BackendFiles } from "./backend-files.ts";
import { SNAP_DIRECTORY, WAL_DIRECTORY, walMetadata, walOptions } from "./recover.ts";

/** A term before all that the new cluster elects a leader in. */
const TERM = 1;
const NO_VALUE = new Uint8Array(0);

/** The newest revision of what a backup holds; what is wrong with it if it is damaged. */
export function backupRevision(image: Uint8Array): number | string {
  try {
    return newestRevision(openBackup(image));
  } catch (error) {
    if (!(error instanceof BoltError)) throw error;
    return error.message;
  }
}

/**
 * Makes a member's files of a backup, as `etcdutl snapshot restore` does (etcdutl/snapshot
 * v3_snapshot.go): the keys, leases and users of the backup under the members of a new cluster, whose
 * founders are `config.initialVoters`, and a log that holds their founding alone. So indexes and terms
 * begin anew, and revisions where the backup ends.
 *
 * `bumpRevision` (--bump-revision, with --mark-compacted) makes revisions go on that much later, and
 * the newest one the compacted one, so that whoever knows of later revisions than the backup's is not
 * told of others by the same numbers. 0: neither.
 *
 * The backup is one that {@link backupRevision} finds whole.
 */
export function restoreBackup(
  config: MemberConfig,
  disk: Disk,
  image: Uint8Array,
  bumpRevision: number,
): void {
  const { initialVoters, clusterToken, mistakes } = config;
  const backend = openBackup(image);
  const members = new MemberBuckets(backend);
  members.trim();
  if (bumpRevision > 0) bump(backend, bumpRevision);
  for (const node of initialVoters) {
    members.save({ kind: "put", member: defaultMember(node, clusterToken) });
  }
  members.clusterId = foundedBy(initialVoters, clusterToken);
  const confState: ConfState = { ...EMPTY_CONF_STATE, voters: [...initialVoters] };
  const entries = foundingEntries(config);
  const index = entries.length;
  backend.applied(index, TERM);
  backend.configured(encodeConfState(confState));
  new BackendFiles(disk, SNAP_DIRECTORY, mistakes, NO_POINTS).create(backend.image());
  const options = walOptions(config, NO_POINTS);
  const wal = createWal(disk, WAL_DIRECTORY, walMetadata(config), options);
  const metadata = { index, term: TERM, confState };
  new Snapshotter(disk, SNAP_DIRECTORY, options).save({ data: EMPTY, metadata });
  wal.save({ term: TERM, vote: initialVoters[0] as number, commit: index }, entries, true);
  wal.saveSnapshot(metadata);
}

function openBackup(snapshot: Uint8Array): Backend {
  return readDatabase(databaseIn(sourceOf(snapshot)));
}

function newestRevision({ table }: Backend): number {
  let newest = 0;
  const cursor = table.cursor();
  while (cursor.next()) newest = Math.max(newest, cursor.main);
  return newest;
}

/** An empty row at the new revision, as etcdutl writes it: of no key that anybody can ask for. */
function bump(backend: Backend, by: number): void {
  const revision = newestRevision(backend) + by;
  backend.table.append(revision, 0, false, NO_VALUE, 0);
  markCompacted(backend, revision);
}

function foundingEntries({ initialVoters, clusterToken, profile }: MemberConfig): Entry[] {
  return foundingContexts(initialVoters, clusterToken).map(({ id: nodeId, context }, i) => {
    const change = { id: 0, type: ConfChangeType.AddNode, nodeId, context };
    const data = encodeConfChange(change, null, profile.omitsUnset);
    return { term: TERM, index: i + 1, type: EntryType.ConfChange, data };
  });
}
