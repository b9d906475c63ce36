import { type Disk, DiskFullError, type SyncToken } from "../../src/base/disk.ts";

/** Thrown by a {@link MemoryDisk} once it has carried out as many commands as it was given. */
export class CrashSignal extends Error {
  override name = "CrashSignal";
}

interface Inode {
  bytes: Uint8Array;
  /** How many of them are on the platter. */
  durable: number;
}

/** One change of the directory; `to` is null for a removal, `from` for a creation. */
interface NameChange {
  readonly from: string | null;
  readonly to: string | null;
  readonly inode: Inode;
}

const SECTOR = 512;

/** A state in which a crash could leave a disk. */
export class CrashState {
  readonly label: string;
  readonly #files: () => Iterable<readonly [string, Uint8Array]>;
  #disk: MemoryDisk | null = null;

  constructor(label: string, files: () => Iterable<readonly [string, Uint8Array]>) {
    this.label = label;
    this.#files = files;
  }

  /** Made when it is first looked at, which it must be before anything else is done to the disk that crashed. */
  get disk(): MemoryDisk {
    this.#disk ??= MemoryDisk.of(this.#files());
    return this.#disk;
  }
}

/**
 * A disk in memory on which every sync is done at once. It can be told to stop after any number of
 * commands, and then lists every state in which a crash could leave it.
 */
export class MemoryDisk implements Disk {
  /** How many more commands are carried out before {@link CrashSignal}. */
  commandsLeft = Number.POSITIVE_INFINITY;
  commands = 0;
  syncs = 0;
  full = false;
  readonly #visible = new Map<string, Inode>();
  readonly #durable = new Map<string, Inode>();
  #pending: NameChange[] = [];

  /** A disk that holds these files, all durable. */
  static of(files: Iterable<readonly [string, Uint8Array]>): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [name, bytes] of files) disk.put(name, bytes);
    return disk;
  }

  /** Sets a file's bytes, durably. */
  put(name: string, bytes: Uint8Array): void {
    const inode = { bytes: bytes.slice(), durable: bytes.length };
    this.#visible.set(name, inode);
    this.#durable.set(name, inode);
  }

  get files(): Map<string, Uint8Array> {
    return new Map([...this.#visible].map(([name, inode]) => [name, inode.bytes.slice()]));
  }

  create(file: string): void {
    this.#count();
    if (this.full) throw new DiskFullError("no space left on device");
    const old = this.#visible.get(file);
    if (old !== undefined) {
      old.bytes = new Uint8Array(0);
      old.durable = 0;
      return;
    }
    this.#change({ from: null, to: file, inode: { bytes: new Uint8Array(0), durable: 0 } });
  }

  append(file: string, bytes: Uint8Array): void {
    this.#count();
    if (this.full) throw new DiskFullError("no space left on device");
    const inode = this.#inode(file);
    const grown = new Uint8Array(inode.bytes.length + bytes.length);
    grown.set(inode.bytes);
    grown.set(bytes, inode.bytes.length);
    inode.bytes = grown;
  }

  truncate(file: string, length: number): void {
    this.#count();
    const inode = this.#inode(file);
    if (length > inode.bytes.length) throw new Error(`truncate cannot extend ${file}`);
    inode.bytes = inode.bytes.slice(0, length);
    inode.durable = Math.min(inode.durable, length);
  }

  rename(from: string, to: string): void {
    this.#count();
    this.#change({ from, to, inode: this.#inode(from) });
  }

  remove(file: string): void {
    this.#count();
    this.#change({ from: file, to: null, inode: this.#inode(file) });
  }

  sync(file: string): SyncToken {
    this.#count();
    const inode = this.#inode(file);
    inode.durable = inode.bytes.length;
    return ++this.syncs;
  }

  syncDirectory(directory: string): SyncToken {
    this.#count();
    // A name's changes depend on each other: all of a directory, and what leads to them.
    const touched = (change: NameChange) =>
      [change.from, change.to].some((name) => name !== null && directoryOf(name) === directory);
    const last = this.#pending.findLastIndex(touched);
    for (const change of this.#pending.splice(0, last + 1)) apply(change, this.#durable);
    return ++this.syncs;
  }

  read(file: string): Uint8Array {
    return this.#inode(file).bytes.slice();
  }

  exists(file: string): boolean {
    return this.#visible.has(file);
  }

  list(directory: string): string[] {
    return [...this.#visible.keys()].filter((name) => name.startsWith(`${directory}/`)).sort();
  }

  /**
   * Every state that a crash now could leave: any prefix of the pending changes of names, with
   * each file's unsynced bytes kept up to each length, or in each choice of lost sectors.
   */
  *crashStates(): Generator<CrashState> {
    for (let kept = 0; kept <= this.#pending.length; kept++) {
      const names = new Map(this.#durable);
      for (const change of this.#pending.slice(0, kept)) apply(change, names);
      const inodes = [...new Set(names.values())].filter((i) => i.bytes.length > i.durable);
      const state = (label: string, changed: Inode | null, left: () => Uint8Array) =>
        new CrashState(`${kept} names, ${label}`, () =>
          [...names].map(
            ([name, inode]) => [name, inode === changed ? left() : inode.bytes] as const,
          ),
        );
      yield state("all bytes", null, () => new Uint8Array(0));
      for (const inode of inodes) {
        for (let length = inode.durable; length < inode.bytes.length; length++) {
          yield state(`cut to ${length}`, inode, () => inode.bytes.subarray(0, length));
        }
        yield* tears(inode, state);
      }
    }
  }

  #inode(file: string): Inode {
    const inode = this.#visible.get(file);
    if (inode === undefined) throw new Error(`no such file: ${file}`);
    return inode;
  }

  #change(change: NameChange): void {
    apply(change, this.#visible);
    this.#pending.push(change);
  }

  #count(): void {
    if (this.commandsLeft === 0) throw new CrashSignal();
    this.commandsLeft--;
    this.commands++;
  }
}

function apply({ from, to, inode }: NameChange, names: Map<string, Inode>): void {
  if (from !== null) names.delete(from);
  if (to !== null) names.set(to, inode);
}

function directoryOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

/** Each choice of unsynced sectors that were lost, at most 2^6 of them. */
function* tears<T>(
  inode: Inode,
  state: (label: string, inode: Inode, left: () => Uint8Array) => T,
): Generator<T> {
  const sectors: [number, number][] = [];
  for (let from = inode.durable; from < inode.bytes.length; ) {
    const to = Math.min(from - (from % SECTOR) + SECTOR, inode.bytes.length);
    sectors.push([from, to]);
    from = to;
  }
  const chosen = sectors.slice(-6);
  for (let lost = 1; lost < 1 << chosen.length; lost++) {
    yield state(`lost sectors ${lost.toString(2)}`, inode, () => {
      const bytes = inode.bytes.slice();
      chosen.forEach(([from, to], i) => {
        if ((lost >> i) & 1) bytes.fill(0, from, to);
      });
      return bytes;
    });
  }
}
