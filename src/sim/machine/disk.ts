import { assert } from "../../base/assert.ts";
import { type Disk, DiskFullError, type SyncToken } from "../../base/disk.ts";
import { KeyedDraws } from "../../base/keyed-draws.ts";
import type { Random } from "../../base/random.ts";
import type { Instant } from "../../base/time.ts";
import type { ReadClock } from "../clock.ts";
import type { CrashMode } from "../fault.ts";
import { drawLatency } from "../network/latency.ts";
import type { DiskOptions } from "../options.ts";
import { Command, DiskQueue } from "./disk-commands.ts";
import { type CrashFate, DiskFile } from "./disk-file.ts";
import { DiskNames } from "./disk-names.ts";

/** A command names a file that does not exist: a mistake of the caller, not of the disk. */
export class NoSuchFileError extends Error {
  override name = "NoSuchFileError";
}

/** Thrown out of a command by a disk that was told to fail there: the machine goes down. */
export class PowerFailure extends Error {
  override name = "PowerFailure";
  readonly disk: SimDisk;

  constructor(disk: SimDisk) {
    super("power failure");
    this.disk = disk;
  }
}

const CRASH_FATES: readonly CrashFate[] = ["lose", "keep", "prefix", "tear"];

/**
 * A simulated disk: real bytes, and syncs that take virtual time. An idle disk carries commands
 * out at once. While a sync is under way all commands wait; when it is done the world calls
 * {@link complete}, and those up to the next sync take effect.
 */
export class SimDisk implements Disk {
  /** While true, `append` and `create` throw {@link DiskFullError}. */
  full = false;
  /** The token of the sync under way; 0 while the disk is idle. */
  syncing: SyncToken = 0;
  /** Commands given so far. */
  commands = 0;
  /** The command instead of which {@link PowerFailure} is thrown. */
  failsAt = Number.POSITIVE_INFINITY;
  /** How long its syncs take now. */
  options: DiskOptions;

  private readonly clock: ReadClock;
  private readonly draws: KeyedDraws;
  private readonly syncStarted: (token: SyncToken, doneAt: Instant) => void;
  private readonly names = new DiskNames();
  private readonly queue = new DiskQueue();
  /** The names that exist once the queue is empty: what new commands are checked against. */
  private readonly expected = new Set<string>();
  private lastToken: SyncToken = 0;
  private lastFileId = 0;
  // The sync under way.
  private syncType: Command = Command.Sync;
  private syncName = "";
  private doneAt: Instant = 0;
  private instant = false;

  /**
   * @param random a fork of its own; a sync's duration depends on its token alone
   * @param syncStarted told of every sync when the disk turns to it, and when it will be done:
   *   the world then has to call `complete(token)`
   */
  constructor(
    clock: ReadClock,
    random: Random,
    options: DiskOptions,
    syncStarted: (token: SyncToken, doneAt: Instant) => void,
  ) {
    this.clock = clock;
    this.draws = new KeyedDraws(random);
    this.options = options;
    this.syncStarted = syncStarted;
  }

  /** The file or directory that the sync under way is about. */
  get syncingFile(): string {
    return this.syncName;
  }

  /** How long all its files are. */
  get bytes(): number {
    let bytes = 0;
    for (const [, file] of this.names.entries()) bytes += file.length;
    return bytes;
  }

  // ---- what a member does -------------------------------------------------------------------

  create(file: string): void {
    this.count();
    if (this.full) throw new DiskFullError(`no space left on device: ${file}`);
    this.expected.add(file);
    this.give(Command.Create, file, "", 0);
  }

  append(file: string, bytes: Uint8Array): void {
    this.count();
    if (this.full) throw new DiskFullError(`no space left on device: ${file}`);
    this.check(file);
    if (this.syncing === 0) this.file(file).append(bytes, 0, bytes.length);
    else this.queue.pushAppend(file, bytes);
  }

  truncate(file: string, length: number): void {
    this.count();
    this.check(file);
    this.give(Command.Truncate, file, "", length);
  }

  rename(from: string, to: string): void {
    this.count();
    this.check(from);
    if (from === to) return;
    this.expected.delete(from);
    this.expected.add(to);
    this.give(Command.Rename, from, to, 0);
  }

  remove(file: string): void {
    this.count();
    this.check(file);
    this.expected.delete(file);
    this.give(Command.Remove, file, "", 0);
  }

  sync(file: string): SyncToken {
    this.count();
    this.check(file);
    this.give(Command.Sync, file, "", ++this.lastToken);
    return this.lastToken;
  }

