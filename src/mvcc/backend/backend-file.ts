import { type Disk, DiskFullError, type SyncToken } from "../../base/disk.ts";
import { FILE_HEADER } from "./commit-record.ts";

/** The backend's file on a disk. All of its methods may throw DiskFullError. */
export class BackendFile {
  readonly path: string;
  /** Bytes that were given to the disk. */
  length = 0;
  private readonly disk: Disk;
  private exists = false;

  constructor(disk: Disk, path: string) {
    this.disk = disk;
    this.path = path;
  }

  /** What there is; null if nothing was ever committed. */
  read(): Uint8Array | null {
    if (!this.disk.exists(this.path)) return null;
    const bytes = this.disk.read(this.path);
    this.exists = true;
    this.length = bytes.length;
    return bytes;
  }

  /** Takes over another file of so many bytes. */
  adopt(from: string, length: number): void {
    this.disk.rename(from, this.path);
    this.syncDirectory();
    this.exists = true;
    this.length = length;
  }

  private syncDirectory(): SyncToken {
    return this.disk.syncDirectory(this.path.slice(0, this.path.lastIndexOf("/")));
  }

  /** Cuts off a torn tail, so that the next record follows the last whole one. */
  cutTo(length: number): void {
    this.disk.truncate(this.path, length);
    this.disk.sync(this.path);
    this.length = length;
  }

  /** A file with a record less than its header can't be appended to. */
  get isWhole(): boolean {
    return this.exists && this.length >= FILE_HEADER.length;
  }

  /** Appends a record. It is durable once the sync is done. */
  append(record: Uint8Array): SyncToken {
    this.disk.append(this.path, record);
    this.length += record.length;
    return this.disk.sync(this.path);
  }

  /**
   * Puts a whole new content in the old one's place: a crash, or a full disk, leaves one or the
   * other.
   * @param written told of the sync after which the new content is safe, beside the old one
   */
  replace(parts: Iterable<Uint8Array>, written: (token: SyncToken) => void): SyncToken {
    const temporary = `${this.path}.tmp`;
    try {
      this.length = this.write(temporary, parts);
      written(this.disk.sync(temporary));
    } catch (error) {
      if (error instanceof DiskFullError && this.disk.exists(temporary)) {
        this.disk.remove(temporary);
      }
      throw error;
    }
    this.disk.rename(temporary, this.path);
    this.exists = true;
    return this.syncDirectory();
  }

  /** Returns how many bytes it wrote. */
  private write(path: string, parts: Iterable<Uint8Array>): number {
    let length = 0;
    this.disk.create(path);
    for (const part of parts) {
      this.disk.append(path, part);
      length += part.length;
    }
    return length;
  }
}
