import { rootRandom } from "../../../src/base/random.ts";
import { SimClock } from "../../../src/sim/clock.ts";
import type { CrashMode } from "../../../src/sim/fault.ts";
import { SimDisk } from "../../../src/sim/machine/disk.ts";
import type { DiskOptions } from "../../../src/sim/options.ts";

const OPTIONS: DiskOptions = { syncMinUs: 100, syncMeanUs: 1000, syncMaxUs: 10_000 };

/** A disk, and the events that its syncs schedule. */
export class DiskWorld {
  readonly clock = new SimClock<null>();
  readonly disk: SimDisk;
  readonly done: number[] = [];
  readonly doneAt: number[] = [];

  constructor(options: DiskOptions = OPTIONS, seed = 1) {
    this.disk = new SimDisk(this.clock, rootRandom(seed).fork("disk"), options, (token, at) => {
      this.clock.at(at, 0, token, null);
    });
  }

  /** Lets `n` syncs come to their end. */
  settle(n = Number.MAX_SAFE_INTEGER): this {
    for (let i = 0; i < n && this.clock.next(); i++) {
      const token = this.clock.queue.target;
      if (!this.disk.complete(token)) continue;
      this.done.push(token);
      this.doneAt.push(this.clock.now);
    }
    return this;
  }

  /** A file with durable bytes under a durable name. */
  durable(file: string, bytes: Uint8Array): void {
    this.disk.create(file);
    this.disk.append(file, bytes);
    this.disk.sync(file);
    this.disk.syncDirectory(file.slice(0, Math.max(0, file.lastIndexOf("/"))));
    this.settle();
  }

  crash(mode: CrashMode, seed = 1): { lostBytes: number; text: string } {
    return this.disk.crash(mode, rootRandom(seed).fork("crash"));
  }

  contents(): Record<string, string> {
    const files = this.disk.list("").map((file) => [file, text(this.disk.read(file))]);
    return Object.fromEntries(files);
  }
}

export function bytes(content: string): Uint8Array {
  return Uint8Array.from(content, (char) => char.charCodeAt(0));
}

export function text(content: Uint8Array): string {
  return String.fromCharCode(...content);
}

/** `length` bytes, none of them zero. */
export function filler(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 1 + ((i * 7 + salt) % 255));
}
