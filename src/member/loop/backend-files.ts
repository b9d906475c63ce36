import type { Disk } from "../../base/disk.ts";
import type { FaultPoints } from "../../base/fault-points.ts";
import type { MvccMistakes } from "../../museum/mvcc.ts";
import type { WalMistakes } from "../../museum/wal.ts";
import { Backend } from "../../mvcc/backend/backend.ts";
import { BackendError } from "../../mvcc/backend/commit-record.ts";
import type { Index } from "../../raft/types.ts";
import { snapDbName } from "../../wal/index.ts";

const BACKEND_FILE = "db";
const RECEIVED = ".snap.db";

/**
 * Where a member's backend lies on its disk, and how one that came with a leader's snapshot takes
 * its place (server/etcdserver/api/snap/db.go, server/storage/backend.go): it is written as
 * `<index>.snap.db` before the snapshot itself is told of, and renamed once that is durable. A
 * crash in between leaves what is needed to do the rest.
 */
export class BackendFiles {
  private readonly mistakes: MvccMistakes & WalMistakes;
  private readonly disk: Disk;
  private readonly directory: string;
  private readonly points: FaultPoints;

  constructor(
    disk: Disk,
    directory: string,
    mistakes: MvccMistakes & WalMistakes,
    points: FaultPoints,
  ) {
    this.disk = disk;
    this.directory = directory;
    this.mistakes = mistakes;
    this.points = points;
  }

  private get path(): string {
    return `${this.directory}/${BACKEND_FILE}`;
  }

  private received(index: Index): string {
    return `${this.directory}/${snapDbName(index)}`;
  }

  /**
   * The backend to start with: the member's own, or the one received with the snapshot at `index`
   * if that is ahead and was not put in place before a crash. Throws BackendError if neither goes
   * as far as the snapshot.
   */
  open(index: Index): Backend {
    const { disk } = this;
    const own = Backend.open(disk, this.path, this.mistakes, this.points);
    if (own.consistentIndex >= index) return own;
    const received = this.received(index);
    if (!disk.exists(received)) {
      throw new BackendError(
        `the backend ${this.path} is as of entry ${own.consistentIndex}, behind the snapshot at ` +
          `${index}, and there is no ${received}`,
      );
    }
    return this.install(index, disk.read(received));
  }

  /** Writes the backend that came with a snapshot beside the member's own. Throws DiskFullError. */
  save(index: Index, image: Uint8Array): void {
    const { disk } = this;
    const path = this.received(index);
    const temporary = `${path}.tmp`;
    disk.create(temporary);
    disk.append(temporary, image);
    disk.sync(temporary);
    disk.rename(temporary, path);
    // Known mistake W20: the bytes are durable and the name is not, which the log will soon rely on.
    if (!this.mistakes.leavesReceivedUnnamed) disk.syncDirectory(this.directory);
  }

  /** Writes the member's own, where there is none. */
  create(image: Uint8Array): void {
    const { disk, path } = this;
    disk.create(path);
    disk.append(path, image);
    disk.sync(path);
    disk.syncDirectory(this.directory);
  }

  /** Puts a saved backend, whose bytes are `image`, in the place of the member's own. */
  install(index: Index, image: Uint8Array): Backend {
    const { disk, path, mistakes, points } = this;
    return Backend.adopt(disk, path, this.received(index), image, mistakes, points);
  }

  /** Removes received backends that nobody will ask for: the member's own is at `index`. */
  removeOlder(index: Index): void {
    for (const file of this.disk.list(this.directory)) {
      if (!file.endsWith(RECEIVED)) continue;
      const at = Number.parseInt(file.slice(this.directory.length + 1, -RECEIVED.length), 16);
      if (at <= index) this.disk.remove(file);
    }
  }
}