  syncDirectory(directory: string): SyncToken {
    this.count();
    this.give(Command.SyncDirectory, directory, "", ++this.lastToken);
    return this.lastToken;
  }

  read(file: string): Uint8Array {
    return this.file(file).read();
  }

  exists(file: string): boolean {
    return this.names.get(file) !== undefined;
  }

  list(directory: string): string[] {
    const prefix = directory === "" ? "" : `${directory}/`;
    const below: string[] = [];
    for (const [name] of this.names.entries()) if (name.startsWith(prefix)) below.push(name);
    return below.sort();
  }

  // ---- what the world does ------------------------------------------------------------------

  /**
   * The sync `token` is done: its bytes are durable and the commands behind it go on, up to the
   * next sync. False if that sync is no longer under way, because the machine crashed meanwhile.
   */
  complete(token: SyncToken): boolean {
    if (!this.settle(token)) return false;
    this.proceed();
    return true;
  }

  /** The first half of {@link SimDisk.complete}: what waits behind the sync still waits. */
  settle(token: SyncToken): boolean {
    if (token !== this.syncing) return false;
    assert(this.clock.now >= this.doneAt, "a sync takes its time");
    this.makeDurable(this.syncType, this.syncName);
    this.syncing = 0;
    return true;
  }

  private makeDurable(type: Command, name: string): void {
    if (type === Command.SyncDirectory) this.names.sync(name);
    else this.file(name).sync();
  }

  /** Whatever `work` orders is done at once, syncs too: a tool's work, while no process runs that waits. */
  atOnce(work: () => void): void {
    assert(this.syncing === 0, "nothing is under way");
    this.instant = true;
    work();
    this.instant = false;
  }

  /** The second half: carries out what waits, up to the next sync. */
  proceed(): void {
    const { queue } = this;
    while (this.syncing === 0 && queue.shift()) {
      if (queue.type === Command.Append) {
        this.file(queue.name).append(queue.buffer, queue.start, queue.end);
      } else {
        this.carryOut(queue.type, queue.name, queue.to, queue.value);
      }
    }
  }

  /** Syncs that start from now on take these times. */
  setOptions(options: DiskOptions): void {
    this.options = options;
  }

  /** Bytes of all files as processes see them. */
  get totalBytes(): number {
    let total = 0;
    for (const [, file] of this.names.entries()) total += file.length;
    return total;
  }

  /** What is certain to survive a crash now; null if the name is not. */
  readDurable(file: string): Uint8Array | null {
    return this.names.getDurable(file)?.readDurable() ?? null;
  }

  /**
   * The machine goes down. Waiting commands never reached the disk; of the rest, what was not
   * synced meets its fate:
   *  - `lose`: all of it is gone; `keep`: all of it had been written after all;
   *  - `prefix`: of every file a drawn number of bytes was written;
   *  - `tear`: of every file some 512-byte sectors were written and others read as zeros;
   *  - `random`: one of these, drawn once for the whole disk;
   *  - `rewind`, `forget`: all of it had been written after all;
   *  - `scatter`: of all files some sectors were written and others not, each by itself.
   * Of unsynced creations, renames and removals a prefix survives, in the order of giving, or, with
   * `forget` and `scatter`, each by itself. A truncation of durable bytes that was not synced is undone
   * (`lose`), done (`keep`, `rewind`, `forget`) or either.
   *
   * What is left is durable. `lostBytes` counts the bytes lost or zeroed, waiting ones included.
   */
  crash(mode: CrashMode, random: Random): { lostBytes: number; text: string } {
    const fate = mode === "random" ? random.pick(CRASH_FATES) : mode;
    const notes: string[] = [];
    const waiting = this.queue.bytes;
    let lostBytes = waiting;
    if (waiting > 0) notes.push(`${waiting} bytes were still waiting to be written`);
    this.dropQueue();

    const before = new Map(this.names.entries());
    notes.push(...this.names.crash(fate, random));
    const after = new Set<DiskFile>();
    for (const [name, file] of byAge(this.names.entries())) {
      after.add(file);
      if (!file.unsynced) continue;
      const inQuestion = file.length - file.durable;
      const lost = file.crash(fate, random);
      lostBytes += lost;
      notes.push(`${name}: ${lost} of ${inQuestion} unsynced bytes ${VERBS[fate]}`);
    }
    for (const file of before.values()) if (!after.has(file)) lostBytes += file.length;
    for (const [name] of this.names.entries()) this.expected.add(name);
    return { lostBytes, text: notes.length === 0 ? "nothing was unsynced" : notes.join("; ") };
  }

