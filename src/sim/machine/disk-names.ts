import { assert } from "../../base/assert.ts";
import type { Random } from "../../base/random.ts";
import type { CrashFate, DiskFile } from "./disk-file.ts";

const HALF = 500_000;

/** A change of names that no sync of its directory has made durable. `to` is "" unless it is a rename. */
interface NameChange {
  readonly type: "creation" | "rename" | "removal";
  readonly name: string;
  readonly to: string;
  readonly file: DiskFile;
}

/**
 * Which name leads to which file: as processes see it, and as a crash would leave it. Between the
 * two lie the pending changes, in order.
 */
export class DiskNames {
  private readonly visible = new Map<string, DiskFile>();
  private readonly durable = new Map<string, DiskFile>();
  private pending: NameChange[] = [];

  get(name: string): DiskFile | undefined {
    return this.visible.get(name);
  }

  getDurable(name: string): DiskFile | undefined {
    return this.durable.get(name);
  }

  entries(): IterableIterator<[string, DiskFile]> {
    return this.visible.entries();
  }

  durableEntries(): IterableIterator<[string, DiskFile]> {
    return this.durable.entries();
  }

  create(name: string, file: DiskFile): void {
    assert(!this.visible.has(name), "a new file has a new name");
    this.change({ type: "creation", name, to: "", file });
  }

  rename(name: string, to: string): void {
    this.change({ type: "rename", name, to, file: this.existing(name) });
  }

  remove(name: string): void {
    this.change({ type: "removal", name, to: "", file: this.existing(name) });
  }

  /**
   * Makes the changes of names in `directory` durable. A rename from elsewhere takes along the
   * earlier changes of the names it involves, so that no durable state lacks its own past.
   */
  sync(directory: string): void {
    if (this.pending.length === 0) return;
    const involved = new Set<string>();
    const chosen = new Set<NameChange>();
    for (const change of this.pending.toReversed()) {
      const { name, to } = change;
      const here = directoryOf(name) === directory || (to !== "" && directoryOf(to) === directory);
      if (!here && !involved.has(name) && !involved.has(to)) continue;
      chosen.add(change);
      involved.add(name);
      if (to !== "") involved.add(to);
    }
    for (const change of this.pending) if (chosen.has(change)) apply(change, this.durable);
    this.pending = this.pending.filter((change) => !chosen.has(change));
  }

  /**
   * The machine went down: a prefix of the pending changes survives (none of them, all, or a
   * drawn number), as a journal would have it; or each of them by itself. Returns the others in words.
   */
  crash(fate: CrashFate, random: Random): string[] {
    const { pending } = this;
    const kept =
      fate === "forget" || fate === "scatter"
        ? pending.filter(() => random.chance(HALF))
        : pending.slice(0, keptOf(pending.length, fate, random));
    for (const change of kept) {
      // Without what came before it, it would give a file a second name.
      if (change.type !== "removal") this.unname(change.file);
      apply(change, this.durable);
    }
    const undone = pending.filter((change) => !kept.includes(change)).map(inWords);
    this.pending = [];
    this.visible.clear();
    for (const [name, file] of this.durable) this.visible.set(name, file);
    return undone;
  }

  private unname(file: DiskFile): void {
    for (const [name, named] of this.durable) if (named === file) this.durable.delete(name);
  }

  clear(): void {
    this.visible.clear();
    this.durable.clear();
    this.pending = [];
  }

  private existing(name: string): DiskFile {
    const file = this.visible.get(name);
    assert(file !== undefined, "commands on unknown files are refused when they are given");
    return file;
  }

  private change(change: NameChange): void {
    apply(change, this.visible);
    this.pending.push(change);
  }
}

/** How many of the first changes survive. */
function keptOf(count: number, fate: CrashFate, random: Random): number {
  if (fate === "lose") return 0;
  return fate === "keep" ? count : random.below(count + 1);
}

/** `a/b` of `a/b/c`; "" of a name without a slash. */
export function directoryOf(name: string): string {
  const slash = name.lastIndexOf("/");
  return slash < 0 ? "" : name.slice(0, slash);
}

function apply(change: NameChange, names: Map<string, DiskFile>): void {
  if (change.type !== "creation") names.delete(change.name);
  if (change.type !== "removal") {
    names.set(change.type === "rename" ? change.to : change.name, change.file);
  }
}

function inWords({ type, name, to }: NameChange): string {
  return type === "rename" ? `rename of ${name} to ${to} undone` : `${type} of ${name} undone`;
}
