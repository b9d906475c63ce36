import { NO_MISTAKES } from "../../src/museum/switches.ts";
import type { WalProfile } from "../../src/profile/wal.ts";
import { decodeConfChange, encodeConfChange, type NodeIdMap } from "../../src/raft/pb/index.ts";
import { type Entry, EntryType } from "../../src/raft/types.ts";
import { createWal, type OpenedWal, openWal } from "../../src/wal/index.ts";
import { MemoryDisk } from "./memory-disk.ts";

const SEGMENT_BYTES = 64_000_000;
const WAL = "member/wal";

/**
 * A log, read from its beginning and written anew on another disk with other ids of nodes: raft of ours
 * counts its members 1, 2, 3; etcd's knows them by the ids that clients see. Nothing else differs.
 */
export function withOtherIds(
  disk: MemoryDisk,
  from: NodeIdMap | null,
  to: NodeIdMap | null,
  profile: WalProfile,
  metadata?: Uint8Array,
): { readonly target: MemoryDisk; readonly source: OpenedWal } {
  const options = { segmentBytes: SEGMENT_BYTES, mistakes: NO_MISTAKES, profile };
  const reading = from === null ? options : { ...options, ids: from };
  const source = openWal(MemoryDisk.of(disk.files), WAL, { index: 0, term: 0 }, reading);
  const target = new MemoryDisk();
  const writing = to === null ? options : { ...options, ids: to };
  const wal = createWal(target, WAL, metadata ?? source.metadata, writing);
  const renamed = (entry: Entry): Entry => {
    if (entry.type !== EntryType.ConfChange) return entry;
    const change = decodeConfChange(entry.data, from);
    return { ...entry, data: encodeConfChange(change, to, profile.omitsUnset) };
  };
  wal.save(null, source.entries.map(renamed), true);
  wal.save(source.hardState, [], true);
  return { target, source };
}