  /**
   * Flips `bits` different bits, drawn evenly, in the durable bytes of the newest file whose name
   * ends with `suffix` (".db": the database, too, which is called db), if {@link canRot}. Returns
   * where, in words.
   */
  bitRot(suffix: string, bits: number, random: Random): string {
    assert(Number.isInteger(bits) && bits >= 1, "at least one bit rots");
    const newest = this.newest(suffix);
    assert(newest !== undefined, "there is something to rot");
    const [name, file] = newest;
    const total = 8 * file.durable;
    const flipped = new Set<number>();
    while (flipped.size < bits && flipped.size < total) {
      const position = random.below(total);
      if (flipped.has(position)) continue;
      flipped.add(position);
      file.flip(position >>> 3, position & 7);
    }
    const places = [...flipped].map((each) => `${each >>> 3}.${each & 7}`).join(", ");
    return `flipped ${flipped.size === 1 ? "bit" : "bits"} ${places} of ${name} (byte.bit)`;
  }

  /** Whether {@link SimDisk.bitRot} would find anything. */
  canRot(suffix: string): boolean {
    return this.newest(suffix) !== undefined;
  }

  private newest(suffix: string): [string, DiskFile] | undefined {
    const isMeant = (name: string) =>
      name.endsWith(suffix) || (suffix === ".db" && name.endsWith("/db"));
    return this.durable()
      .filter(([name]) => isMeant(name))
      .at(-1);
  }

  /** The names of files that hold anything for certain, from the oldest to the newest. */
  durableFiles(): string[] {
    return this.durable().map(([name]) => name);
  }

  private durable(): [string, DiskFile][] {
    return byAge(this.names.durableEntries()).filter(([, file]) => file.durable > 0);
  }

  /** A new, empty disk takes this one's place. Tokens go on counting. */
  wipe(): void {
    this.dropQueue();
    this.names.clear();
  }

  // ---- inside -------------------------------------------------------------------------------

  private count(): void {
    if (++this.commands < this.failsAt) return;
    this.failsAt = Number.POSITIVE_INFINITY;
    throw new PowerFailure(this);
  }

  private give(type: Command, name: string, to: string, value: number): void {
    if (this.syncing === 0) this.carryOut(type, name, to, value);
    else this.queue.push(type, name, to, value);
  }

  private carryOut(type: Command, name: string, to: string, value: number): void {
    switch (type) {
      case Command.Create: {
        const existing = this.names.get(name);
        if (existing === undefined) this.names.create(name, new DiskFile(++this.lastFileId));
        else existing.truncate(0);
        return;
      }
      case Command.Truncate:
        this.file(name).truncate(value);
        return;
      case Command.Rename:
        this.names.rename(name, to);
        return;
      case Command.Remove:
        this.names.remove(name);
        return;
      default:
        assert(type !== Command.Append, "appends take the short way");
        this.startSync(type, name, value);
    }
  }

  private startSync(type: Command, name: string, token: SyncToken): void {
    if (this.instant) {
      this.makeDurable(type, name);
      return;
    }
    const { syncMinUs, syncMeanUs, syncMaxUs } = this.options;
    const took = drawLatency(syncMinUs, syncMeanUs, syncMaxUs, this.draws.draw(token, 0));
    this.syncing = token;
    this.syncType = type;
    this.syncName = name;
    this.doneAt = this.clock.now + took;
    this.syncStarted(token, this.doneAt);
  }

  private dropQueue(): void {
    this.queue.clear();
    this.expected.clear();
    this.syncing = 0;
  }

  private check(file: string): void {
    if (!this.expected.has(file)) throw new NoSuchFileError(`no such file: ${file}`);
  }

  private file(name: string): DiskFile {
    const file = this.names.get(name);
    if (file === undefined) throw new NoSuchFileError(`no such file: ${name}`);
    return file;
  }
}

const VERBS: { readonly [F in CrashFate]: string } = {
  lose: "lost",
  keep: "lost",
  prefix: "lost",
  tear: "torn to zeros",
  rewind: "lost",
  forget: "lost",
  scatter: "lost or read as zeros",
};

/** Files from the oldest to the newest. */
function byAge(files: Iterable<[string, DiskFile]>): [string, DiskFile][] {
  return [...files].sort(([, a], [, b]) => a.id - b.id);
}
